//! Where a network looks: maps of evidence over pictures, and the same with its weights drawn anew,
//! which says whether the maps depend on what was learnt (Adebayo et al. 2018).

mod evidence_map;
mod grad_cam;
mod log_odds;
mod occlusion;

pub use evidence_map::EvidenceMap;
pub use grad_cam::{GradCam, grad_cam};
pub use log_odds::LogOdds;
pub use occlusion::{Patches, occlusion};

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use engine::{Device, Maps, Model};
use networks::Network;
use record::StudyDirectory;
use record::results::{MethodResult, SaliencyCase, SaliencyMethod};
use study::{OpenStudy, RunSpec};

use crate::analysis::{AnalysisFailure, drawn_anew, trained};
use crate::training::{RunFailure, Supply, TrainingPictures, pixels};

/// Maps of some pictures, and what they came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Explained {
    /// One a method.
    pub methods: Vec<MethodResult>,
    /// By method, then by picture.
    pub maps: Vec<ExplainedPicture>,
}

/// The maps of one picture by one method: of the network as it was trained, and with its weights
/// drawn anew.
#[derive(Clone, Debug, PartialEq)]
pub struct ExplainedPicture {
    /// Which method.
    pub method: SaliencyMethod,
    /// Place of the picture.
    pub case: usize,
    /// The maps.
    pub maps: [EvidenceMap; 2],
    /// What speaks for the answer in each pixel, as a share of the largest of the map: in [0, 1], by
    /// rows.
    pub heat: [Vec<f32>; 2],
}

/// Explains the finished run `spec`, on `device`, by pictures of its study, at the positions `examples` of the
/// data, one a case. What it returns depends on the plan and the kind of device
/// alone. None once `stop` is set.
pub fn explain(
    study: &OpenStudy,
    spec: &RunSpec,
    directory: &StudyDirectory,
    device: &dyn Device,
    cases: &[SaliencyCase],
    examples: &[usize],
    stop: &AtomicBool,
) -> Result<Option<Explained>, AnalysisFailure> {
    let network: Arc<Network> = spec.left_network().map_err(RunFailure::from)?.into();
    let (learnt, _) = trained(&network, spec, directory, device)?;
    let anew = drawn_anew(&network, "saliency", spec.seed)?;
    let executor = device.executor().map_err(RunFailure::from)?;
    let anew = Model::on(executor, network, &anew).map_err(RunFailure::from)?;
    let feed = TrainingPictures::of(&Supply::of(study, spec), spec).feed;
    let pixels = pixels(&learnt, &feed, 0, examples)?;
    let task = study.plan.data.task;
    let odds = cases.iter().map(|case| LogOdds::new(case.evidence, task));
    let odds: Vec<LogOdds> = odds.collect();
    Ok(compare([&learnt, &anew], &pixels, &odds, stop))
}

/// Maps of both networks, by both methods; none once `stop` is set.
pub fn compare(
    models: [&Model; 2],
    pixels: &Maps,
    odds: &[LogOdds],
    stop: &AtomicBool,
) -> Option<Explained> {
    let shape = pixels.shape();
    let extents = [shape.height, shape.width];
    let [learnt, anew] = models.map(|model| grad_cam(model, pixels, odds));
    let mut cam = Method {
        result: result(SaliencyMethod::GradCam),
        maps: Vec::new(),
    };
    if let (Some(learnt), Some(anew)) = (learnt, anew) {
        cam.result.block = Some(learnt.block);
        cam.take([learnt.maps, anew.maps], |map| map.stretched(extents));
    }
    let patches = Patches::over(extents);
    let [learnt, anew] = models.map(|model| occlusion(model, pixels, odds, stop));
    let mut covered = Method {
        result: result(SaliencyMethod::Occlusion),
        maps: Vec::new(),
    };
    covered.result.patch = Some(patches.patch);
    covered.take([learnt?, anew?], |map| patches.spread(map, extents));
    let [cam, covered] = [cam, covered];
    Some(Explained {
        methods: vec![cam.result, covered.result],
        maps: cam.maps.into_iter().chain(covered.maps).collect(),
    })
}

/// A method in the making.
struct Method {
    result: MethodResult,
    maps: Vec<ExplainedPicture>,
}

impl Method {
    /// Takes the maps of both networks, one a picture.
    fn take(
        &mut self,
        [learnt, anew]: [Vec<EvidenceMap>; 2],
        heat: impl Fn(&EvidenceMap) -> Vec<f32>,
    ) {
        self.result.grid = learnt.first().map(|map| map.grid);
        for (case, maps) in learnt.into_iter().zip(anew).enumerate() {
            let maps = [maps.0, maps.1];
            self.result.correlations.push(maps[0].correlation(&maps[1]));
            self.maps.push(ExplainedPicture {
                method: self.result.method,
                case,
                heat: [heat(&maps[0]), heat(&maps[1])],
                maps,
            });
        }
    }
}

fn result(method: SaliencyMethod) -> MethodResult {
    MethodResult {
        method,
        grid: None,
        block: None,
        patch: None,
        correlations: Vec::new(),
    }
}

#[cfg(test)]
mod tests;

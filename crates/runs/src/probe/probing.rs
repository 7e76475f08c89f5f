//! One probe: initialise, compute features, fit, score, record.

use std::collections::BTreeMap;

use durable::write;
use engine::Model;
use images::{Feed, Partition};
use networks::{HostTensor, Weights};
use record::names::{FEATURES, MATCHES, PROBE_RESULT, PROBE_SPEC};
use record::{JobDirectory, ProbeRecord};
use study::{OpenStudy, PlannedProbe, ProbeSize, Probed, ProbedFile};

use super::failure::ProbeFailure;
use super::features::Features;
use super::fitting::Fitting;
use super::scoring::Scoring;
use super::source_head::SourceHead;
use crate::event::Event;
use crate::training::{End, RunFailure, Start};
use crate::work::Work;

/// Carries out `probe`, or stops between two batches or fits once it is asked to. What it writes
/// depends on the plan alone, not on the number of threads.
pub fn probe(
    study: &OpenStudy,
    probe: &PlannedProbe,
    directory: &JobDirectory,
    work: &Work,
) -> Result<End, ProbeFailure> {
    PROBE_SPEC.write(directory.path(), probe)?;
    work.started(0);
    let say = |what: String| work.tell(Event::Doing(&what));
    let Some(features) = features(study, probe, directory, work)? else {
        return Ok(End::Interrupted);
    };
    for (block, features) in probe.blocks.iter().zip(&features) {
        if !features.is_finite() {
            let block = block.clone();
            return Err(ProbeFailure::NotFinite { block });
        }
    }
    if probe.settings.keep_features {
        let kept = kept(study, probe, &features).to_bytes(None);
        write(&directory.file(FEATURES), &kept)?;
    }
    let head = match SourceHead::wanted(probe) {
        true => match SourceHead::of(study, probe, work)? {
            Some(head) => Some(head),
            None => return Ok(End::Interrupted),
        },
        false => None,
    };
    let (mut fits, mut scores) = (Vec::new(), Vec::new());
    for size in &probe.train_sizes {
        // All pictures are the same for every seed; a subset is each seed's own.
        let groups: Vec<&[u64]> = match size.is_all {
            true => vec![&probe.seeds],
            false => probe.seeds.chunks(1).collect(),
        };
        for seeds in groups {
            let fitting = Fitting::new(study, probe, *size, seeds);
            for (block, features) in probe.blocks.iter().zip(&features) {
                for method in &probe.settings.methods {
                    if work.is_stopped() {
                        return Ok(End::Interrupted);
                    }
                    say(format!("{} on {block}, {}", method.name(), images(size)));
                    fits.push(fitting.fit(block, features, *method, directory)?);
                }
            }
            let scoring = Scoring::new(study, probe, *size, seeds);
            for (block, features) in probe.blocks.iter().zip(&features) {
                if work.is_stopped() {
                    return Ok(End::Interrupted);
                }
                if !probe.settings.scores.is_empty() {
                    say(format!("scores of {block}, {}", images(size)));
                }
                scores.extend(scoring.of_block(block, features));
            }
            scores.extend(head.iter().flat_map(|head| scoring.of_head(head)));
        }
    }
    let id = probe.id.clone();
    work.still_held()?;
    directory.finish(PROBE_RESULT, &ProbeRecord { id, fits, scores })?;
    Ok(End::Done)
}

fn images(size: &ProbeSize) -> String {
    format!("{} training pictures", size.images)
}

/// Features of the training, validation and test pictures, in this order, one set a block.
fn features(
    study: &OpenStudy,
    probe: &PlannedProbe,
    directory: &JobDirectory,
    work: &Work,
) -> Result<Option<Vec<Features>>, ProbeFailure> {
    let data = &study.plan.data;
    let network = match &probe.of {
        Probed::Network(network) => network,
        Probed::File(file) => return from_file(study, file).map(Some),
    };
    let planned = &study.plan.models[network.model];
    let feed = Feed::new(
        study.cache.clone(),
        &study.dataset,
        planned.normalisation.clone(),
        data.augment.clone(),
    );
    let weights = study.weights.get(&network.choice.label());
    let layers = planned.network(&data.described).map_err(RunFailure::from)?;
    let start = Start {
        network: layers.into(),
        weights: weights.map(|w| &**w),
        adaptation: planned.adaptation,
        init: &network.init,
        seed: probe.seeds[0],
        feed: &feed,
        examples: &data.split.train,
        batch_size: study.plan.train.batch_size,
    };
    let (network, weights, matches) = start.weights()?;
    MATCHES.write(directory.path(), &matches)?;
    let blocks = probe.blocks.iter().filter_map(|b| network.block_index(b));
    let blocks: Vec<usize> = blocks.collect();
    let executor = work.device.executor().map_err(RunFailure::from)?;
    let model = Model::on(executor, network, &weights).map_err(RunFailure::from)?;
    let examples = [
        &data.split.train[..],
        &data.split.validation,
        &data.split.test,
    ]
    .concat();
    let samples = study.cache.frame().samples();
    let say = |seen| {
        let what = format!("features of {seen} of {} pictures", examples.len());
        work.tell(Event::Doing(&what));
    };
    let features = Features::extract(&model, &feed, &examples, samples, &blocks, work.stop, say);
    Ok(features.map_err(RunFailure::from)?)
}

/// The rows of a file that belong to the pictures.
fn from_file(study: &OpenStudy, file: &ProbedFile) -> Result<Vec<Features>, ProbeFailure> {
    let missing = || ProbeFailure::NoFile {
        name: file.name.clone(),
    };
    let all = study.features.get(&file.name).ok_or_else(missing)?;
    let data = &study.plan.data;
    let pictures = Partition::ALL.into_iter().flat_map(|p| data.partition(p));
    let pictures: Vec<&str> = pictures
        .map(|example| &*study.dataset.examples[*example].id)
        .collect();
    let rows = all.rows(&pictures)?;
    let layers = all.layers.iter();
    Ok(layers
        .map(|layer| Features::new(layer.channels, layer.of(&rows)))
        .collect())
}

/// Features and labels by partition, for other programs: `<partition>/<block>`
/// `[pictures, channels]`, and `<partition>/labels` `[pictures, classes]`, 1 where present, 0 where
/// absent, NaN where unknown.
fn kept(study: &OpenStudy, probe: &PlannedProbe, features: &[Features]) -> Weights {
    let data = &study.plan.data;
    let classes = data.described.classes.len();
    let mut tensors = BTreeMap::new();
    let mut first = 0;
    for partition in Partition::ALL {
        let examples = data.partition(partition);
        for (block, features) in probe.blocks.iter().zip(features) {
            let rows = first..first + examples.len();
            let tensor = HostTensor {
                shape: vec![examples.len(), features.channels()],
                values: rows.flat_map(|r| features.row(r).to_vec()).collect(),
            };
            tensors.insert(format!("{}/{block}", partition.name()), tensor);
        }
        let label = |(example, class): (&usize, usize)| {
            let label = &study.dataset.examples[*example].label;
            label
                .has(class)
                .map_or(f32::NAN, |p| f32::from(u8::from(p)))
        };
        let cells = examples
            .iter()
            .flat_map(|e| (0..classes).map(move |c| (e, c)));
        let labels = HostTensor {
            shape: vec![examples.len(), classes],
            values: cells.map(label).collect(),
        };
        tensors.insert(format!("{}/labels", partition.name()), labels);
        first += examples.len();
    }
    Weights { tensors }
}

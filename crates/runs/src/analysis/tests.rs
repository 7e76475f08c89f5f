//! Whole runs: untrained, trained, damaged; and movement and filters against numpy.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ::networks::zoo::{self, Choice};
use ::networks::{HostTensor, Input, Weights};
use durable::write;
use engine::{Model, Processor};
use images::Partition;
use record::metrics::MetricValues;
use record::names::{MODEL, RUN_RESULT};
use record::results::SeedResult;
use record::{Ending, RunAnalysis, RunResult, StudyDirectory};
use study::{AnalysisSettings, OpenStudy, StudySpec, check, parse};

use super::*;
use crate::training::{Supply, TrainingPictures, predict};
use crate::{Runner, Share, Silence};

const STUDY: &str = r#"
title = "Analysed"
[data]
source = "phantom-fundus"
task = "ordinal"
positive = ">=2"
size = 24
count = 160
[grid]
model = ["cbr-tiny"]
init = ["random"]
seeds = 1
[train]
lr = 1e-3
batch_size = 16
max_steps = 40
eval_every = 10
[analysis]
neighbours = 20
"#;

struct Study {
    _folder: tempfile::TempDir,
    open: OpenStudy,
    directory: StudyDirectory,
}

impl Study {
    /// Nothing is trained yet.
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let spec: StudySpec = parse(STUDY, Path::new("study.toml")).expect("a study");
        let open = check(&spec, folder.path()).expect("a plan");
        let directory = StudyDirectory::new(folder.path());
        directory.run(&open.plan.runs[0]).make().expect("a folder");
        Self {
            _folder: folder,
            open,
            directory,
        }
    }

    fn settings(&self) -> &AnalysisSettings {
        let analysis = self.open.plan.analysis.as_ref();
        &analysis.expect("an analysis").settings
    }

    fn analyse(&self, stop: bool) -> Result<Option<RunAnalysis>, AnalysisFailure> {
        let similar = &mut |before: &Model, _: &Model| {
            let blocks = before.network().blocks.len() - 1;
            let one = BlockSimilarity {
                channels: 1,
                datapoints: 2,
                measured: Vec::new(),
            };
            Ok(Some(vec![one; blocks]))
        };
        analyse_run(
            &self.open,
            &self.open.plan.runs[0],
            &self.directory,
            &Processor,
            self.settings(),
            similar,
            &AtomicBool::new(stop),
        )
    }

    fn start(&self) -> Weights {
        let spec = &self.open.plan.runs[0];
        let supply = Supply::of(&self.open, spec);
        let pictures = TrainingPictures::of(&supply, spec);
        let start = pictures.start(&supply, spec).expect("a start");
        start.weights().expect("weights").1
    }

    /// Makes `weights` what the run left.
    fn leave(&self, bytes: &[u8]) {
        let spec = &self.open.plan.runs[0];
        let run = self.directory.run(spec);
        run.make().expect("a folder");
        write(&run.file(MODEL), bytes).expect("a file");
        let result = RunResult {
            id: spec.id.clone(),
            ending: Ending::Budget,
            frozen: None,
            validation_auc: 0.5,
            test: SeedResult {
                run: 0,
                seed: spec.seed,
                fold: None,
                best_step: 0,
                steps: 0,
                auc: None,
                metrics: MetricValues::default(),
                per_class: Vec::new(),
                questions: Vec::new(),
            },
            test_sets: BTreeMap::new(),
        };
        run.finish(RUN_RESULT, &result).expect("a record");
    }

    fn failure(&self) -> String {
        self.analyse(false).expect_err("a failure").to_string()
    }
}

#[test]
fn an_untrained_run_is_its_start() {
    let study = Study::new();
    assert!(
        study
            .failure()
            .contains("expected the record of a finished run")
    );
    let start = study.start();
    study.leave(&start.to_bytes(None));
    assert!(study.analyse(true).expect("stopped").is_none());
    let analysis = study
        .analyse(false)
        .expect("no failure")
        .expect("an analysis");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let again = pool.expect("a thread").install(|| study.analyse(false));
    assert_eq!(again.expect("no failure").as_ref(), Some(&analysis));

    let names: Vec<&str> = analysis.blocks.iter().map(|b| b.block.as_str()).collect();
    assert_eq!(names, ["stem", "block1", "block2", "block3"]);
    assert!(analysis.intact_auc.is_some());
    for block in &analysis.blocks {
        assert_eq!([block.movement, block.movement_rms], [Some(0.0); 2]);
        assert_eq!(block.reset_to_start, analysis.intact_auc);
        assert!(block.reset_to_random.is_some());
        assert!(block.neighbours_before.is_some());
        assert_eq!(block.neighbours_before, block.neighbours_after);
    }
    let filters = analysis.filters.expect("filters");
    assert_eq!(filters.shape, [32, 3, 5, 5]);
    assert_eq!(filters.movement, Some(0.0));
    let noise = filters.gabor_noise.expect("a floor");
    let mut fits = Vec::new();
    for filter in &filters.filters {
        assert!(filter.correlation.is_some_and(|c| (c - 1.0).abs() < 1e-12));
        assert!(filter.cosine.is_some_and(|c| (c - 1.0).abs() < 1e-12));
        assert_eq!(filter.movement, Some(0.0));
        assert_eq!(filter.gabor_before, filter.gabor_after);
        fits.extend(filter.gabor_before);
    }
    let mean = fits.iter().sum::<f64>() / 32.0;
    assert!(
        (mean - noise).abs() < 0.05,
        "{mean} of drawn filters, {noise} of noise"
    );

    let mut whole = start.to_bytes(None);
    whole.truncate(whole.len() - 100);
    study.leave(&whole);
    assert!(study.failure().contains("not a whole safetensors file"));
    let mut other = start;
    other.tensors.remove("block2.bn.bias");
    study.leave(&other.to_bytes(None));
    assert!(
        study
            .failure()
            .contains("tensor `block2.bn.bias` of network `cbr-tiny`")
    );
}

#[test]
fn a_trained_run_needs_what_it_learnt() {
    let study = Study::new();
    let Study {
        open, directory, ..
    } = &study;
    let runner = Runner {
        study: open,
        directory,
        share: Share::One(0),
        seeds_below: None,
        workers: 1,
        devices: &[&Processor],
        stop: &AtomicBool::new(false),
        listener: &Silence,
        program: "tests",
    };
    assert_eq!(runner.run().expect("a record").done, 1);
    let analysis = study
        .analyse(false)
        .expect("no failure")
        .expect("an analysis");
    let spec = &open.plan.runs[0];
    let run = directory.run(spec);
    let result = RUN_RESULT.read(run.path()).expect("JSON");
    let result = result.expect("a result");
    assert_eq!(analysis.intact_auc, result.test.auc.map(|auc| auc.value));
    let intact = analysis.intact_auc.expect("an AUC");
    let last = &analysis.blocks[3];
    assert!(last.reset_to_start.is_some_and(|auc| auc < intact));
    assert!(last.reset_to_random.is_some_and(|auc| auc < intact - 0.1));
    for block in &analysis.blocks {
        assert!(block.movement.is_some_and(|moved| moved > 0.0));
    }

    // A block of another network set in by hand, through the whole network.
    let pictures = TrainingPictures::of(&Supply::of(open, spec), spec);
    let mut mixed = Weights::read(&run.file(MODEL)).expect("weights").weights;
    let start = study.start();
    let is_last = |path: &String| path.starts_with("block3.");
    assert_eq!(mixed.tensors.keys().filter(|path| is_last(path)).count(), 5);
    mixed
        .tensors
        .extend(start.tensors.into_iter().filter(|(path, _)| is_last(path)));
    let network = pictures
        .start(&Supply::of(open, spec), spec)
        .expect("a start")
        .weights()
        .expect("weights")
        .0;
    let model = Model::new(network, &mixed).expect("a model");
    let (data, samples) = (&open.plan.data, open.cache.frame().samples());
    let probabilities = predict(&model, &pictures.feed, data.task, &data.split.test, samples);
    let probabilities = probabilities.expect("pictures");
    assert_eq!(
        last.reset_to_start,
        open.auc(Partition::Test, &probabilities).ok()
    );
}

/// numpy 2 in float64:
///
/// ```python
/// t = 0                                          # number of the tensor, from the input on
/// for width, previous in [(32, 3), (64, 32), (128, 64), (256, 128)]:
///     for shape in [(width, previous, 5, 5), (width,), (width,), (width,), (width,)]:
///         i = np.arange(np.prod(shape))
///         before = ((i * 37 + t * 11) % 101 / 50 - 1).astype(np.float32)
///         after = before + ((i * i + t * 7) % 17 / 100).astype(np.float32)
///         t += 1
/// # of each block, without the last two tensors (running statistics):
/// print(norm(after - before) / norm(before), sqrt(mean((after - before)**2)))
/// # of filters 0, 7 and 31 of the first convolution:
/// print(np.corrcoef(b, a)[0, 1], b @ a / norm(b) / norm(a), norm(a - b) / norm(b))
/// ```
#[test]
fn movement_and_filters_are_those_of_numpy() {
    let input = Input::square(3, 24);
    let network = Arc::new(zoo::network(&Choice::named("cbr-tiny"), input, 5).expect("a network"));
    let (mut before, mut after) = (Weights::default(), Weights::default());
    for (t, parameter) in network.parameters().into_iter().enumerate() {
        let indices = || 0..parameter.len();
        let start = indices().map(|i| (((i * 37 + t * 11) % 101) as f64 / 50.0 - 1.0) as f32);
        let step = indices().map(|i| (((i * i + t * 7) % 17) as f64 / 100.0) as f32);
        let of = |values| HostTensor {
            shape: parameter.shape.clone(),
            values,
        };
        let moved = start.clone().zip(step).map(|(start, step)| start + step);
        after
            .tensors
            .insert(parameter.path.clone(), of(moved.collect()));
        before
            .tensors
            .insert(parameter.path.clone(), of(start.collect()));
    }
    let close = |found: Option<f64>, expected: f64| {
        assert!(
            found.is_some_and(|f| (f - expected).abs() < 1e-12),
            "{found:?}, not {expected}"
        );
    };
    let golden = [
        [0.1683023559868933, 0.09813603637445868],
        [0.1524810879136355, 0.08890995252329947],
        [0.13287237649908315, 0.07747709148600114],
        [0.14653826338881112, 0.08544577688981439],
    ];
    let found = movements(&network, &before, &after).expect("whole weights");
    assert_eq!(found.len(), golden.len());
    for (found, [relative, rms]) in found.iter().zip(golden) {
        close(found.relative(), relative);
        close(found.rms(), rms);
    }
    let found = filters(&network, &before, &after).expect("filters");
    close(found.movement, 0.1678973962756177);
    for (number, [correlation, cosine, movement]) in [
        (
            0,
            [0.9955298226404228, 0.9870689379779068, 0.16333347513366872],
        ),
        (
            7,
            [0.9952342722116974, 0.9866296294737092, 0.16548618496380657],
        ),
        (
            31,
            [0.9953417178061615, 0.9869885464937453, 0.16456249448212512],
        ),
    ] {
        let filter = &found.filters[number];
        close(filter.correlation, correlation);
        close(filter.cosine, cosine);
        close(filter.movement, movement);
    }
}

//! Learning from drawn pictures: repeatable, whatever interrupts it, and refused elsewhere.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use networks::zoo::Choice;
use self_supervision::{Learned, Learning, Look, SelfSupervisionError, SimSiam};
use study::{DataSpec, OpenData, TrainSpec};

const DATA: &str = r#"
source = "phantom-objects"
task = "multiclass"
size = 16
count = 200
augment = { flip_horizontal = true, brightness = 0.4, hue = 0.1 }
normalise = "data"
"#;
const TRAIN: &str = r#"
optimizer = "sgd"
lr = 0.05
weight_decay = 1e-4
batch_size = 16
max_steps = 12
eval_every = 4
schedule = "cosine"
"#;

struct Course {
    spec: DataSpec,
    data: OpenData,
    train: TrainSpec,
    simsiam: SimSiam,
}

impl Course {
    fn new() -> Self {
        let spec: DataSpec = toml::from_str(DATA).expect("a specification");
        let data = OpenData::new(&spec, Path::new("."), None).expect("drawn pictures");
        let simsiam = SimSiam {
            outputs: 32,
            bottleneck: 8,
            ..SimSiam::default()
        };
        Self {
            spec,
            data,
            train: toml::from_str(TRAIN).expect("a specification"),
            simsiam,
        }
    }

    fn learning(&self) -> Result<Learning<'_>, SelfSupervisionError> {
        let model = Choice::named("cbr-tiny");
        Learning::new(&model, &self.simsiam, &self.train, &self.spec, &self.data)
    }

    /// Learns, and stops at the look after step `until`, if there is one.
    fn learn(
        &self,
        folder: &Path,
        until: Option<u64>,
    ) -> Result<(Option<Learned>, Vec<Look>), SelfSupervisionError> {
        let stop = AtomicBool::new(false);
        let mut looks = Vec::new();
        let learned = self.learning()?.learn(folder, &stop, |look| {
            looks.push(look.clone());
            stop.store(Some(look.step) == until, Ordering::Relaxed);
        })?;
        Ok((learned, looks))
    }
}

#[test]
fn an_interrupted_learning_ends_as_one_that_was_not() {
    let course = Course::new();
    let folders = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (whole, looks) = course.learn(folders[0].path(), None).unwrap();
    let whole = whole.expect("learned");
    assert_eq!(
        looks.iter().map(|l| l.step).collect::<Vec<_>>(),
        [0, 4, 8, 12]
    );

    let (none, first) = course.learn(folders[1].path(), Some(4)).unwrap();
    assert!(none.is_none() && first.len() == 2);
    let (again, second) = course.learn(folders[1].path(), None).unwrap();
    let again = again.expect("learned");
    assert_eq!(second.len(), 2);
    assert_eq!(again.weights, whole.weights);
    assert_eq!(again.look, whole.look);
    let log = |folder: &Path| std::fs::read(folder.join("looks.jsonl")).unwrap();
    assert_eq!(log(folders[0].path()), log(folders[1].path()));

    // The network's own tensors and no others, and they have moved.
    assert!(whole.weights.tensors.contains_key("block3.conv.weight"));
    let others = ["projector", "predictor", "fc"];
    let is_other = |path: &String| others.iter().any(|other| path.starts_with(other));
    assert!(!whole.weights.tensors.keys().any(is_other));
    let last = &whole.look;
    assert!(
        last.loss.expect("a loss") < looks[1].loss.expect("a loss"),
        "{looks:?}"
    );
    assert!(!last.is_collapsed(), "{last:?}");
    let accuracy = last.neighbours.expect("exclusive classes");
    assert!((0.0..=1.0).contains(&accuracy));

    // A finished one is finished; another one is refused.
    let (done, looks) = course.learn(folders[0].path(), None).unwrap();
    assert_eq!(done.expect("learned").weights, whole.weights);
    assert!(looks.is_empty());
    let mut other = Course::new();
    other.simsiam.grey_chance = 0.0;
    let refused = other.learn(folders[0].path(), None).unwrap_err();
    assert!(refused.to_string().contains("other settings"), "{refused}");
}

#[test]
fn what_has_no_meaning_is_refused() {
    let mut course = Course::new();
    course.train.patience = 3;
    let refused = course.learning().err().expect("a refusal").to_string();
    assert!(refused.contains("train.patience"), "{refused}");
}

//! What of a plan is told: its jobs, in the order of `record::Job::all`, and little else.
//!
//! A plan of thousands of runs takes tens of megabytes in memory, most of which nobody asks for
//! here. So it is read into these few fields alone, without its seal.

use std::path::Path;

use record::names::PLAN;
use serde::{Deserialize, Serialize};
use study::{FORMAT, Fold, StudyPlan, TuningPlan};

use crate::clip::{NAME_LETTERS, clip};
use crate::error::LiveError;
use crate::files::{is_plain_name, read, read_json};

pub use record::JobKind;

/// Largest plan that is read, in bytes.
const LIMIT: u64 = 256 << 20;

/// What of a plan is told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// The question.
    pub title: String,
    /// Name of the data.
    pub data: String,
    /// Names of classes, grades or findings.
    pub classes: Vec<String>,
    /// Cells of the grid.
    pub arms: usize,
    /// Whether seeds are added until all is decided, so that not every job may be wanted.
    pub is_sequential: bool,
    /// Every job, by number.
    pub jobs: Vec<JobOutline>,
}

/// One job of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobOutline {
    /// What it is for.
    pub kind: JobKind,
    /// Its identity, which is the name of a file and no path.
    pub id: String,
    /// What it is about, for people.
    pub what: String,
    /// Label of the arm that it trains; empty where it trains nothing.
    pub arm: String,
    /// Training steps that it may take.
    pub steps: Option<u64>,
}

#[derive(Deserialize)]
struct WrittenPlan {
    title: String,
    data: WrittenData,
    #[serde(default)]
    arms: Vec<serde::de::IgnoredAny>,
    runs: Vec<WrittenRun>,
    compare: Option<WrittenCompare>,
    // What tells trials apart takes all of it.
    tuning: Option<TuningPlan>,
    probe: Option<WrittenProbes>,
    analysis: Option<WrittenAnalysis>,
}

#[derive(Deserialize)]
struct WrittenData {
    described: WrittenDescription,
}

#[derive(Deserialize)]
struct WrittenDescription {
    name: String,
    #[serde(default)]
    classes: Vec<String>,
}

#[derive(Deserialize)]
struct WrittenCompare {
    #[serde(default)]
    looks: Vec<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct WrittenRun {
    id: String,
    label: String,
    seed: u64,
    fold: Option<Fold>,
    train: WrittenTrain,
}

#[derive(Deserialize)]
struct WrittenTrain {
    max_steps: u64,
}

#[derive(Deserialize)]
struct WrittenProbes {
    #[serde(default)]
    probes: Vec<WrittenProbe>,
}

#[derive(Deserialize)]
struct WrittenProbe {
    id: String,
    label: String,
    seeds: Vec<u64>,
}

#[derive(Deserialize)]
struct WrittenAnalysis {
    #[serde(default)]
    runs: Vec<WrittenPart>,
    #[serde(default)]
    pairs: Vec<WrittenPart>,
    #[serde(default)]
    maps: Vec<WrittenPart>,
}

/// A part of the analysis: of one run, or of two.
#[derive(Deserialize)]
struct WrittenPart {
    id: String,
    run: Option<usize>,
    a: Option<usize>,
    b: Option<usize>,
}

impl Outline {
    /// Of the study at `folder`.
    pub fn read(folder: &Path) -> Result<Self, LiveError> {
        #[derive(Deserialize)]
        struct WrittenFormat {
            format: u32,
        }
        let path = PLAN.path(folder);
        let bytes = read(&path, LIMIT)?;
        let content = |e: serde_json::Error| LiveError::Content {
            path: path.clone(),
            reason: e.to_string(),
        };
        let WrittenFormat { format } = serde_json::from_slice(&bytes).map_err(content)?;
        if format != FORMAT {
            return Err(LiveError::Format {
                path,
                found: format,
                known: FORMAT,
            });
        }
        let written: WrittenPlan = serde_json::from_slice(&bytes).map_err(content)?;
        drop(bytes);
        let outline = Self::of(written);
        match outline.jobs.iter().find(|job| !is_plain_name(&job.id)) {
            None => Ok(outline),
            Some(job) => Err(LiveError::Content {
                path,
                reason: format!("expected the name of a job, found {:?}", clip(&job.id, 80)),
            }),
        }
    }

    fn of(plan: WrittenPlan) -> Self {
        let mut jobs = Vec::new();
        for probe in plan.probe.iter().flat_map(|all| &all.probes) {
            let what = match probe.seeds.as_slice() {
                [seed] => format!("probe of {}, seed {seed}", probe.label),
                _ => format!("probe of {}, every seed", probe.label),
            };
            jobs.push(JobOutline::new(JobKind::Probe, &probe.id, &what));
        }
        if let Some(tuning) = &plan.tuning {
            jobs.extend(tuning.trials.iter().map(|trial| {
                let told = trial.describe(&tuning.settings);
                let what = format!("trial of {told}, {}", trial.run.place());
                JobOutline {
                    arm: clip(&trial.run.label, NAME_LETTERS),
                    steps: Some(trial.run.train.max_steps),
                    ..JobOutline::new(JobKind::Tune, &trial.run.id, &what)
                }
            }));
        }
        let trained = plan.runs.iter();
        jobs.extend(trained.map(|run| run.outline()));
        if let Some(analysis) = &plan.analysis {
            let run = |number: Option<usize>| {
                let found = number.and_then(|number| plan.runs.get(number));
                found.map_or("a run that is not planned".into(), WrittenRun::what)
            };
            let mut add = |part: &WrittenPart, what: String| {
                jobs.push(JobOutline::new(JobKind::Analyse, &part.id, &what));
            };
            for part in &analysis.runs {
                add(
                    part,
                    format!("{}: before and after training", run(part.run)),
                );
            }
            for part in &analysis.pairs {
                add(part, format!("{} and {}", run(part.a), run(part.b)));
            }
            for part in &analysis.maps {
                add(
                    part,
                    format!("blocks of {} and {}", run(part.a), run(part.b)),
                );
            }
        }
        let classes = plan.data.described.classes.iter();
        Self {
            title: clip(&plan.title, NAME_LETTERS),
            data: clip(&plan.data.described.name, NAME_LETTERS),
            classes: classes.map(|class| clip(class, NAME_LETTERS)).collect(),
            arms: plan.arms.len(),
            is_sequential: plan
                .compare
                .is_some_and(|compare| !compare.looks.is_empty()),
            jobs,
        }
    }

    /// The whole plan, for what needs more of it.
    pub fn plan(folder: &Path) -> Result<StudyPlan, LiveError> {
        // The keys of the seal are no part of a plan.
        let path = PLAN.path(folder);
        let mut value: serde_json::Value = read_json(&path, LIMIT)?;
        if let Some(keys) = value.as_object_mut() {
            keys.remove("seal");
            keys.remove("files");
        }
        serde_json::from_value(value).map_err(|e| LiveError::Content {
            path,
            reason: e.to_string(),
        })
    }
}

impl WrittenRun {
    fn what(&self) -> String {
        match self.fold {
            None => format!("{}, seed {}", self.label, self.seed),
            Some(fold) => format!("{}, seed {}, {fold}", self.label, self.seed),
        }
    }

    fn outline(&self) -> JobOutline {
        JobOutline {
            arm: clip(&self.label, NAME_LETTERS),
            steps: Some(self.train.max_steps),
            ..JobOutline::new(JobKind::Train, &self.id, &self.what())
        }
    }
}

impl JobOutline {
    fn new(kind: JobKind, id: &str, what: &str) -> Self {
        Self {
            kind,
            id: id.into(),
            what: clip(what, NAME_LETTERS),
            arm: String::new(),
            steps: None,
        }
    }
}

/// The word of a kind, as JSON.
pub(crate) fn kind_word<S: serde::Serializer>(kind: &JobKind, to: S) -> Result<S::Ok, S::Error> {
    kind.name().serialize(to)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use record::{Job, StudyDirectory};
    use study::{StudySpec, check, parse};

    use super::*;

    const TEXT: &str = r#"
        title = "All kinds"
        data  = { source = "phantom-fundus", task = "ordinal", size = 16, count = 80 }
        grid  = { model = ["cbr-tiny"], init = ["random", "glorot-normal"], seeds = 2 }
    "#;

    /// Whether jobs are told as the record tells them, and of which kinds they are.
    fn kinds(text: &str) -> BTreeSet<JobKind> {
        let spec: StudySpec = parse(text, Path::new("study.toml")).unwrap();
        let plan = check(&spec, Path::new(".")).unwrap().plan;
        let folder = tempfile::tempdir().unwrap();
        let directory = StudyDirectory::new(folder.path().join("study"));
        directory.adopt(&plan, text).unwrap();
        let outline = Outline::read(directory.path()).unwrap();

        let jobs = Job::all(&plan);
        assert_eq!(outline.jobs.len(), jobs.len());
        for (told, job) in outline.jobs.iter().zip(&jobs) {
            assert_eq!((told.kind, told.id.as_str()), (job.kind(), job.id()));
            assert_eq!(told.what, job.describe(&plan));
            assert_eq!(told.steps, job.trains().map(|run| run.train.max_steps));
        }
        assert_eq!(Outline::plan(directory.path()).unwrap(), plan);
        jobs.iter().map(Job::kind).collect()
    }

    #[test]
    fn jobs_are_those_of_the_record_in_its_order() {
        let analysed = format!("{TEXT}\nanalysis = {{ }}\nprobe = {{ }}");
        assert_eq!(
            kinds(&analysed),
            [JobKind::Probe, JobKind::Train, JobKind::Analyse].into()
        );
        let tuned = format!("{TEXT}\ntune = {{ lr = [1e-3, 1e-2] }}");
        assert_eq!(kinds(&tuned), [JobKind::Tune, JobKind::Train].into());
        let folded = TEXT.replace("count = 80", "count = 80, folds = 2");
        assert_eq!(kinds(&folded), [JobKind::Train].into());
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let plan = |id: &str| {
            format!(
                r#"{{"format": {FORMAT}, "title": "t", "data": {{"described": {{"name": "d"}}}},
                "runs": [{{"id": {id:?}, "label": "l", "seed": 0, "train": {{"max_steps": 1}}}}]}}"#
            )
        };
        let read = |text: String| {
            std::fs::write(folder.path().join("plan.json"), text).unwrap();
            Outline::read(folder.path())
        };
        assert_eq!(read(plan("a-s0-1")).unwrap().jobs.len(), 1);
        for id in ["../../etc", "/etc/passwd", "a/b", ".", "", "a\\b"] {
            let error = read(plan(id)).unwrap_err().to_string();
            assert!(error.contains("expected the name of a job"), "{error}");
        }
        let other = plan("a").replace(&format!("\"format\": {FORMAT}"), "\"format\": 1");
        assert!(read(other).unwrap_err().to_string().contains("format 1"));
    }
}

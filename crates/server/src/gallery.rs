//! What the picture browser needs of files: predictions of finished runs, and the pictures
//! themselves. The last few of both are kept.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use images::{Dataset, Range, Task};
use live::{JobKind, JobRow, Outline, Study};
use record::names::{ORIGIN, STUDY};
use record::{FinishedRun, JobDirectory, Predictions, StudyDirectory};
use study::{StudyPlan, StudySpec, parse};

use crate::showing::may_show_pictures;

/// Tables of predictions that are kept.
const TABLES: usize = 3;
/// Sources of pictures that are kept.
const SOURCES: usize = 2;
/// How long it is remembered that pictures cannot be read.
const AGAIN_AFTER: Duration = Duration::from_secs(60);

/// Predictions of a part by a run, with what it takes to read them.
pub(crate) struct Judged {
    pub(crate) predictions: Predictions,
    pub(crate) task: Task,
    pub(crate) classes: Vec<String>,
    /// Names of the parts that were predicted.
    pub(crate) parts: Vec<String>,
    /// Whether the study lets its pictures be shown.
    pub(crate) may_show: bool,
}

/// The pictures of a study.
pub(crate) struct Source {
    dataset: Dataset,
    /// Places of pictures, by their ids.
    by_id: Vec<u32>,
    range: Range,
}

type Opened = Arc<Mutex<Option<(Instant, Result<Arc<Source>, String>)>>>;

#[derive(Default)]
pub(crate) struct Gallery {
    tables: Mutex<VecDeque<(String, Arc<Judged>)>>,
    sources: Mutex<VecDeque<(String, Opened)>>,
}

impl Gallery {
    /// The predictions of `part` by a finished run. Reads files.
    pub(crate) fn predictions(
        &self,
        study: &Study,
        job: &JobRow,
        part: &str,
    ) -> Result<Arc<Judged>, String> {
        let name = format!("{}\n{}\n{part}", study.key(), job.id);
        if let Some(kept) = kept(&self.tables, &name) {
            return Ok(kept);
        }
        let judged = Arc::new(Judged::read(study.directory(), job, part)?);
        keep(&self.tables, TABLES, name, judged.clone());
        Ok(judged)
    }

    /// The pictures of a study. Opens its data where they were not open.
    pub(crate) fn source(&self, study: &Study) -> Result<Arc<Source>, String> {
        let name = study.key().to_string();
        let opened: Opened = kept(&self.sources, &name).unwrap_or_else(|| {
            let new = Opened::default();
            keep(&self.sources, SOURCES, name, new.clone());
            new
        });
        // Whoever comes while the data are being opened waits for them here.
        let mut opened = opened.lock().unwrap_or_else(PoisonError::into_inner);
        match &*opened {
            Some((_, Ok(source))) => Ok(source.clone()),
            Some((at, Err(why))) if at.elapsed() < AGAIN_AFTER => Err(why.clone()),
            _ => {
                let source = Source::open(study.directory()).map(Arc::new);
                *opened = Some((Instant::now(), source.clone()));
                source
            }
        }
    }
}

impl Judged {
    fn read(directory: &StudyDirectory, job: &JobRow, part: &str) -> Result<Self, String> {
        let plan = Outline::plan(directory.path()).map_err(|e| e.to_string())?;
        let place = place(directory, &plan, job).ok_or("this job predicts nothing")?;
        let run = FinishedRun::open(&place, &job.id).map_err(|e| e.to_string())?;
        let run = run.ok_or("this run is not done yet")?;
        let table = run.predictions(&plan).map_err(|e| e.to_string())?;
        let named = plan.data.split.test_sets.iter().map(|set| set.name.clone());
        let parts = ["test".to_string(), "validation".to_string()].into_iter();
        Ok(Self {
            predictions: table.part(part).map_err(|e| e.to_string())?,
            task: plan.data.task,
            classes: plan.data.described.classes.clone(),
            parts: parts.chain(named).collect(),
            may_show: may_show_pictures(&plan),
        })
    }
}

/// Where the plan says that a run or a trial is recorded.
fn place(directory: &StudyDirectory, plan: &StudyPlan, job: &JobRow) -> Option<JobDirectory> {
    match job.kind {
        JobKind::Train => {
            let run = plan.runs.iter().find(|run| *run.id == *job.id)?;
            Some(directory.run(run))
        }
        JobKind::Tune => {
            let mut trials = plan.tuning.iter().flat_map(|tuning| &tuning.trials);
            let trial = trials.find(|trial| *trial.run.id == *job.id)?;
            Some(directory.trial(trial))
        }
        JobKind::Probe | JobKind::Analyse => None,
    }
}

impl Source {
    fn open(directory: &StudyDirectory) -> Result<Self, String> {
        let plan = Outline::plan(directory.path()).map_err(|e| e.to_string())?;
        let text = directory.planned_study().map_err(|e| e.to_string())?;
        let path = STUDY.path(directory.path());
        let spec: StudySpec = parse(&text, &path).map_err(|e| e.to_string())?;
        let origin = std::fs::read_to_string(ORIGIN.path(directory.path()));
        let base = origin.map_or_else(|_| directory.path().into(), |o| PathBuf::from(o.trim()));
        let dataset = study::open_source(&spec.data, &base)
            .map_err(|e| format!("{e:#}"))?
            .dataset;
        let mut by_id: Vec<u32> = (0..dataset.examples.len() as u32).collect();
        by_id.sort_by(|a, b| id(&dataset, *a).cmp(id(&dataset, *b)));
        Ok(Self {
            dataset,
            by_id,
            range: plan.data.described.range,
        })
    }

    /// A picture by its id, small, as a PNG file of `pixels` × `pixels`.
    pub(crate) fn thumbnail(&self, image: &str, pixels: usize) -> Result<Vec<u8>, String> {
        let found = self
            .by_id
            .binary_search_by(|place| id(&self.dataset, *place).cmp(image));
        let place = found.map_err(|_| "the data have no such picture any more")?;
        let index = self.by_id[place] as usize;
        let png = images::contact_sheet(&self.dataset, &[index], 1, pixels, self.range, 0);
        png.ok_or_else(|| "the picture cannot be read".into())
    }
}

fn id(dataset: &Dataset, place: u32) -> &str {
    &dataset.examples[place as usize].id
}

fn kept<T: Clone>(all: &Mutex<VecDeque<(String, T)>>, name: &str) -> Option<T> {
    let all = all.lock().unwrap_or_else(PoisonError::into_inner);
    all.iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.clone())
}

fn keep<T>(all: &Mutex<VecDeque<(String, T)>>, most: usize, name: String, value: T) {
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    if all.iter().any(|(known, _)| *known == name) {
        return;
    }
    if all.len() == most {
        all.pop_front();
    }
    all.push_back((name, value));
}

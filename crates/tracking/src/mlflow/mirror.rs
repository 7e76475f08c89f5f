//! The experiment that mirrors a study.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use durable::claims::{Attempt, Claim, Claims, Owner};
use durable::{FileError, canonical_json, sha256_hex};
use record::JobKind;
use serde_json::{Value, json};

use super::client::{Answer, Client, Credentials};
use super::known::Known;
use super::remote_run::{CONTENT, RUN, RemoteRun, STUDY};
use crate::cell::Cell;
use crate::error::TrackError;
use crate::mirrored_run::{MirroredRun, Standing};
use crate::settings::settings;
use crate::snapshot::Snapshot;

/// Metrics of one call, as MLflow limits them.
const BATCH: usize = 1_000;
/// Runs and points of one page.
const PAGE: usize = 1_000;
const PAGE_POINTS: usize = 25_000;
/// Pages that are asked for at most.
const PAGES: usize = 10_000;
/// Letters of a parameter or a tag: what the oldest servers take.
const LETTERS: usize = 250;

/// A point of a metric: its name and its step.
type Point = (String, u64);

/// The experiment that mirrors a study.
pub(crate) struct MlFlow {
    client: Client,
    /// Name of the experiment; that of the study where there is none.
    experiment: Option<String>,
    /// Where ids of runs are kept, once it was made.
    folder: PathBuf,
    claim: Option<Claim>,
    known: Known,
    /// What is known of the server: nothing until it was asked, and after anything went wrong.
    met: Option<Met>,
}

/// What is known of the server.
struct Met {
    experiment_id: String,
    experiment: String,
    /// Runs that it has, by the identity of ours.
    runs: BTreeMap<String, RemoteRun>,
    /// Values that it has of runs that were looked at.
    points: BTreeMap<String, BTreeMap<Point, f64>>,
    /// What was mirrored whole of every run.
    mirrored: BTreeMap<String, Arc<MirroredRun>>,
}

impl MlFlow {
    /// Of the server at `url`.
    pub(crate) fn new(url: &str, experiment: Option<String>, credentials: Credentials) -> Self {
        Self {
            client: Client::new(url, credentials),
            experiment,
            folder: PathBuf::new(),
            claim: None,
            known: Known::default(),
            met: None,
        }
    }

    /// Mirrors what changed.
    pub(crate) fn update(&mut self, snapshot: &Snapshot) -> Result<(), TrackError> {
        self.claim(snapshot)?;
        let updated = self.update_all(snapshot);
        if updated.is_err() {
            // Whether the last request arrived is not known.
            self.met = None;
        }
        updated
    }

    /// One process mirrors at a time: two would make every run twice.
    fn claim(&mut self, snapshot: &Snapshot) -> Result<(), TrackError> {
        if self
            .claim
            .as_ref()
            .is_some_and(|claim| claim.still_held().is_ok())
        {
            return Ok(());
        }
        self.claim = None;
        let folder = snapshot.directory.file("tracking");
        std::fs::create_dir_all(&folder).map_err(FileError::io("create", &folder))?;
        match Claims::new(&folder, Owner::this_process()).take("mlflow")? {
            Attempt::Held(claim) => self.claim = Some(claim),
            Attempt::Busy(holder) => {
                let holder = holder.owner.map(|owner| owner.to_string());
                return Err(TrackError::Busy {
                    holder: holder.unwrap_or_else(|| "another process".into()),
                });
            }
        }
        self.known = Known::read(&folder);
        self.folder = folder;
        self.met = None;
        Ok(())
    }

    fn update_all(&mut self, snapshot: &Snapshot) -> Result<(), TrackError> {
        let mut met = match self.met.take() {
            Some(met) => met,
            None => self.meet(snapshot)?,
        };
        for run in &snapshot.runs {
            let is_known = |before: &Arc<MirroredRun>| Arc::ptr_eq(before, run) || before == run;
            if run.standing == Standing::ToDo
                || met.mirrored.get(&run.spec.id).is_some_and(is_known)
            {
                continue;
            }
            self.mirror(&mut met, snapshot, run)?;
            met.mirrored.insert(run.spec.id.clone(), run.clone());
        }
        self.met = Some(met);
        Ok(())
    }

    /// Finds or makes the experiment, and finds the runs that it has of the study.
    fn meet(&mut self, snapshot: &Snapshot) -> Result<Met, TrackError> {
        let title = &snapshot.plan.title;
        let name = self.experiment.clone().unwrap_or_else(|| title.clone());
        let experiment_id = self.experiment_id(&name, snapshot)?;
        let mut runs: BTreeMap<String, RemoteRun> = BTreeMap::new();
        let kept = self.known.runs(self.client.url(), &name).clone();
        let filter = format!("tags.`{STUDY}` = '{}'", snapshot.identity());
        let mut page: Option<String> = None;
        for _ in 0..PAGES {
            let mut body = json!({
                "experiment_ids": [experiment_id], "filter": filter, "max_results": PAGE,
            });
            if let Some(page) = &page {
                body["page_token"] = json!(page);
            }
            let answer = self.client.tell("runs/search", &body)?;
            let found = answer["runs"].as_array().into_iter().flatten();
            for run in found.filter_map(RemoteRun::of) {
                let Some(id) = run.tags.get(RUN).cloned() else {
                    continue;
                };
                // Of several the one that is kept in mind, else the first.
                let rank = |run: &RemoteRun| (kept.get(&id) != Some(&run.id), run.began);
                if runs.get(&id).is_none_or(|other| rank(&run) < rank(other)) {
                    runs.insert(id, run);
                }
            }
            page = answer["next_page_token"].as_str().map(String::from);
            if page.as_ref().is_none_or(String::is_empty) {
                break;
            }
        }
        let ids = runs.iter().map(|(id, run)| (id.clone(), run.id.clone()));
        *self.known.runs(self.client.url(), &name) = ids.collect();
        self.known.write(&self.folder)?;
        Ok(Met {
            experiment_id,
            experiment: name,
            runs,
            points: BTreeMap::new(),
            mirrored: BTreeMap::new(),
        })
    }

    fn experiment_id(&self, name: &str, snapshot: &Snapshot) -> Result<String, TrackError> {
        let find = || {
            let answer = self
                .client
                .get("experiments/get-by-name", &[("experiment_name", name)])?;
            let Answer::Json(answer) = answer else {
                return Ok(None);
            };
            let experiment = &answer["experiment"];
            if experiment["lifecycle_stage"].as_str() == Some("deleted") {
                let reason =
                    "it was deleted there; restore it, or choose another with --experiment";
                return Err(self
                    .client
                    .refused(&format!("experiment `{name}`"), reason.into()));
            }
            match experiment["experiment_id"].as_str() {
                Some(id) => Ok(Some(id.to_string())),
                None => Err(self
                    .client
                    .broken("it answered without an experiment".into())),
            }
        };
        if let Some(id) = find()? {
            return Ok(id);
        }
        let body = json!({
            "name": name,
            "tags": [{ "key": STUDY, "value": snapshot.identity() }],
        });
        let made = self.client.post("experiments/create", &body);
        let made = made.map(|answer| match answer {
            Answer::Json(answer) => answer["experiment_id"].as_str().map(String::from),
            Answer::Absent => None,
        });
        match made {
            Ok(Some(id)) => Ok(id),
            // Another process may have made it just before.
            made => match (find()?, made) {
                (Some(id), _) => Ok(id),
                (None, Err(error)) => Err(error),
                (None, Ok(_)) => Err(self.client.broken("it made no experiment".into())),
            },
        }
    }

    /// Brings one run to where ours is.
    fn mirror(
        &mut self,
        met: &mut Met,
        snapshot: &Snapshot,
        run: &MirroredRun,
    ) -> Result<(), TrackError> {
        let id = &run.spec.id;
        let params = params(run);
        let points = points(run);
        let has_ended = matches!(run.standing, Standing::Done | Standing::Failed);
        let content = content(run, &params);
        if let Some(remote) = met.runs.get(id) {
            if has_ended && remote.tags.get(CONTENT) == Some(&content) {
                return Ok(());
            }
            let is_params = |(name, value): (&String, &String)| params.get(name) == Some(value);
            let mut is_ours = remote.params.iter().all(is_params);
            if !met.points.contains_key(id) {
                let there = self.history(&remote.id, &points)?;
                met.points.insert(id.clone(), there);
            }
            let there = &met.points[id];
            is_ours &= there.iter().all(|(point, value)| {
                // A run that goes on from a checkpoint comes to the same numbers again.
                let ours = points.get(point);
                ours.map_or(!has_ended, |ours| ours.1 == *value)
            });
            if !is_ours {
                // What a server has of a metric cannot be taken back: the run is made anew.
                let gone = json!({ "run_id": remote.id });
                self.client.tell("runs/delete", &gone)?;
                met.runs.remove(id);
                met.points.remove(id);
            }
        }
        if !met.runs.contains_key(id) {
            let made = self.create(met, snapshot, run)?;
            met.runs.insert(id.clone(), made);
            met.points.insert(id.clone(), BTreeMap::new());
            let runs = self.known.runs(self.client.url(), &met.experiment);
            runs.insert(id.clone(), met.runs[id].id.clone());
            self.known.write(&self.folder)?;
        }
        let (Some(remote), Some(there)) = (met.runs.get_mut(id), met.points.get_mut(id)) else {
            return Ok(());
        };
        if remote.params != params {
            let list: Vec<Value> = params
                .iter()
                .map(|(key, value)| json!({ "key": key, "value": value }))
                .collect();
            let body = json!({ "run_id": remote.id, "params": list });
            self.client.tell("runs/log-batch", &body)?;
            remote.params.clone_from(&params);
        }
        let new: Vec<_> = points
            .iter()
            .filter(|(point, _)| !there.contains_key(point))
            .collect();
        for batch in new.chunks(BATCH) {
            let metrics: Vec<Value> = batch
                .iter()
                .map(|((key, step), (time, value))| {
                    json!({ "key": key, "step": step, "timestamp": time, "value": value })
                })
                .collect();
            let body = json!({ "run_id": remote.id, "metrics": metrics });
            self.client.tell("runs/log-batch", &body)?;
            there.extend(
                batch
                    .iter()
                    .map(|(point, (_, value))| ((*point).clone(), *value)),
            );
        }
        if has_ended {
            let status = match run.standing {
                Standing::Done => "FINISHED",
                _ => "FAILED",
            };
            let body = json!({
                "run_id": remote.id, "status": status, "end_time": millis(run.times[1]),
            });
            self.client.tell("runs/update", &body)?;
            if let Some(error) = &run.error {
                self.tag(&remote.id, "transfusion.error", error)?;
            }
            // Last: whoever finds it need not look further.
            self.tag(&remote.id, CONTENT, &content)?;
            remote.tags.insert(CONTENT.into(), content);
        }
        Ok(())
    }

    fn tag(&self, run: &str, key: &str, value: &str) -> Result<(), TrackError> {
        let value: String = value.chars().take(LETTERS).collect();
        let body = json!({ "run_id": run, "key": key, "value": value });
        self.client.tell("runs/set-tag", &body).map(|_| ())
    }

    /// Makes a run; its tags come with it, so that it is found wherever the answer is lost.
    fn create(
        &self,
        met: &Met,
        snapshot: &Snapshot,
        run: &MirroredRun,
    ) -> Result<RemoteRun, TrackError> {
        let kind = match run.kind {
            JobKind::Tune => "trial",
            _ => "run",
        };
        let name = format!("{}, {}", run.spec.label, run.spec.place());
        let tags = [
            (STUDY, snapshot.identity()),
            (RUN, run.spec.id.clone()),
            ("transfusion.title", snapshot.plan.title.clone()),
            ("transfusion.kind", kind.into()),
            ("transfusion.version", snapshot.plan.version.clone()),
        ];
        let tags: Vec<Value> = tags
            .into_iter()
            .map(|(key, value)| {
                let value: String = value.chars().take(LETTERS).collect();
                json!({ "key": key, "value": value })
            })
            .collect();
        let body = json!({
            "experiment_id": met.experiment_id,
            "run_name": name.chars().take(LETTERS).collect::<String>(),
            "start_time": millis(run.times[0]),
            "tags": tags,
        });
        let answer = self.client.tell("runs/create", &body)?;
        let made = RemoteRun::of(&answer["run"]);
        made.ok_or_else(|| self.client.broken("it made a run without an id".into()))
    }

    /// Every value that the server has of the metrics of `points`.
    fn history(
        &self,
        run: &str,
        points: &BTreeMap<Point, (i64, f64)>,
    ) -> Result<BTreeMap<Point, f64>, TrackError> {
        let mut there = BTreeMap::new();
        let mut last: Option<&str> = None;
        for (name, _) in points.keys() {
            if last == Some(name) {
                continue;
            }
            last = Some(name);
            let mut page = String::new();
            for _ in 0..PAGES {
                let count = PAGE_POINTS.to_string();
                let mut query = vec![("run_id", run), ("metric_key", name)];
                query.push(("max_results", &count));
                if !page.is_empty() {
                    query.push(("page_token", &page));
                }
                let Answer::Json(answer) = self.client.get("metrics/get-history", &query)? else {
                    break;
                };
                for point in answer["metrics"].as_array().into_iter().flatten() {
                    let step = &point["step"];
                    let step = step.as_u64().or_else(|| step.as_str()?.parse().ok());
                    if let (Some(step), Some(value)) = (step, point["value"].as_f64()) {
                        let known = there.entry((name.clone(), step));
                        // Two at one step are never ours: what equals nothing says so.
                        known.and_modify(|known| *known = f64::NAN).or_insert(value);
                    }
                }
                let next = answer["next_page_token"].as_str().unwrap_or_default();
                if next.is_empty() {
                    break;
                }
                page = next.into();
            }
        }
        Ok(there)
    }
}

fn millis(seconds: f64) -> i64 {
    (seconds * 1e3) as i64
}

/// What the run is and how it is trained, as texts.
fn params(run: &MirroredRun) -> BTreeMap<String, String> {
    let settings = settings(run).into_iter();
    let known = settings.filter(|(_, cell)| *cell != Cell::Empty);
    known
        .map(|(name, cell)| {
            (
                name.into(),
                cell.to_string().chars().take(LETTERS).collect(),
            )
        })
        .collect()
}

/// Every point of every metric, with its time in milliseconds and its value.
fn points(run: &MirroredRun) -> BTreeMap<Point, (i64, f64)> {
    let mut points = BTreeMap::new();
    for evaluation in &run.evaluations {
        let time = millis(run.time(evaluation.step));
        for (name, value) in MirroredRun::scalars(evaluation) {
            points.insert((name.into(), evaluation.step), (time, value));
        }
    }
    if let Some(result) = &run.result {
        let (time, step) = (millis(run.times[1]), result.test.best_step);
        for (name, value) in run.test_metrics() {
            points.insert((name, step), (time, value));
        }
    }
    points
}

/// Digest of all that is mirrored of a run but for times.
fn content(run: &MirroredRun, params: &BTreeMap<String, String>) -> String {
    let metrics = run.test_metrics();
    let all = (params, &run.evaluations, metrics, run.standing.word());
    sha256_hex(&canonical_json(&all))
}

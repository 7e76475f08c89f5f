//! The folder that TensorBoard is pointed at.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use durable::FileError;
use record::JobKind;

use super::event::{end, moment, scalar, start, version};
use super::frame::{append, records};
use crate::cell::plain;
use crate::error::TrackError;
use crate::mirrored_run::{MirroredRun, Standing};
use crate::settings::settings;
use crate::snapshot::Snapshot;

/// The one file of a run. TensorBoard takes what has `tfevents` in its name.
const FILE: &str = "events.out.tfevents.0.transfusion";
/// Largest file that is read back, in bytes.
const LIMIT: u64 = 256 << 20;

/// The folder that TensorBoard is pointed at: a folder an arm, in it one a run.
pub(crate) struct TensorBoard {
    folder: PathBuf,
    /// What was mirrored of every run.
    mirrored: BTreeMap<String, Arc<MirroredRun>>,
}

impl TensorBoard {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.into(),
            mirrored: BTreeMap::new(),
        }
    }

    /// Mirrors what changed.
    pub(crate) fn update(&mut self, snapshot: &Snapshot) -> Result<(), TrackError> {
        for run in &snapshot.runs {
            let id = &run.spec.id;
            let is_known = |before: &Arc<MirroredRun>| Arc::ptr_eq(before, run) || before == run;
            if run.standing == Standing::ToDo || self.mirrored.get(id).is_some_and(is_known) {
                continue;
            }
            let path = self.folder.join(place(run)).join(FILE);
            mirror(run, &path)?;
            self.mirrored.insert(id.clone(), run.clone());
        }
        Ok(())
    }
}

/// Where a run is below the folder, which is what TensorBoard calls it.
fn place(run: &MirroredRun) -> PathBuf {
    let arm = plain(&run.spec.label, 80);
    let of_arm = match run.kind {
        JobKind::Tune => Path::new("trials").join(arm),
        _ => PathBuf::from(arm),
    };
    of_arm.join(plain(&run.spec.id, 200))
}

/// Makes the file at `path` that of `run`.
fn mirror(run: &MirroredRun, path: &Path) -> Result<(), TrackError> {
    // What is no file of ours is replaced.
    let before = outside::read(path, LIMIT).unwrap_or_default();
    let bytes = events(run, &times(&before));
    if bytes == before {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(FileError::io("create", folder))?;
    // TensorBoard keeps a file open: what only grows is seen at once where it grows in place. A
    // record that is torn then is replaced the next time.
    match bytes.strip_prefix(before.as_slice()) {
        Some(more) if !before.is_empty() => {
            let file = std::fs::File::options().append(true).open(path);
            let written = file.and_then(|mut file| file.write_all(more));
            Ok(written.map_err(FileError::io("write", path))?)
        }
        _ => Ok(durable::write(path, &bytes)?),
    }
}

/// When each step of a file was written, as it says itself.
fn times(bytes: &[u8]) -> BTreeMap<u64, f64> {
    // The first two events are of no step.
    let steps = records(bytes).into_iter().skip(2).filter_map(moment);
    let mut times = BTreeMap::new();
    for (time, step) in steps {
        times.entry(step).or_insert(time);
    }
    times
}

/// The bytes of the file of `run`. Steps in `known` keep the times that they have there, so that a
/// file grows while its run does.
fn events(run: &MirroredRun, known: &BTreeMap<u64, f64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let began = run.times[0];
    append(&mut bytes, &version(began));
    append(&mut bytes, &start(began, &run.spec.id, &settings(run)));
    for evaluation in &run.evaluations {
        let step = evaluation.step;
        let time = known.get(&step).copied().unwrap_or(run.time(step));
        for (name, value) in MirroredRun::scalars(evaluation) {
            append(&mut bytes, &scalar(time, step, name, value));
        }
    }
    let last = run.evaluations.last();
    let ended = last.and_then(|last| known.get(&last.step).copied());
    let ended = ended.unwrap_or(run.times[1]);
    if let Some(result) = &run.result {
        for (name, value) in run.test_metrics() {
            append(
                &mut bytes,
                &scalar(ended, result.test.best_step, &name, value),
            );
        }
    }
    if let Standing::Done | Standing::Failed = run.standing {
        append(&mut bytes, &end(ended, run.standing == Standing::Done));
    }
    bytes
}

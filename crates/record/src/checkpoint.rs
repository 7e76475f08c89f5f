//! Checkpoints: everything that a run needs to go on exactly where it was.
//!
//! Each file carries the first half of its SHA-256 in its name, so that a damaged one is noticed
//! and the one before it used. Kept are the last two and the best ones they refer to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use networks::{Weights, WeightsFile};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use study::PrecisionName;

use crate::devices::Devices;
use crate::directory::JobDirectory;
use durable::{FileError, remove_temporaries, write};

/// Key of the state in the file's metadata.
const STATE_KEY: &str = "transfusion.state";

/// The best evaluation so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Its step.
    pub step: u64,
    /// Its validation AUC.
    pub validation_auc: f64,
    /// Name of the file with its weights.
    pub file: String,
}

/// Where a run is, apart from its tensors.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CheckpointState {
    /// Training steps taken.
    pub step: u64,
    /// The last evaluation was at this step; none before the first.
    pub evaluated: Option<u64>,
    /// Sum of training losses since that evaluation.
    pub loss_sum: f64,
    /// The best evaluation so far.
    pub best: Option<Best>,
    /// Evaluations since the best.
    pub stale: u64,
    /// Seconds of work so far, over all interruptions.
    pub seconds: f64,
    /// Joules that processors drew for it so far; none where the system does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joules: Option<f64>,
    /// Position of the phase that the last step belongs to; the moments are its optimiser's.
    #[serde(default)]
    pub phase: usize,
    /// What its products are rounded to; none in checkpoints that do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<PrecisionName>,
    /// What it was trained on so far; nothing in checkpoints that do not say.
    #[serde(default, skip_serializing_if = "Devices::is_empty")]
    pub devices: Devices,
    /// Path of every tensor and buffer that the phase freezes ─▶ the first half of the SHA-256 of
    /// its numbers when the phase began.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub frozen: BTreeMap<String, String>,
}

/// A checkpoint read back.
#[derive(Debug)]
pub struct Checkpoint {
    /// Where the run was.
    pub state: CheckpointState,
    /// Weights and buffers of the model.
    pub model: Weights,
    /// Moments of the optimiser.
    pub moments: Weights,
}

/// The checkpoints of a run.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
}

impl Checkpoints {
    /// The checkpoints in the directory of a run.
    pub fn new(run: &JobDirectory) -> Self {
        Self {
            folder: run.path().join("checkpoint"),
        }
    }

    /// Their folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes their folder, and removes what a killed process was writing.
    pub fn make(&self) -> Result<(), FileError> {
        std::fs::create_dir_all(&self.folder).map_err(FileError::io("create", &self.folder))?;
        remove_temporaries(&self.folder)
    }

    /// Writes the best weights under the name that they have.
    pub fn put_best(&self, best: &BestWeights) -> Result<(), FileError> {
        write(&self.folder.join(&best.file), &best.bytes)
    }

    /// Writes a checkpoint and removes what neither it nor the one before it needs.
    pub fn write(
        &self,
        state: &CheckpointState,
        model: &Weights,
        moments: &Weights,
    ) -> Result<(), FileError> {
        let previous = self.names("step-")?.into_iter().next_back();
        let before = previous.and_then(|p| self.read(&p));
        let best_before = before.and_then(|c| c.state.best);
        self.write_after(best_before.as_ref(), state, model.clone(), moments.clone())
    }

    /// [`write`](Self::write) where the best of the newest checkpoint is known. It takes what it
    /// writes, so that there is no other copy than the bytes of the file.
    pub(crate) fn write_after(
        &self,
        best_before: Option<&Best>,
        state: &CheckpointState,
        model: Weights,
        moments: Weights,
    ) -> Result<(), FileError> {
        let mut all = moments;
        let model = model.tensors.into_iter();
        all.tensors
            .extend(model.map(|(path, tensor)| (format!("model/{path}"), tensor)));
        let text = serde_json::to_string(state).expect("a state is plain data");
        let previous = self.names("step-")?.into_iter().next_back();
        let name = self.write_hashed(
            &format!("step-{:08}", state.step),
            &all.to_bytes(Some((STATE_KEY, text))),
        )?;
        let previous = previous.filter(|p| *p != name);
        let best: Vec<_> = [state.best.as_ref(), best_before]
            .into_iter()
            .flatten()
            .map(|b| &b.file)
            .collect();
        for old in self.names("step-")? {
            if old != name && Some(&old) != previous.as_ref() {
                self.remove(&old)?;
            }
        }
        for old in self.names("best-")? {
            if !best.contains(&&old) {
                self.remove(&old)?;
            }
        }
        Ok(())
    }

    /// The newest checkpoint that is whole.
    pub fn newest(&self) -> Result<Option<Checkpoint>, FileError> {
        Ok(self.names("step-")?.iter().rev().find_map(|name| {
            let checkpoint = self.read(name)?;
            let best_is_whole = match &checkpoint.state.best {
                Some(best) => self.read_hashed(&best.file).is_some(),
                None => true,
            };
            best_is_whole.then_some(checkpoint)
        }))
    }

    /// The weights of the best evaluation.
    pub fn best(&self, best: &Best) -> Result<Weights, FileError> {
        self.read_hashed(&best.file)
            .map(|f| f.weights)
            .ok_or_else(|| FileError::Damaged {
                path: self.folder.join(&best.file),
                reason: "its bytes do not have the hash in its name".into(),
            })
    }

    /// Removes all checkpoints of a finished run.
    pub fn clear(&self) -> Result<(), FileError> {
        match std::fs::remove_dir_all(&self.folder) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
            done => done.map_err(|source| FileError::Io {
                action: "remove",
                path: self.folder.clone(),
                source,
            }),
        }
    }

    fn read(&self, name: &str) -> Option<Checkpoint> {
        let file = self.read_hashed(name)?;
        let state = serde_json::from_str(file.metadata.get(STATE_KEY)?).ok()?;
        let (mut model, mut moments) = (Weights::default(), Weights::default());
        for (path, tensor) in file.weights.tensors {
            match path.strip_prefix("model/") {
                Some(path) => model.tensors.insert(path.to_string(), tensor),
                None => moments.tensors.insert(path, tensor),
            };
        }
        Some(Checkpoint {
            state,
            model,
            moments,
        })
    }

    /// A file whose bytes have the hash in its name.
    fn read_hashed(&self, name: &str) -> Option<WeightsFile> {
        let file = Weights::read(&self.folder.join(name)).ok()?;
        let written = name.strip_suffix(".safetensors")?.rsplit('-').next()?;
        (file.sha256.get(..32) == Some(written)).then_some(file)
    }

    fn write_hashed(&self, stem: &str, bytes: &[u8]) -> Result<String, FileError> {
        let name = name_of(stem, bytes);
        write(&self.folder.join(&name), bytes)?;
        Ok(name)
    }

    /// Names of files, by step.
    fn names(&self, prefix: &str) -> Result<Vec<String>, FileError> {
        let io = |source| FileError::Io {
            action: "read",
            path: self.folder.clone(),
            source,
        };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(io)? {
            let name = entry
                .map_err(io)?
                .file_name()
                .to_string_lossy()
                .into_owned();
            if name.starts_with(prefix) && name.ends_with(".safetensors") {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn remove(&self, name: &str) -> Result<(), FileError> {
        let path = self.folder.join(name);
        std::fs::remove_file(&path).map_err(|source| FileError::Io {
            action: "remove",
            path,
            source,
        })
    }
}

/// The weights of the best evaluation, on their way to a file.
#[derive(Clone, Debug)]
pub struct BestWeights {
    /// Name of the file.
    pub file: String,
    bytes: Vec<u8>,
}

impl BestWeights {
    /// Those after `step` steps.
    pub fn new(step: u64, model: &Weights) -> Self {
        let bytes = model.to_bytes(None);
        let file = name_of(&format!("best-{step:08}"), &bytes);
        Self { file, bytes }
    }
}

/// A name with the hash of the bytes in it.
fn name_of(stem: &str, bytes: &[u8]) -> String {
    let hash = format!("{:x}", Sha256::digest(bytes));
    format!("{stem}-{}.safetensors", &hash[..32])
}

#[cfg(test)]
mod tests {
    use networks::HostTensor;

    use super::*;

    fn weights(value: f32) -> Weights {
        Weights {
            tensors: [(
                "w".to_string(),
                HostTensor {
                    shape: vec![2],
                    values: vec![value, -value],
                },
            )]
            .into(),
        }
    }

    /// Three checkpoints with a new best each time: the last two stay, and a damaged newest one
    /// gives way to the one before with its best.
    #[test]
    fn a_damaged_checkpoint_gives_way_to_the_one_before() {
        let directory = tempfile::tempdir().unwrap();
        let checkpoints = Checkpoints::new(&JobDirectory::new(directory.path()));
        let folder = checkpoints.folder.clone();
        checkpoints.make().unwrap();
        assert!(checkpoints.newest().unwrap().is_none());
        for step in [10, 20, 30] {
            let value = step as f32;
            let weights_then = BestWeights::new(step, &weights(value));
            checkpoints.put_best(&weights_then).unwrap();
            let file = weights_then.file;
            let best = Some(Best {
                step,
                validation_auc: 0.8,
                file,
            });
            let state = CheckpointState {
                step,
                best,
                ..Default::default()
            };
            checkpoints
                .write(&state, &weights(value), &Weights::default())
                .unwrap();
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 4);
        assert_eq!(checkpoints.newest().unwrap().unwrap().model, weights(30.0));

        let newest = checkpoints.names("step-").unwrap().pop().unwrap();
        let mut bytes = std::fs::read(folder.join(&newest)).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(folder.join(&newest), bytes).unwrap();
        let found = checkpoints.newest().unwrap().unwrap();
        assert_eq!(found.state.step, 20);
        assert_eq!(
            checkpoints.best(&found.state.best.unwrap()).unwrap(),
            weights(20.0)
        );
    }
}

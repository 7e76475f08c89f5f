//! The evaluations of a run as they come, each read once.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use durable::FileError;
use record::Evaluation;

use crate::error::LiveError;
use crate::files::Stamp;

/// Most bytes that one look reads; the next goes on after them.
const MOST: u64 = 4 << 20;

/// How far a log was read.
#[derive(Clone, Debug, Default)]
pub struct Tail {
    stamp: Option<Stamp>,
    /// Bytes up to the end of the last whole line.
    offset: u64,
}

/// What is new in a log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Appended {
    /// Whether the file is another than before, or was cut: what was read of it no longer holds.
    pub is_anew: bool,
    /// New evaluations, in their order.
    pub evaluations: Vec<Evaluation>,
}

impl Tail {
    /// What was appended to the log at `path` since the last look. A torn last line is left for the
    /// next look; a line that is no evaluation is passed over.
    pub fn look(&mut self, path: &Path) -> Result<Appended, LiveError> {
        let stamp = Stamp::of(path)?;
        if stamp == self.stamp && stamp.is_none_or(|stamp| stamp.bytes == self.offset) {
            return Ok(Appended::default());
        }
        let is_anew = match (self.stamp, stamp) {
            (Some(before), Some(now)) => before.inode != now.inode || now.bytes < self.offset,
            (Some(_), None) => true,
            (None, _) => false,
        };
        if is_anew {
            self.offset = 0;
        }
        let mut appended = Appended {
            is_anew,
            ..Appended::default()
        };
        if stamp.is_some_and(|stamp| stamp.bytes > self.offset) {
            appended.evaluations = self.read(path)?;
        }
        self.stamp = stamp;
        Ok(appended)
    }

    /// When the log last changed.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    fn read(&mut self, path: &Path) -> Result<Vec<Evaluation>, LiveError> {
        let io = FileError::io("read", path);
        let mut file = outside::open(path).map_err(&io)?;
        file.seek(SeekFrom::Start(self.offset)).map_err(&io)?;
        let mut bytes = Vec::new();
        file.take(MOST).read_to_end(&mut bytes).map_err(&io)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        let whole = match whole {
            Some(end) => end + 1,
            // A line that long is none of ours.
            None if bytes.len() as u64 == MOST => bytes.len(),
            None => 0,
        };
        self.offset += whole as u64;
        let lines = bytes[..whole].split(|byte| *byte == b'\n');
        Ok(lines
            .filter_map(|line| serde_json::from_slice(line).ok())
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(step: u64) -> String {
        format!(
            "{{\"step\":{step},\"images\":8,\"lr\":0.1,\"train_loss\":null,\"validation_auc\":0.5,\"validation_loss\":0.7}}\n"
        )
    }

    fn steps(appended: &Appended) -> Vec<u64> {
        appended.evaluations.iter().map(|e| e.step).collect()
    }

    #[test]
    fn appends_are_read_once_torn_lines_wait_and_another_file_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.jsonl");
        let mut tail = Tail::default();
        assert_eq!(tail.look(&path).unwrap(), Appended::default());

        let (first, second, third) = (line(0), line(4), line(8));
        std::fs::write(&path, format!("{first}{}", &second[..20])).unwrap();
        assert_eq!(steps(&tail.look(&path).unwrap()), [0]);
        assert_eq!(tail.look(&path).unwrap().evaluations, []);
        std::fs::write(&path, format!("{first}{second}")).unwrap();
        assert_eq!(steps(&tail.look(&path).unwrap()), [4]);
        std::fs::write(&path, format!("{first}{second}no evaluation\n{third}")).unwrap();
        assert_eq!(steps(&tail.look(&path).unwrap()), [8]);

        // A run that goes on from a checkpoint forgets what followed it.
        durable::write(&path, format!("{first}{second}").as_bytes()).unwrap();
        let cut = tail.look(&path).unwrap();
        assert_eq!((cut.is_anew, steps(&cut)), (true, vec![0, 4]));
        // Another file of the same size is another file.
        durable::write(&path, format!("{first}{third}").as_bytes()).unwrap();
        let other = tail.look(&path).unwrap();
        assert_eq!((other.is_anew, steps(&other)), (true, vec![0, 8]));
        std::fs::remove_file(&path).unwrap();
        let gone = tail.look(&path).unwrap();
        assert_eq!((gone.is_anew, gone.evaluations.len()), (true, 0));
    }
}

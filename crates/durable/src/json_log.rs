//! Logs that grow by a line: one JSON value a line.

use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::FileError;
use crate::file::write;

/// A file of lines, each a value of type `T`, written by one process at a time.
///
/// A line is there when [`append`](Self::append) returns. A process that is killed while it appends
/// leaves a torn last line, which reading ignores and the next `append` overwrites.
#[derive(Debug)]
pub struct JsonLog<T> {
    path: PathBuf,
    holds: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned> JsonLog<T> {
    /// The log at `path`, which may not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            holds: PhantomData,
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Every whole line; a torn last line is ignored, a damaged one before it is an error.
    pub fn read(&self) -> Result<Vec<T>, FileError> {
        match std::fs::read(&self.path) {
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            bytes => self.parse(&bytes.map_err(FileError::io("read", &self.path))?),
        }
    }

    /// The same of bytes that were read already.
    pub fn parse(&self, bytes: &[u8]) -> Result<Vec<T>, FileError> {
        let mut values = Vec::new();
        for (number, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
            match serde_json::from_slice(line) {
                Ok(value) => values.push(value),
                Err(_) if !line.ends_with(b"\n") => break,
                Err(e) => {
                    return Err(FileError::Damaged {
                        path: self.path.clone(),
                        reason: format!("line {}: {e}", number + 1),
                    });
                }
            }
        }
        Ok(values)
    }

    /// Forgets the values that are not to be kept, which a resumed process makes again.
    pub fn retain(&self, mut keep: impl FnMut(&T) -> bool) -> Result<(), FileError> {
        let values = self.read()?;
        let kept: Vec<&T> = values.iter().filter(|v| keep(v)).collect();
        if kept.len() == values.len() && self.path.exists() {
            return Ok(());
        }
        write(
            &self.path,
            &kept.into_iter().flat_map(line).collect::<Vec<u8>>(),
        )
    }

    /// Adds a line and sees it to the disk.
    pub fn append(&self, value: &T) -> Result<(), FileError> {
        let io = FileError::io("write", &self.path);
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&self.path)
            .map_err(&io)?;
        let end = end_of_lines(&mut file).map_err(&io)?;
        file.set_len(end).map_err(&io)?;
        file.seek(SeekFrom::Start(end)).map_err(&io)?;
        file.write_all(&line(value)).map_err(&io)?;
        file.sync_data().map_err(&io)
    }
}

fn line<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(value).expect("what is recorded is plain data");
    bytes.push(b'\n');
    bytes
}

/// Bytes up to the end of the last whole line.
fn end_of_lines(file: &mut File) -> std::io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut last = [0];
    while end > 0 {
        file.seek(SeekFrom::Start(end - 1))?;
        file.read_exact(&mut last)?;
        if last == *b"\n" {
            break;
        }
        end -= 1;
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_ignored_and_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let log = JsonLog::<(u64, f64)>::new(folder.path().join("log.jsonl"));
        assert!(log.read().unwrap().is_empty());
        let values = [(0, 0.5), (10, 1.0 / 3.0), (20, 1e-9)];
        for value in &values {
            log.append(value).unwrap();
        }
        let whole = std::fs::read(log.path()).unwrap();
        for cut in [1, 7] {
            std::fs::write(log.path(), &whole[..whole.len() - cut]).unwrap();
            log.append(&values[2]).unwrap();
            assert_eq!(std::fs::read(log.path()).unwrap(), whole);
        }
        std::fs::write(log.path(), &whole[..whole.len() - 7]).unwrap();
        assert_eq!(log.read().unwrap(), values[..2]);
        log.retain(|value| value.0 == 0).unwrap();
        assert_eq!(log.read().unwrap(), values[..1]);
    }

    #[test]
    fn a_damaged_line_in_the_middle_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let log = JsonLog::<u8>::new(folder.path().join("log.jsonl"));
        std::fs::write(log.path(), "1\n{}\n3\n").unwrap();
        assert!(log.read().unwrap_err().to_string().contains("line 2"));
    }
}

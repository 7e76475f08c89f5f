//! A pack, written.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use durable::{Manifest, TEMPORARY, sync_folder};
use formats::DECODER;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use sources::Noted;

use crate::error::PackError;
use crate::header::{FORMAT, HEADER, Header, PICTURES};
use crate::index::{MOST_BLOCK, MOST_BYTES, MOST_PICTURES};
use crate::line::Place;
use crate::made::made;

pub use crate::made::Content;

/// Most bytes of a file of samples: 4 GiB.
const MOST_FILE: u64 = 4 << 30;
/// Pictures that are made at once, for each thread.
const AT_ONCE: usize = 4;

/// How a data set is packed.
pub struct Plan<'a> {
    /// What of its pictures.
    pub content: Content<'a>,
    /// Numerics of the program: framed pictures are for programs of the same alone.
    pub numerics: u32,
    /// Name and version of the program, which are told only.
    pub program: &'a str,
}

/// A pack that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Pictures.
    pub pictures: usize,
    /// Files, the header among them.
    pub files: usize,
    /// Bytes of all files but the header.
    pub bytes: u64,
    /// Pictures that could not be read: id and reason.
    pub unreadable: Vec<(String, String)>,
}

/// Writes a pack at `to`, where nothing is yet: whole, or not at all. `listener` is told how many
/// pictures are done.
pub fn write(
    noted: &Noted,
    plan: &Plan,
    to: &Path,
    listener: &dyn Fn(usize),
) -> Result<Written, PackError> {
    if fs::symlink_metadata(to).is_ok() {
        return Err(PackError::Occupied { path: to.into() });
    }
    let above = match to.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(above).map_err(PackError::io("make", above))?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o777));
    let folder = builder
        .tempdir_in(above)
        .map_err(PackError::io("write in", above))?;
    let written = fill(folder.path(), noted, plan, listener)?;
    fs::rename(folder.path(), to).map_err(PackError::io("write", to))?;
    // It is at its place: nothing is left to remove.
    let _ = folder.keep();
    sync_folder(above).map_err(PackError::io("write", above))?;
    Ok(written)
}

fn fill(
    folder: &Path,
    noted: &Noted,
    plan: &Plan,
    listener: &dyn Fn(usize),
) -> Result<Written, PackError> {
    let dataset = &noted.dataset;
    if dataset.len() > MOST_PICTURES {
        return Err(PackError::Foreign {
            path: folder.into(),
            expected: format!("at most {MOST_PICTURES} pictures"),
            found: dataset.len().to_string(),
        });
    }
    let path = folder.join(PICTURES);
    let io = PackError::io("write", &path);
    let mut index = BufWriter::new(File::create(&path).map_err(&io)?);
    let mut samples = Samples::new(folder);
    let mut unreadable = Vec::new();
    let all: Vec<usize> = (0..dataset.len()).collect();
    for some in all.chunks(AT_ONCE * rayon::current_num_threads()) {
        let made: Result<Vec<_>, PackError> = some
            .par_iter()
            .map(|index| made(dataset, *index, plan.content))
            .collect();
        for (picture, at) in made?.into_iter().zip(some) {
            let mut line = picture.line;
            line.block = match picture.block {
                None => None,
                Some(block) => Some(samples.append(&block)?),
            };
            let id = || dataset.examples[*at].id.clone();
            unreadable.extend(picture.unreadable.map(|reason| (id(), reason)));
            serde_json::to_writer(&mut index, &line).map_err(|e| io(e.into()))?;
            index.write_all(b"\n").map_err(&io)?;
        }
        listener(some.last().map_or(0, |last| last + 1));
    }
    samples.end()?;
    let index = index.into_inner().map_err(|e| io(e.into_error()))?;
    index.sync_all().map_err(&io)?;
    let found = index.metadata().map_err(&io)?.len();
    if found > MOST_BYTES {
        return Err(PackError::damaged(
            &path,
            format!("expected at most {MOST_BYTES} bytes, found {found}"),
        ));
    }
    // Read back: what is stated is what the disk has.
    let files = Manifest::of(folder, &[HEADER.name()])?;
    let frame = match plan.content {
        Content::Framed { frame, .. } => Some(frame),
        Content::AsTheyAre => None,
    };
    let header = Header {
        format: FORMAT,
        program: plan.program.into(),
        numerics: frame.map(|_| plan.numerics),
        frame,
        decoder: dataset.pictures.decoder(),
        decoder_of_files: DECODER.into(),
        name: dataset.name.clone(),
        task: dataset.task,
        channels: dataset.channels,
        classes: dataset.classes.clone(),
        test_sets: dataset.test_sets.clone(),
        attributes: dataset.attributes.clone(),
        notes: noted.notes.clone(),
        flow: noted.flow.clone(),
        pictures: dataset.len(),
    };
    HEADER.write(folder, &header, &files)?;
    Ok(Written {
        pictures: dataset.len(),
        files: files.files().count() + 1,
        bytes: files.files().map(|(_, digest)| digest.bytes).sum(),
        unreadable,
    })
}

/// Files of samples, one after the other.
struct Samples<'a> {
    folder: &'a Path,
    open: Option<(PathBuf, BufWriter<File>)>,
    /// Number of the next file.
    next: u32,
    /// Bytes of the open one.
    bytes: u64,
}

impl<'a> Samples<'a> {
    fn new(folder: &'a Path) -> Self {
        Self {
            folder,
            open: None,
            next: 0,
            bytes: 0,
        }
    }

    fn append(&mut self, block: &[u8]) -> Result<Place, PackError> {
        let count = block.len() as u64;
        if count > MOST_BLOCK || self.bytes + count > MOST_FILE {
            self.end()?;
        }
        let (path, file) = match &mut self.open {
            Some(open) => open,
            closed => {
                let path = self.folder.join(format!("samples-{:05}.bin", self.next));
                let file = File::create(&path).map_err(PackError::io("write", &path))?;
                self.next += 1;
                self.bytes = 0;
                closed.insert((path, BufWriter::new(file)))
            }
        };
        let start = self.bytes;
        file.write_all(block)
            .map_err(PackError::io("write", path))?;
        self.bytes += count;
        Ok(Place {
            file: self.next - 1,
            start,
            bytes: count,
            sha256: format!("{:x}", Sha256::digest(block)),
        })
    }

    /// Closes the open file; what it holds is on the disk.
    fn end(&mut self) -> Result<(), PackError> {
        let Some((path, file)) = self.open.take() else {
            return Ok(());
        };
        let io = PackError::io("write", &path);
        let file = file.into_inner().map_err(|e| io(e.into_error()))?;
        file.sync_all().map_err(&io)
    }
}

//! A pack, opened.

use std::path::Path;
use std::sync::Arc;

use durable::{FileDigest, Manifest, sha256_hex};
use formats::DECODER;
use images::Dataset;
use outside::ReadError;
use sources::Noted;

use crate::block::Blocks;
use crate::error::PackError;
use crate::header::{FORMAT, FORMAT_OF, HEADER, Header, PICTURES};
use crate::index::{Index, MOST_BYTES};
use crate::packed::Packed;
use crate::scratch;

/// Most files of samples.
const MOST_FILES: usize = 100_000;

/// Whether `folder` is a pack, whole or damaged.
pub fn is_pack(folder: &Path) -> bool {
    HEADER.path(folder).is_file()
}

/// The data set in the pack at `folder`. Where [`SCRATCH`](crate::SCRATCH) names a folder of this
/// machine, the pack is copied there once and read from there. Framed pictures of other than these
/// `numerics` are refused.
pub fn open(folder: &Path, numerics: u32) -> Result<Noted, PackError> {
    let (header, files) = header(folder, numerics)?;
    let (folder, said) = scratch::nearest(folder, &files);
    opened(&folder, header, &files, said)
}

fn opened(
    folder: &Path,
    header: Header,
    files: &Manifest,
    said: Vec<String>,
) -> Result<Noted, PackError> {
    let mut blocks = Vec::new();
    for (name, stated) in samples(files) {
        blocks.push((Blocks::open(&folder.join(name), stated)?, stated.bytes));
    }
    let (blocks, sizes): (Vec<Blocks>, Vec<u64>) = blocks.into_iter().unzip();
    let index = Index::parse(&index_bytes(folder, files)?, &header, &sizes)?;
    // Files are decoded by this program, framed pictures were by the one that packed them.
    let decoder = match header.frame {
        Some(_) => header.decoder,
        None => header.decoder.replace(&header.decoder_of_files, DECODER),
    };
    let pictures = Packed {
        files: blocks,
        entries: index.entries,
        frame: header.frame,
        decoder,
    };
    Ok(Noted {
        dataset: Dataset {
            name: header.name,
            task: header.task,
            classes: header.classes,
            channels: header.channels,
            test_sets: header.test_sets,
            attributes: header.attributes,
            examples: index.examples,
            pictures: Arc::new(pictures),
        },
        notes: header.notes,
        flow: header.flow,
        said,
    })
}

/// The files of samples, in the order of their numbers.
fn samples(files: &Manifest) -> impl Iterator<Item = (&str, &FileDigest)> {
    files.files().filter(|(name, _)| *name != PICTURES)
}

fn header(folder: &Path, numerics: u32) -> Result<(Header, Manifest), PackError> {
    let path = HEADER.path(folder);
    let foreign = |expected: String, found: String| PackError::Foreign {
        path: path.clone(),
        expected,
        found,
    };
    match FORMAT_OF.read(folder)? {
        Some(of) if of.format == FORMAT => {}
        Some(of) => {
            return Err(foreign(
                format!("a pack of format {FORMAT}"),
                format!("format {}", of.format),
            ));
        }
        None => return Err(foreign("a pack".into(), "nothing".into())),
    }
    let Some(sealed) = HEADER.read(folder)? else {
        return Err(foreign("a pack".into(), "nothing".into()));
    };
    let (header, files) = (sealed.value, sealed.files);
    if let Some(found) = header.numerics.filter(|found| *found != numerics) {
        return Err(foreign(
            format!("pictures framed by a program of numerics {numerics}"),
            format!("numerics {found}"),
        ));
    }
    if header.frame.is_some() != header.numerics.is_some()
        || header.frame.is_some_and(|frame| frame.check().is_err())
        || (header.frame.is_none() && header.decoder_of_files.is_empty())
    {
        return Err(PackError::damaged(&path, "its frame contradicts itself"));
    }
    // A name leads nowhere else, whoever wrote it.
    let is_plain = |name: &str| {
        let mut parts = Path::new(name).components();
        let first =
            matches!(parts.next(), Some(std::path::Component::Normal(part)) if part == name);
        first && parts.next().is_none() && !name.contains('\\')
    };
    if !files.has_name(PICTURES)
        || files.files().count() > MOST_FILES
        || !files.files().all(|(name, _)| is_plain(name))
    {
        return Err(PackError::damaged(
            &path,
            "its list of files is none of a pack",
        ));
    }
    Ok((header, files))
}

fn index_bytes(folder: &Path, files: &Manifest) -> Result<Vec<u8>, PackError> {
    let path = folder.join(PICTURES);
    let stated = files.files().find(|(name, _)| *name == PICTURES);
    let Some((_, stated)) = stated else {
        return Err(PackError::damaged(&path, "the header does not name it"));
    };
    let bytes =
        outside::read(&path, stated.bytes.min(MOST_BYTES)).map_err(|error| match error {
            ReadError::Io(source) => PackError::io("read", &path)(source),
            ReadError::TooLarge { .. } => PackError::damaged(&path, error.to_string()),
        })?;
    let found = sha256_hex(&bytes);
    match found == stated.sha256 {
        true => Ok(bytes),
        false => Err(PackError::damaged(
            &path,
            format!("expected SHA-256 {}, found {found}", stated.sha256),
        )),
    }
}

//! The arrays of a `.npz` archive.

use std::io::{self, BufReader, Read, Write as _};
use std::path::Path;

use arrays::{NpyError, NpyHeader};
use zip::{CompressionMethod, ZipArchive};

use super::array::{StoredArray, element_bytes};
use super::bytes::{Bytes, Reader};
use super::error::FileError;

/// Most members of an archive.
const MAX_MEMBERS: usize = 100_000;
/// Decompressed bytes that are kept in memory; larger members go to an unnamed temporary file.
const MAX_IN_MEMORY: u64 = 16 << 20;
/// Most bytes that a byte of Deflate can stand for; more is a lie.
const MAX_RATIO: u64 = 1_032;
/// Most bytes of one decompressed member: 1 TiB.
const MAX_DECOMPRESSED: u64 = 1 << 40;

/// A member of an archive: its number, its name without `.npy`, and its header.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) index: usize,
    pub(super) name: String,
    pub(super) header: NpyHeader,
}

type Archive<'a> = ZipArchive<BufReader<Reader<'a>>>;

fn archive<'a>(path: &Path, bytes: &'a Bytes) -> Result<Archive<'a>, FileError> {
    ZipArchive::new(BufReader::new(bytes.reader())).map_err(|error| {
        FileError::damaged(
            path.display().to_string(),
            "a whole .npz archive",
            error.to_string(),
        )
    })
}

fn place(path: &Path, name: &str) -> String {
    format!("{}, {name}", path.display())
}

fn damaged(path: &Path, name: &str, error: NpyError) -> FileError {
    FileError::damaged(place(path, name), error.expected, error.found)
}

/// The arrays of an archive in its order; of compressed ones only the header is decompressed. Those
/// whose elements are not numbers that are read, such as names of images, by name and type, apart.
pub(super) fn members(path: &Path, bytes: &Bytes) -> Result<(Vec<Member>, Vec<String>), FileError> {
    let mut archive = archive(path, bytes)?;
    if archive.len() > MAX_MEMBERS {
        return Err(FileError::damaged(
            path.display().to_string(),
            format!("at most {MAX_MEMBERS} members"),
            archive.len().to_string(),
        ));
    }
    let (mut members, mut unread) = (Vec::new(), Vec::new());
    for index in 0..archive.len() {
        let Some(file_name) = archive.name_for_index(index).map(String::from) else {
            continue;
        };
        let Some(name) = file_name.strip_suffix(".npy") else {
            continue;
        };
        let mut entry = archive.by_index(index).map_err(|error| {
            FileError::damaged(
                place(path, name),
                "a stored or deflated member",
                error.to_string(),
            )
        })?;
        let header = match NpyHeader::read(&mut entry) {
            Ok(header) => header,
            Err(error) if error.is_other_element => {
                unread.push(format!("{name} ({})", error.found));
                continue;
            }
            Err(error) => return Err(damaged(path, name, error)),
        };
        members.push(Member {
            index,
            name: name.into(),
            header,
        });
    }
    Ok((members, unread))
}

/// Opens a member: by position in the archive where it is stored, else decompressed once.
pub(super) fn open(path: &Path, bytes: &Bytes, member: &Member) -> Result<StoredArray, FileError> {
    let place = place(path, &member.name);
    let mut archive = archive(path, bytes)?;
    let mut entry = archive
        .by_index(member.index)
        .map_err(|error| FileError::damaged(&place, "a readable member", error.to_string()))?;
    let (compressed, size) = (entry.compressed_size(), entry.size());
    let whole = if entry.compression() == CompressionMethod::Stored {
        bytes.part(entry.data_start(), size).ok_or_else(|| {
            FileError::damaged(
                &place,
                "a member that lies within the archive",
                format!(
                    "{size} bytes at byte {} of {}",
                    entry.data_start(),
                    bytes.length()
                ),
            )
        })?
    } else {
        check_size(&place, &member.header, compressed, size)?;
        decompress(&mut entry, size).map_err(|error| {
            FileError::damaged(
                &place,
                format!(
                    "{size} bytes once decompressed into {}",
                    std::env::temp_dir().display()
                ),
                format!("{error}; numpy.savez instead of savez_compressed needs no space"),
            )
        })?
    };
    super::npy::open(&place, &whole)
}

/// Refuses what claims more than its header or its compressed bytes can account for.
fn check_size(
    place: &str,
    header: &NpyHeader,
    compressed: u64,
    size: u64,
) -> Result<(), FileError> {
    let elements = element_bytes(header.element, &header.shape);
    let expected = elements.filter(|&bytes| {
        bytes <= size && size - bytes <= super::npy::MAX_HEAD as u64 && size <= MAX_DECOMPRESSED
    });
    let possible = compressed.saturating_mul(MAX_RATIO);
    if expected.is_some() && size <= possible {
        return Ok(());
    }
    Err(FileError::damaged(
        place,
        format!(
            "at most {} bytes, which {compressed} compressed bytes and the header {} allow",
            possible.min(elements.unwrap_or(MAX_DECOMPRESSED)),
            header.describe()
        ),
        format!("{size} bytes declared"),
    ))
}

/// Decompresses exactly `size` bytes; more are an error, and never written.
fn decompress(entry: &mut impl Read, size: u64) -> io::Result<Bytes> {
    let mut bounded = entry.take(size + 1);
    if size <= MAX_IN_MEMORY {
        let mut memory = Vec::new();
        bounded.read_to_end(&mut memory)?;
        check_length(memory.len() as u64, size)?;
        return Ok(Bytes::memory(memory));
    }
    let mut file = tempfile::tempfile()?;
    check_length(io::copy(&mut bounded, &mut file)?, size)?;
    file.flush()?;
    Bytes::file(file)
}

fn check_length(found: u64, expected: u64) -> io::Result<()> {
    match found.cmp(&expected) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(io::Error::other(format!("only {found} bytes"))),
        std::cmp::Ordering::Greater => Err(io::Error::other("more bytes than declared")),
    }
}

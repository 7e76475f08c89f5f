//! The arrays of a file or folder, by name.

use std::path::{Path, PathBuf};

use arrays::Element;

use super::array::{Array as _, StoredArray};
use super::bytes::Bytes;
use super::error::FileError;
use super::{natural_order, npy, npz, safetensors};

/// Most files of a folder.
const MAX_FILES: usize = 10_000;

/// The arrays of a `.npy`, `.npz` or `.safetensors` file, or of a folder of such files.
///
/// Opening reads headers only. Members of an archive keep its order; tensors and the files of a
/// folder are in the natural order of their names.
#[derive(Clone, Debug)]
pub struct ArraySet {
    path: PathBuf,
    entries: Vec<Entry>,
    unread: Vec<String>,
}

/// One array of a set, as its header declares it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name of the member or tensor; that of the file, without its ending, where it holds one.
    pub name: String,
    /// What the elements are.
    pub element: Element,
    /// Extent of every axis.
    pub shape: Vec<usize>,
    path: PathBuf,
    bytes: Bytes,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    Npy,
    Npz(npz::Member),
    Safetensors(safetensors::Tensor),
}

impl ArraySet {
    /// Opens a file or a folder.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let io = |source| FileError::Io {
            path: path.into(),
            source,
        };
        let mut set = Self {
            path: path.into(),
            entries: Vec::new(),
            unread: Vec::new(),
        };
        if !std::fs::metadata(path).map_err(io)?.is_dir() {
            let bytes = Bytes::file(outside::open(path).map_err(io)?).map_err(io)?;
            set.add(path, &stem(path), &bytes)?;
        } else {
            for file in files(path)? {
                let io = |source| FileError::Io {
                    path: file.clone(),
                    source,
                };
                let bytes = Bytes::file(outside::open(&file).map_err(io)?).map_err(io)?;
                let first = set.entries.len();
                set.add(&file, &stem(&file), &bytes)?;
                if let [_, _, ..] = &set.entries[first..] {
                    for entry in &mut set.entries[first..] {
                        entry.name = format!("{}/{}", stem(&file), entry.name);
                    }
                } else if let Some(entry) = set.entries.get_mut(first) {
                    entry.name = stem(&file);
                }
            }
        }
        set.checked()
    }

    /// Opens a file that is in memory; `name` is the name of an array without one.
    pub fn from_bytes(name: &str, bytes: Vec<u8>) -> Result<Self, FileError> {
        let mut set = Self {
            path: name.into(),
            entries: Vec::new(),
            unread: Vec::new(),
        };
        set.add(Path::new(name), name, &Bytes::memory(bytes))?;
        set.checked()
    }

    /// The file or folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The arrays.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Tensors that are left out because their elements are not numbers that are read, with types.
    pub fn unread(&self) -> &[String] {
        &self.unread
    }

    /// The array of that name.
    pub fn entry(&self, name: &str) -> Result<&Entry, FileError> {
        let found = self.entries.iter().find(|entry| entry.name == name);
        found.ok_or_else(|| FileError::UnknownArray {
            path: self.path.clone(),
            found: name.into(),
            names: self.entries.iter().map(|e| e.name.clone()).collect(),
        })
    }

    fn checked(self) -> Result<Self, FileError> {
        if !self.entries.is_empty() {
            return Ok(self);
        }
        Err(FileError::Nothing {
            path: self.path,
            expected: "at least one array, as .npy, .npz or .safetensors hold them",
            found: match self.unread.as_slice() {
                [] => "no arrays".into(),
                unread => format!("only {}", super::error::listed(unread)),
            },
        })
    }

    fn add(&mut self, path: &Path, name: &str, bytes: &Bytes) -> Result<(), FileError> {
        let entry = |name, element, shape, content| Entry {
            name,
            element,
            shape,
            path: path.into(),
            bytes: bytes.clone(),
            content,
        };
        match Format::of(path, bytes)? {
            Format::Npy => {
                let array = npy::open(&path.display().to_string(), bytes)?;
                let (element, shape) = (array.element(), array.shape().to_vec());
                self.entries
                    .push(entry(name.into(), element, shape, Content::Npy));
            }
            Format::Npz => {
                let (members, unread) = npz::members(path, bytes)?;
                self.unread.extend(unread);
                for member in members {
                    let (element, shape) = (member.header.element, member.header.shape.clone());
                    let name = member.name.clone();
                    self.entries
                        .push(entry(name, element, shape, Content::Npz(member)));
                }
            }
            Format::Safetensors => {
                let (tensors, unread) = safetensors::tensors(path, bytes)?;
                self.unread.extend(unread);
                for tensor in tensors {
                    let (element, shape) = (tensor.element, tensor.shape.clone());
                    let name = tensor.name.clone();
                    self.entries
                        .push(entry(name, element, shape, Content::Safetensors(tensor)));
                }
            }
        }
        Ok(())
    }
}

impl Entry {
    /// Opens the array; a compressed member is decompressed now.
    pub fn open(&self) -> Result<StoredArray, FileError> {
        match &self.content {
            Content::Npy => npy::open(&self.path.display().to_string(), &self.bytes),
            Content::Npz(member) => npz::open(&self.path, &self.bytes, member),
            Content::Safetensors(tensor) => safetensors::open(&self.path, &self.bytes, tensor),
        }
    }

    /// File and name, for messages.
    pub fn place(&self) -> String {
        match &self.content {
            Content::Npy => self.path.display().to_string(),
            Content::Npz(npz::Member { name, .. })
            | Content::Safetensors(safetensors::Tensor { name, .. }) => {
                format!("{}, {name}", self.path.display())
            }
        }
    }
}

/// Formats, told by how a file starts and not by its name.
enum Format {
    Npy,
    Npz,
    Safetensors,
}

impl Format {
    fn of(path: &Path, bytes: &Bytes) -> Result<Self, FileError> {
        let mut start = vec![0; bytes.length().min(9) as usize];
        bytes
            .read_exact_at(&mut start, 0)
            .map_err(|source| FileError::Io {
                path: path.into(),
                source,
            })?;
        match start.as_slice() {
            [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Ok(Self::Npy),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Ok(Self::Npz),
            [_, _, _, _, _, _, _, _, b'{'] => Ok(Self::Safetensors),
            _ => Err(FileError::Format {
                path: path.into(),
                found: match start.as_slice() {
                    [] => "an empty file".into(),
                    start => format!("a file that starts with the bytes {start:02x?}"),
                },
            }),
        }
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(
        || path.display().to_string(),
        |s| s.to_string_lossy().into(),
    )
}

/// The files of a folder that may hold arrays, in the natural order of their names.
fn files(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let io = |source| FileError::Io {
        path: folder.into(),
        source,
    };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let is_wanted = ["npy", "npz", "safetensors"].iter().any(|ending| {
            path.extension()
                .is_some_and(|e| e.eq_ignore_ascii_case(ending))
        });
        if is_wanted && path.is_file() {
            files.push(path);
        }
        if files.len() > MAX_FILES {
            return Err(FileError::Nothing {
                path: folder.into(),
                expected: "one file a layer",
                found: format!("more than {MAX_FILES} files"),
            });
        }
    }
    files.sort_by(|a, b| natural_order::compare(&a.to_string_lossy(), &b.to_string_lossy()));
    Ok(files)
}

//! What a pack says of itself.

use durable::{JsonFile, SealedFile};
use images::{Frame, Task};
use serde::{Deserialize, Serialize};
use sources::SourceFlow;

/// The file by which a folder is known as a pack.
pub(crate) const HEADER: SealedFile<Header> = SealedFile::new("transfusion-pack.json");
/// The same, as far as every version of it goes.
pub(crate) const FORMAT_OF: JsonFile<FormatOf> = JsonFile::new("transfusion-pack.json");
/// The index: a line a picture.
pub(crate) const PICTURES: &str = "pictures.jsonl";
/// Version of packs; any other is refused.
pub(crate) const FORMAT: u32 = 1;

/// What every version of a header has.
#[derive(Debug, Deserialize)]
pub(crate) struct FormatOf {
    pub(crate) format: u32,
}

/// The header of a pack. Sizes and digests of its other files are sealed with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    /// Version of packs.
    pub(crate) format: u32,
    /// Who wrote it; told only.
    pub(crate) program: String,
    /// Numerics of the program that framed the pictures; none where they are as they were.
    pub(crate) numerics: Option<u32>,
    /// The frame that pictures are held in; none where they are as they were.
    pub(crate) frame: Option<Frame>,
    /// The decoders of the data set, as its identity covers them.
    pub(crate) decoder: String,
    /// The decoders of files in the program that packed them.
    pub(crate) decoder_of_files: String,
    /// Name of the data set.
    pub(crate) name: String,
    /// The kind of question.
    pub(crate) task: Task,
    /// Channels of the stored pictures.
    pub(crate) channels: usize,
    /// Classes or findings, by index.
    pub(crate) classes: Vec<String>,
    /// Named test sets.
    pub(crate) test_sets: Vec<String>,
    /// Names of attributes.
    pub(crate) attributes: Vec<String>,
    /// What was believed, converted, merged or left out when the source was read.
    pub(crate) notes: Vec<String>,
    /// What was found in the source and left out.
    pub(crate) flow: Vec<SourceFlow>,
    /// Lines of the index.
    pub(crate) pictures: usize,
}

//! Picture files, decoded when asked for.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use formats::decode::{MAX_FILE_BYTES, read_bounded};
use formats::signature::SIGNATURE_BYTES;
use formats::{DECODER, Reading, decode_with};
use images::{Image, ImageError, Pictures};

use crate::ending;

/// Files by index, read in one way.
pub(crate) struct PictureFiles {
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) reading: Reading,
}

impl Pictures for PictureFiles {
    fn read(&self, index: usize) -> Result<Image, ImageError> {
        Ok(decode_with(&self.content(index)?, &self.reading)?.image)
    }

    fn content(&self, index: usize) -> Result<Cow<'_, [u8]>, ImageError> {
        read_bounded(&self.paths[index], MAX_FILE_BYTES).map(Cow::Owned)
    }

    fn reading(&self, _index: usize) -> Option<Reading> {
        Some(self.reading)
    }

    fn decoder(&self) -> String {
        match self.reading == Reading::default() {
            true => DECODER.into(),
            // Another frame or window gives other samples of the same bytes.
            false => format!("{DECODER}; {:?}", self.reading),
        }
    }
}

/// Whether a listed file is taken for a picture: by its ending, and where that is unknown (scanners
/// write none) by its first bytes.
pub(crate) fn is_picture(path: &Path, file: &str) -> bool {
    match ending::of(file) {
        Some(ending) if ending::is_picture(ending) => true,
        Some(ending) if ending::is_paper(ending) => false,
        _ => begins_like_a_picture(path),
    }
}

fn begins_like_a_picture(path: &Path) -> bool {
    outside::read_start(path, SIGNATURE_BYTES as u64)
        .is_ok_and(|first| formats::kind_by_signature(&first).is_some())
}

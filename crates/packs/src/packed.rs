//! Pictures in a pack.

use std::borrow::Cow;

use formats::{Image, ImageError, Reading, decode_with};
use images::{Frame, Held, Pictures};

use crate::block::Blocks;
use crate::index::Entry;
use crate::line::{Framed, Kind};

/// Pictures in a pack, each held against its digest whenever it is read.
pub(crate) struct Packed {
    pub(crate) files: Vec<Blocks>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) frame: Option<Frame>,
    pub(crate) decoder: String,
}

impl Packed {
    fn block(&self, index: usize) -> Result<(&Kind, Vec<u8>), ImageError> {
        let entry = &self.entries[index];
        if let Kind::Unreadable(reason) = &entry.kind {
            return Err(ImageError::Told(reason.clone()));
        }
        let place = entry.block.as_ref();
        let file = place.and_then(|place| Some((self.files.get(place.file as usize)?, place)));
        let (file, place) = file.ok_or_else(|| ImageError::Pack("a file is missing".into()))?;
        let bytes = file.read(place).map_err(ImageError::Pack)?;
        Ok((&entry.kind, bytes))
    }
}

fn held(framed: &Framed, mut block: Vec<u8>) -> Held {
    let samples = block.split_off(framed.note as usize);
    Held {
        image: framed.shape.image(samples),
        stored: framed.stored(),
        note: block,
    }
}

impl Pictures for Packed {
    fn read(&self, index: usize) -> Result<Image, ImageError> {
        let (kind, block) = self.block(index)?;
        match kind {
            Kind::File(reading) => Ok(decode_with(&block, reading)?.image),
            Kind::Samples(shape) => Ok(shape.image(block)),
            Kind::Framed(framed) => Ok(held(framed, block).image),
            Kind::Unreadable(reason) => Err(ImageError::Told(reason.clone())),
        }
    }

    fn content(&self, index: usize) -> Result<Cow<'_, [u8]>, ImageError> {
        match self.block(index)? {
            (Kind::File(_) | Kind::Samples(_), block) => Ok(Cow::Owned(block)),
            _ => Err(ImageError::Told(
                "it was packed framed, without the bytes of its file".into(),
            )),
        }
    }

    fn decoder(&self) -> String {
        self.decoder.clone()
    }

    fn digest(&self, index: usize) -> Result<[u8; 32], ImageError> {
        let entry = &self.entries[index];
        entry.content.ok_or_else(|| match &entry.kind {
            Kind::Unreadable(reason) => ImageError::Told(reason.clone()),
            _ => ImageError::Pack("the index has no digest of its content".into()),
        })
    }

    fn reading(&self, index: usize) -> Option<Reading> {
        match &self.entries[index].kind {
            Kind::File(reading) => Some(*reading),
            _ => None,
        }
    }

    fn held(&self, index: usize) -> Option<Result<Held, ImageError>> {
        let Kind::Framed(framed) = &self.entries[index].kind else {
            return None;
        };
        Some(self.block(index).map(|(_, block)| held(framed, block)))
    }

    fn other_frame(&self, frame: &Frame) -> Option<Frame> {
        self.frame.filter(|own| own != frame)
    }
}

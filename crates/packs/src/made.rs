//! From a picture of a data set to its line and its block.

use formats::{Image, ImageError, decode_with};
use images::{Dataset, Frame, Pictures, Stored};
use sha2::{Digest as _, Sha256};

use crate::error::PackError;
use crate::line::{Framed, Kind, Line};
use crate::samples::{Shape, bytes_of};

/// What is packed of every picture.
#[derive(Clone, Copy)]
pub enum Content<'a> {
    /// Its samples as networks read them: smallest, and fastest to open.
    Framed {
        /// The one frame that it can then be read in.
        frame: Frame,
        /// What is noted of it, from its content and what that decodes to.
        note: &'a (dyn Fn(&[u8], &Image) -> Vec<u8> + Sync),
    },
    /// The bytes of its file; samples at the stored size where it has none.
    AsTheyAre,
}

/// A picture, ready to be written.
pub(crate) struct Made {
    pub(crate) line: Line,
    pub(crate) block: Option<Vec<u8>>,
    /// Why it cannot be read.
    pub(crate) unreadable: Option<String>,
}

pub(crate) fn made(
    dataset: &Dataset,
    index: usize,
    content: Content<'_>,
) -> Result<Made, PackError> {
    let pictures = dataset.pictures.as_ref();
    let packed = match content {
        Content::Framed { frame, note } => framed(pictures, index, &frame, note),
        Content::AsTheyAre => as_it_is(pictures, index),
    };
    let example = &dataset.examples[index];
    let (content, packed) = packed.map_err(|reason| PackError::Picture {
        id: example.id.clone(),
        reason,
    })?;
    let hex = content.map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect());
    Ok(match packed {
        Ok((kind, block)) => Made {
            line: Line::new(example, hex, kind),
            block: Some(block),
            unreadable: None,
        },
        Err(reason) => {
            let reason = reason.to_string();
            Made {
                line: Line::new(example, hex, Kind::Unreadable(reason.clone())),
                block: None,
                unreadable: Some(reason),
            }
        }
    })
}

/// The digest of the content, and what is packed or why there is nothing to pack.
type Packed = (Option<[u8; 32]>, Result<(Kind, Vec<u8>), ImageError>);

fn framed(
    pictures: &dyn Pictures,
    index: usize,
    frame: &Frame,
    note: &dyn Fn(&[u8], &Image) -> Vec<u8>,
) -> Result<Packed, String> {
    if let Some(held) = pictures.held(index) {
        if pictures.other_frame(frame).is_some() {
            return Err("it was packed in another frame; pack it from its files".into());
        }
        let held = held.map_err(|error| error.to_string())?;
        let digest = pictures.digest(index).map_err(|error| error.to_string())?;
        let block = block(&held.image, &held.stored, held.note);
        return Ok((Some(digest), Ok(block)));
    }
    let content = match pictures.content(index) {
        Ok(content) => content,
        Err(reason) => return Ok((None, Err(reason))),
    };
    let digest = Sha256::digest(&content).into();
    let decoded = match pictures.reading(index) {
        Some(reading) => decode_with(&content, &reading).map(|decoded| decoded.image),
        None => pictures.read(index),
    };
    let usable = decoded.and_then(|image| frame.check_channels(image.channels).map(|()| image));
    let packed = usable.map(|image| {
        let note = note(&content, &image);
        block(&frame.apply(&image), &Stored::of(&image), note)
    });
    Ok((Some(digest), packed))
}

fn block(image: &Image, stored: &Stored, mut note: Vec<u8>) -> (Kind, Vec<u8>) {
    let kind = Kind::Framed(Framed::new(note.len(), Shape::of(image), stored));
    note.extend(bytes_of(&image.samples));
    (kind, note)
}

fn as_it_is(pictures: &dyn Pictures, index: usize) -> Result<Packed, String> {
    if let Some(reading) = pictures.reading(index) {
        return Ok(match pictures.content(index) {
            Err(reason) => (None, Err(reason)),
            Ok(content) => {
                let digest = Sha256::digest(&content).into();
                (
                    Some(digest),
                    Ok((Kind::File(reading), content.into_owned())),
                )
            }
        });
    }
    let content = pictures.content(index);
    let digest = content.as_ref().ok().map(|c| Sha256::digest(c).into());
    let image = match pictures.read(index) {
        Ok(image) => image,
        Err(reason) => return Ok((digest, Err(reason))),
    };
    let samples = bytes_of(&image.samples);
    match content {
        Ok(content) if *content == samples[..] => {
            Ok((digest, Ok((Kind::Samples(Shape::of(&image)), samples))))
        }
        Ok(_) => Err("its content is neither a file nor its samples".into()),
        Err(reason) => Err(reason.to_string()),
    }
}

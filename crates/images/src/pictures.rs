//! Where the pictures of a dataset come from.

use std::borrow::Cow;
use std::sync::Arc;

use formats::image::Image;
use formats::{ImageError, Reading};
use sha2::{Digest as _, Sha256};

use crate::frame::Frame;
use crate::stored::Stored;

/// Random access to pictures, from many threads at once.
pub trait Pictures: Send + Sync {
    /// Decodes picture `index` at its stored size; where only the framed one is held, it is that.
    fn read(&self, index: usize) -> Result<Image, ImageError>;

    /// The bytes that identify picture `index`: those of its file, or its samples in little-endian
    /// order.
    fn content(&self, index: usize) -> Result<Cow<'_, [u8]>, ImageError>;

    /// Name and version of the decoder: other decoders may give other samples.
    fn decoder(&self) -> String;

    /// The SHA-256 of [`content`](Self::content), also where that itself is not at hand.
    fn digest(&self, index: usize) -> Result<[u8; 32], ImageError> {
        Ok(Sha256::digest(self.content(index)?).into())
    }

    /// How the content of picture `index` is decoded where it is that of a file; none where it is
    /// samples.
    fn reading(&self, _index: usize) -> Option<Reading> {
        None
    }

    /// Picture `index`, where it was framed before and is held so; none where it is decoded anew.
    fn held(&self, _index: usize) -> Option<Result<Held, ImageError>> {
        None
    }

    /// The frame in which pictures are held, where it is another than `frame`.
    fn other_frame(&self, _frame: &Frame) -> Option<Frame> {
        None
    }
}

/// A picture that was framed before.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// Framed, as [`Frame::apply`] does.
    pub image: Image,
    /// As it was before that.
    pub stored: Stored,
    /// What was noted of it then, by whoever framed it.
    pub note: Vec<u8>,
}

/// Some pictures of a source.
pub(crate) struct Chosen {
    pub(crate) pictures: Arc<dyn Pictures>,
    pub(crate) indices: Vec<usize>,
}

impl Pictures for Chosen {
    fn read(&self, index: usize) -> Result<Image, ImageError> {
        self.pictures.read(self.indices[index])
    }

    fn content(&self, index: usize) -> Result<Cow<'_, [u8]>, ImageError> {
        self.pictures.content(self.indices[index])
    }

    fn decoder(&self) -> String {
        self.pictures.decoder()
    }

    fn digest(&self, index: usize) -> Result<[u8; 32], ImageError> {
        self.pictures.digest(self.indices[index])
    }

    fn reading(&self, index: usize) -> Option<Reading> {
        self.pictures.reading(self.indices[index])
    }

    fn held(&self, index: usize) -> Option<Result<Held, ImageError>> {
        self.pictures.held(self.indices[index])
    }

    fn other_frame(&self, frame: &Frame) -> Option<Frame> {
        self.pictures.other_frame(frame)
    }
}

//! Pictures that a device can hold.

use std::fmt::Debug;

/// Pictures of one size as they are stored, from which a device that holds them makes batches.
pub trait Gallery: Debug + Send + Sync {
    /// Pictures, rows, columns, channels.
    fn extents(&self) -> [usize; 4];

    /// What each stored sample means, between 0 and 1: 256 numbers where samples are bytes, 65,536
    /// where they have 16 bits.
    fn units(&self) -> &[f32];

    /// Samples of a picture, `[row][column][channel]`; none of one that is never asked for.
    fn samples(&self, picture: usize) -> Option<Samples<'_>>;

    /// The same number for the same pictures, and for no others as long as this is held.
    fn identity(&self) -> usize;
}

/// Samples of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Samples<'a> {
    /// Of 8 bits.
    Bytes(&'a [u8]),
    /// Of 16 bits.
    Words(&'a [u16]),
}

impl Samples<'_> {
    /// One of them, by its number; none beyond the last.
    pub fn get(&self, at: usize) -> Option<usize> {
        match self {
            Self::Bytes(samples) => samples.get(at).map(|sample| usize::from(*sample)),
            Self::Words(samples) => samples.get(at).map(|sample| usize::from(*sample)),
        }
    }
}

/// By what the samples of pictures are normalised: `(sample − mean) / std`.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// One a channel.
    pub mean: Vec<f32>,
    /// One a channel, above 0.
    pub std: Vec<f32>,
}

//! What enters a network: pixels, or pictures that its device holds.

use std::fmt::Debug;

use kernels::MapShape;
use networks::Input;

use crate::maps::Maps;
use crate::placed::Placed;

/// What enters a network.
#[derive(Clone, Copy, Debug)]
pub enum Pictures<'a> {
    /// Numbers as they enter, `[batch, channels, height, width]`.
    Pixels(&'a Maps),
    /// Pictures of the [`Gallery`] that the device holds.
    Placed(&'a [Placed]),
}

impl<'a> From<&'a Maps> for Pictures<'a> {
    fn from(pixels: &'a Maps) -> Self {
        Self::Pixels(pixels)
    }
}

impl Pictures<'_> {
    /// Extents of what enters a network that takes pictures like `input`.
    pub(crate) fn shape(&self, input: Input) -> MapShape {
        match self {
            Self::Pixels(pixels) => pixels.shape(),
            Self::Placed(placed) => {
                let [batch, channels, height, width] = input.batch(placed.len());
                MapShape {
                    batch,
                    channels,
                    height,
                    width,
                }
            }
        }
    }
}

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

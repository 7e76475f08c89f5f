//! What enters a network: pixels, or pictures that its device holds.

use std::fmt::Debug;

use kernels::MapShape;
use networks::Input;

use crate::maps::Maps;

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

/// By what the samples of pictures are normalised: `(sample − mean) / std`.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// One a channel.
    pub mean: Vec<f32>,
    /// One a channel, above 0.
    pub std: Vec<f32>,
}

/// A picture of a [`Gallery`], and where the pixels that enter the network come from. A pixel's
/// column and row, shifted, then turned about the middle of the picture, then mirrored, are the
/// point whose number it gets: that of the picture's pixel there, or one interpolated linearly
/// between four; 0, which is black, for pixels outside. It is normalised at last.
///
/// Every operation is one of `f32` by itself, rounded to nearest: the numbers are those of the
/// processor to the last bit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Its number.
    pub picture: usize,
    /// Whether left and right, and top and bottom, change places.
    pub mirrors: [bool; 2],
    /// Sine and cosine of the angle; none where there is no turn.
    pub turn: Option<[f32; 2]>,
    /// Columns, rows.
    pub shift: [i32; 2],
}

impl Placed {
    /// The picture as it is.
    pub fn still(picture: usize) -> Self {
        Self {
            picture,
            mirrors: [false; 2],
            turn: None,
            shift: [0; 2],
        }
    }
}

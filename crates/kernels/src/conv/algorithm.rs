//! Which algorithm a convolution gets.

use super::direct;
use super::fft;
use super::pass::Pass;
use super::shape::ConvShape;
use super::stem;
use super::winograd;

/// A way to compute a convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Blocked matrix product over columns gathered from the maps; any shape.
    Product,
    /// Fourier transforms and one complex product per frequency.
    Fft,
    /// Winograd's minimal filtering, for 3×3 taps.
    Winograd,
    /// Direct sums over the planes, for groups of few channels.
    Direct,
    /// Register tiles over the padded image, for few input channels; the gradient
    /// of the input is that of the product.
    Stem,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 5] = [
        Self::Product,
        Self::Fft,
        Self::Winograd,
        Self::Direct,
        Self::Stem,
    ];

    /// The algorithm for one pass of `shape`, by what `bench`'s `layers` measures.
    pub fn choose(shape: &ConvShape, pass: Pass) -> Self {
        let taps = shape.kernel[0] * shape.kernel[1];
        let longest = shape.kernel[0].max(shape.kernel[1]);
        let channels = shape.channels_in.min(shape.channels_out);
        // Channels that the pass sums over, or makes pairs of.
        let summed = match pass {
            Pass::Forward => shape.channels_in,
            Pass::Input => shape.channels_out,
            Pass::Weight => channels,
        };
        let [rows, columns] = shape.output();
        match (taps, channels, rows.min(columns)) {
            _ if shape.groups > 1 && Self::Direct.supports(shape) => Self::Direct,
            _ if stem::pays(shape, pass) => Self::Stem,
            // With fewer, transforms cost what they save.
            _ if summed >= 8 && winograd::pays(shape) => Self::Winograd,
            _ if !Self::Fft.supports(shape) => Self::Product,
            // With few pixels the spectra of the weights cost more than they save, with
            // short kernels those of the maps.
            (_, ..16, _) | (_, _, ..4) => Self::Product,
            (..9, _, pixels) if longest < 5 || pixels < 12 => Self::Product,
            _ => Self::Fft,
        }
    }

    /// Whether the algorithm can compute `shape` at all.
    pub fn supports(self, shape: &ConvShape) -> bool {
        match self {
            Self::Product => true,
            Self::Fft => fft::supports(shape),
            Self::Winograd => winograd::supports(shape),
            Self::Direct => direct::supports(shape),
            Self::Stem => stem::supports(shape),
        }
    }

    /// The algorithm itself where it supports `shape`, else the product.
    pub(crate) fn or_product(self, shape: &ConvShape) -> Self {
        if self.supports(shape) {
            self
        } else {
            Self::Product
        }
    }
}

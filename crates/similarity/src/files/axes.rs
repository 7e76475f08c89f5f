//! What the axes of an array mean.

use std::fmt;

/// The meaning of one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Images,
    Height,
    Width,
    Channels,
}

/// What the axes of an array mean, slowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axes {
    /// `[images, channels, height, width]`: PyTorch.
    Nchw,
    /// `[images, height, width, channels]`: TensorFlow, JAX.
    Nhwc,
    /// `[images, tokens, channels]`: transformers; a token is a position.
    Ntc,
    /// `[images, channels]`.
    Nc,
    /// `[channels, images]`: neurons × datapoints, as google/svcca has them.
    Cn,
}

impl Axes {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Nchw, Self::Nhwc, Self::Ntc, Self::Nc, Self::Cn];

    /// As written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nchw => "nchw",
            Self::Nhwc => "nhwc",
            Self::Ntc => "ntc",
            Self::Nc => "nc",
            Self::Cn => "cn",
        }
    }

    /// In words: `images × channels × height × width`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Nchw => "images × channels × height × width",
            Self::Nhwc => "images × height × width × channels",
            Self::Ntc => "images × tokens × channels",
            Self::Nc => "images × channels",
            Self::Cn => "channels × images",
        }
    }

    /// How many.
    pub fn count(self) -> usize {
        self.roles().len()
    }

    /// Images of an array of this shape; `None` if it has another number of axes.
    pub fn images(self, shape: &[usize]) -> Option<usize> {
        let axis = usize::from(self == Self::Cn);
        (shape.len() == self.count()).then(|| shape[axis])
    }

    pub(super) fn roles(self) -> &'static [Role] {
        use Role::{Channels, Height, Images, Width};
        match self {
            Self::Nchw => &[Images, Channels, Height, Width],
            Self::Nhwc => &[Images, Height, Width, Channels],
            Self::Ntc => &[Images, Width, Channels],
            Self::Nc => &[Images, Channels],
            Self::Cn => &[Channels, Images],
        }
    }
}

impl fmt::Display for Axes {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Axes {
    type Err = AxesError;

    fn from_str(name: &str) -> Result<Self, AxesError> {
        let found = Self::ALL.into_iter().find(|axes| axes.name() == name);
        found.ok_or_else(|| AxesError::UnknownName(name.into()))
    }
}

/// Why the axes of an array cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AxesError {
    /// Not a name of axes.
    #[error(
        "unknown axes `{0}`; axes are nchw, nhwc, ntc, nc and cn, with n images, c channels, h \
         height, w width and t tokens"
    )]
    UnknownName(String),
    /// No activations have that many axes.
    #[error("{place}: {found}; expected {expected}")]
    Unreadable {
        /// File and array.
        place: String,
        /// The axes there are.
        found: String,
        /// The axes there should be, and what to do.
        expected: String,
    },
    /// Named axes that fit no array.
    #[error("axes {axes} name {count} axes, but {place} has the shape {shape:?}")]
    NamedForNone {
        /// As asked for.
        axes: Axes,
        /// How many axes they name.
        count: usize,
        /// File and array.
        place: String,
        /// Its shape.
        shape: Vec<usize>,
    },
    /// Several meanings are possible.
    #[error("{place}: the shape {shape:?} may be {readings}; say which, for example {example}")]
    Ambiguous {
        /// File and array.
        place: String,
        /// Its shape.
        shape: Vec<usize>,
        /// The meanings.
        readings: String,
        /// An option of the command line.
        example: String,
    },
    /// Arrays of different numbers of images.
    #[error(
        "{first} has {first_images} images and {second} has {second_images}; both sides must be \
         activations of the same images in the same order"
    )]
    ImageCounts {
        /// File and array.
        first: String,
        /// Its images, or both possibilities.
        first_images: String,
        /// File and array.
        second: String,
        /// Its images, or both possibilities.
        second_images: String,
    },
}

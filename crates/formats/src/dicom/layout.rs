//! The attributes that say how pixels lie (PS3.3, C.7.6.3), checked.

use crate::bounds;
use crate::dicom::data_set::DataSet;
use crate::dicom::tag::Tag;
use crate::error::ImageError;
use crate::facts::{Colour, Format};

/// Photometric Interpretation (PS3.3, C.7.6.3.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Photometric {
    /// Grey, the least value is white.
    Monochrome1,
    /// Grey, the least value is black.
    Monochrome2,
    /// Indices into a palette.
    Palette,
    /// Red, green, blue.
    Rgb,
    /// Luma and chroma over the full range of 8 bits.
    YbrFull,
    /// The same, chroma at half the columns.
    YbrFull422,
    /// The colour transforms within JPEG 2000, reversible or not; decoders undo them.
    YbrJpeg2000,
}

impl Photometric {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "MONOCHROME1" => Self::Monochrome1,
            "MONOCHROME2" => Self::Monochrome2,
            "PALETTE COLOR" => Self::Palette,
            "RGB" => Self::Rgb,
            "YBR_FULL" => Self::YbrFull,
            "YBR_FULL_422" => Self::YbrFull422,
            "YBR_ICT" | "YBR_RCT" => Self::YbrJpeg2000,
            _ => return None,
        })
    }

    pub(crate) fn colour(self) -> Colour {
        match self {
            Self::Monochrome1 => Colour::GreyInverted,
            Self::Monochrome2 => Colour::Grey,
            Self::Palette => Colour::Palette,
            Self::Rgb => Colour::Rgb,
            Self::YbrFull | Self::YbrFull422 | Self::YbrJpeg2000 => Colour::Ybr,
        }
    }
}

/// How the pixels of a file lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Samples a pixel: 1 or 3.
    pub(crate) samples: usize,
    /// Bits of one cell: 1, 8, 16 or 32.
    pub(crate) allocated: u32,
    /// Bits in use of one cell, at most `allocated`.
    pub(crate) stored: u32,
    /// The highest bit in use, from 0.
    pub(crate) high: u32,
    /// Whether the bits in use are a two's complement number.
    pub(crate) signed: bool,
    /// Whether each colour is a plane of its own.
    pub(crate) planar: bool,
    pub(crate) photometric: Photometric,
    pub(crate) frames: usize,
}

impl Layout {
    pub(crate) fn of(set: &DataSet<'_>, format: Format) -> Result<Self, ImageError> {
        let word = |tag: Tag| set.get(tag).and_then(|element| element.word());
        let needed = |tag: Tag, name: &str| {
            word(tag).ok_or_else(|| ImageError::damaged(format, format!("no {name}")))
        };
        let rows = needed(Tag::ROWS, "Rows")?;
        let columns = needed(Tag::COLUMNS, "Columns")?;
        bounds::check(columns.into(), rows.into(), 1)?;
        let allocated = u32::from(needed(Tag::BITS_ALLOCATED, "BitsAllocated")?);
        let stored = word(Tag::BITS_STORED).map_or(allocated, u32::from);
        let high = word(Tag::HIGH_BIT).map_or(stored.wrapping_sub(1), u32::from);
        let samples = usize::from(word(Tag::SAMPLES).unwrap_or(1));
        let frames = set
            .get(Tag::FRAMES)
            .and_then(|element| element.number())
            .map_or(1, |frames| frames.clamp(1.0, f64::from(u32::MAX)) as usize);
        let layout = Self {
            rows: rows.into(),
            columns: columns.into(),
            samples,
            allocated,
            stored,
            high,
            signed: word(Tag::REPRESENTATION) == Some(1),
            planar: samples > 1 && word(Tag::PLANAR) == Some(1),
            photometric: photometric(set, samples, format)?,
            frames,
        };
        layout.check(format)?;
        Ok(layout)
    }

    fn check(&self, format: Format) -> Result<(), ImageError> {
        let damaged = |reason: String| Err(ImageError::damaged(format, reason));
        if self.rows == 0 || self.columns == 0 {
            return damaged(format!("{} rows and {} columns", self.rows, self.columns));
        }
        if !matches!(self.allocated, 1 | 8 | 16 | 32) {
            let found = format!("{} bits allocated", self.allocated);
            return Err(ImageError::unsupported(
                format,
                found,
                "1, 8, 16 and 32 are",
            ));
        }
        let fits = (1..=self.allocated).contains(&self.stored)
            && (self.stored - 1..self.allocated).contains(&self.high);
        if !fits {
            return damaged(format!(
                "{} bits stored up to bit {} of {} allocated",
                self.stored, self.high, self.allocated
            ));
        }
        let grey = matches!(
            self.photometric,
            Photometric::Monochrome1 | Photometric::Monochrome2 | Photometric::Palette
        );
        if self.samples != if grey { 1 } else { 3 } {
            return damaged(format!(
                "{:?} with {} samples a pixel",
                self.photometric, self.samples
            ));
        }
        Ok(())
    }

    pub(crate) fn pixels(&self) -> usize {
        self.rows * self.columns
    }

    /// Cells of one frame.
    pub(crate) fn cells(&self) -> usize {
        self.pixels() * self.samples
    }

    /// Bytes of one uncompressed frame; frames of single bits follow one another without gaps,
    /// see [`native`](crate::dicom::native).
    pub(crate) fn frame_bytes(&self) -> usize {
        match (self.photometric, self.allocated) {
            (_, 1) => self.cells().div_ceil(8),
            (Photometric::YbrFull422, bits) => self.pixels() * 2 * bits as usize / 8,
            (_, bits) => self.cells() * bits as usize / 8,
        }
    }

    /// The number that the bits in use of a cell tell.
    pub(crate) fn value(&self, cell: u32) -> i64 {
        let bits = cell >> (self.high + 1 - self.stored);
        let unused = 32 - self.stored;
        if self.signed {
            i64::from(((bits << unused) as i32) >> unused)
        } else {
            i64::from((bits << unused) >> unused)
        }
    }

    /// The least and the greatest number that the bits in use can tell.
    pub(crate) fn range(&self) -> (i64, i64) {
        if self.signed {
            (-(1 << (self.stored - 1)), (1 << (self.stored - 1)) - 1)
        } else {
            (0, (1 << self.stored) - 1)
        }
    }
}

fn photometric(
    set: &DataSet<'_>,
    samples: usize,
    format: Format,
) -> Result<Photometric, ImageError> {
    match set.text(Tag::PHOTOMETRIC) {
        Some(name) => Photometric::of(&name).ok_or_else(|| {
            ImageError::unsupported(
                format,
                format!("photometric interpretation {name}"),
                "convert it to MONOCHROME2 or RGB",
            )
        }),
        None if samples == 3 => Ok(Photometric::Rgb),
        None => Ok(Photometric::Monochrome2),
    }
}

//! Pictures that lie in arrays in memory, as in a `.npz`.

use std::borrow::Cow;

use arrays::{Kind, NpyError, NpyHeader};

use crate::pictures::Pictures;
use formats::ImageError;
use formats::image::{Image, MAX_CHANNELS, Samples};

/// Most pictures of one partition.
const MAX_PICTURES: usize = 20_000_000;

/// The pictures of one member, `[count, height, width, channels]`.
pub(crate) struct PictureArray {
    pub(crate) count: usize,
    height: usize,
    width: usize,
    channels: usize,
    samples: Samples,
}

impl PictureArray {
    pub(crate) fn new(prefix: &str, header: &NpyHeader, data: Vec<u8>) -> Result<Self, NpyError> {
        let (count, height, width, channels) = match header.shape[..] {
            [n, ..] if n > MAX_PICTURES => {
                let expected = format!("at most {MAX_PICTURES} pictures");
                return Err(NpyError::new(expected, header.describe()));
            }
            [_, 1 | 3, h, w] if w > 4 && h > 4 => {
                return Err(NpyError::new(
                    "channels last, [n, height, width, channels]; turn them with \
                     images.transpose(0, 2, 3, 1)",
                    header.describe(),
                ));
            }
            [n, h, w] | [n, h, w, 1] if h > 0 && w > 0 => (n, h, w, 1),
            [n, h, w, c] if h > 0 && w > 0 && (2..=MAX_CHANNELS).contains(&c) => (n, h, w, c),
            _ => {
                return Err(NpyError::new(
                    format!(
                        "{prefix} images of shape [n, height, width], or [n, height, width, \
                         channels] of at most {MAX_CHANNELS} channels"
                    ),
                    header.describe(),
                ));
            }
        };
        let samples = if header.is_unsigned(1) {
            Samples::U8(data)
        } else if header.is_unsigned(2) {
            Samples::U16(header.integers(&data).map(|value| value as u16).collect())
        } else if matches!(header.element.kind(), Kind::Float | Kind::Signed)
            && header.element.fits_single()
        {
            let mut values = Vec::new();
            header.element.append_singles(&data, &mut values);
            Samples::F32(values)
        } else {
            return Err(NpyError::new(
                "uint8, uint16, int16 or float32 images",
                header.describe(),
            ));
        };
        Ok(Self {
            count,
            height,
            width,
            channels,
            samples,
        })
    }

    fn range(&self, row: usize) -> std::ops::Range<usize> {
        let extent = self.height * self.width * self.channels;
        row * extent..(row + 1) * extent
    }
}

pub(crate) struct Arrays(pub(crate) Vec<PictureArray>);

impl Arrays {
    fn locate(&self, mut index: usize) -> Result<(&PictureArray, usize), ImageError> {
        for array in &self.0 {
            if index < array.count {
                return Ok((array, index));
            }
            index -= array.count;
        }
        Err(ImageError::Io("no such picture".into()))
    }
}

impl Pictures for Arrays {
    fn read(&self, index: usize) -> Result<Image, ImageError> {
        let (array, row) = self.locate(index)?;
        let samples = match &array.samples {
            Samples::U8(all) => Samples::U8(all[array.range(row)].to_vec()),
            Samples::U16(all) => Samples::U16(all[array.range(row)].to_vec()),
            Samples::F32(all) => Samples::F32(all[array.range(row)].to_vec()),
        };
        Ok(Image {
            width: array.width,
            height: array.height,
            channels: array.channels,
            samples,
        })
    }

    fn content(&self, index: usize) -> Result<Cow<'_, [u8]>, ImageError> {
        let (array, row) = self.locate(index)?;
        let range = array.range(row);
        Ok(match &array.samples {
            Samples::U8(all) => Cow::Borrowed(&all[range]),
            Samples::U16(all) => Cow::Owned(
                all[range]
                    .iter()
                    .flat_map(|sample| sample.to_le_bytes())
                    .collect(),
            ),
            Samples::F32(all) => Cow::Owned(
                all[range]
                    .iter()
                    .flat_map(|sample| sample.to_le_bytes())
                    .collect(),
            ),
        })
    }

    fn decoder(&self) -> String {
        "npy".into()
    }
}

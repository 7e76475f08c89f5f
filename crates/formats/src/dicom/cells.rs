//! Cells of one frame as a decoder returns them, before their unused bits are masked.

use crate::image::Samples;

/// Cells of shape `[rows, columns, samples]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cells {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Cells {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::U8(cells) => cells.len(),
            Self::U16(cells) => cells.len(),
            Self::U32(cells) => cells.len(),
        }
    }

    /// Each cell through `f`.
    pub(crate) fn map<T>(&self, f: impl Fn(u32) -> T) -> Vec<T> {
        match self {
            Self::U8(cells) => cells.iter().map(|&cell| f(cell.into())).collect(),
            Self::U16(cells) => cells.iter().map(|&cell| f(cell.into())).collect(),
            Self::U32(cells) => cells.iter().map(|&cell| f(cell)).collect(),
        }
    }

    /// How many cells are such.
    pub(crate) fn count(&self, such: impl Fn(u32) -> bool) -> usize {
        match self {
            Self::U8(cells) => cells.iter().filter(|&&cell| such(cell.into())).count(),
            Self::U16(cells) => cells.iter().filter(|&&cell| such(cell.into())).count(),
            Self::U32(cells) => cells.iter().filter(|&&cell| such(cell)).count(),
        }
    }

    /// Planes of one colour each, brought to one after the other pixel by pixel.
    pub(crate) fn interleaved(self, planes: usize) -> Self {
        fn weave<C: Copy>(cells: &[C], planes: usize) -> Vec<C> {
            let length = cells.len() / planes;
            let mut out = Vec::with_capacity(cells.len());
            for at in 0..length {
                out.extend((0..planes).map(|plane| cells[plane * length + at]));
            }
            out
        }
        match self {
            Self::U8(cells) => Self::U8(weave(&cells, planes)),
            Self::U16(cells) => Self::U16(weave(&cells, planes)),
            Self::U32(cells) => Self::U32(weave(&cells, planes)),
        }
    }
}

impl From<Samples> for Cells {
    fn from(samples: Samples) -> Self {
        match samples {
            Samples::U8(samples) => Self::U8(samples),
            Samples::U16(samples) => Self::U16(samples),
            Samples::F32(samples) => Self::U32(samples.into_iter().map(|s| s as u32).collect()),
        }
    }
}

//! Arrays of floating-point numbers.

use std::borrow::Cow;

use half::{bf16, f16};

use crate::bytes::Bytes;
use crate::chunks::Chunks;
use crate::dataspace;
use crate::datatype::{Datatype, Float};
use crate::error::{Hdf5Error, Result, damaged, unsupported};
use crate::filters::Filters;
use crate::header::kind;
use crate::store::Store;

/// Where the elements are.
#[derive(Clone, Debug)]
enum Layout<'a> {
    /// In the header.
    Compact(&'a [u8]),
    /// In one piece; nowhere where nothing was written.
    Whole(Option<(u64, u64)>),
    Chunks(Chunks),
}

/// An array of floating-point numbers.
#[derive(Debug)]
pub struct Dataset<'f, 'a> {
    store: &'f Store<'a>,
    shape: Vec<u64>,
    count: u64,
    format: Float,
    is_big: bool,
    layout: Layout<'a>,
    filters: Filters,
    /// Bytes of an element that was never written; zeros where there are none.
    fill: &'a [u8],
}

impl<'f, 'a> Dataset<'f, 'a> {
    pub(crate) fn read(
        store: &'f Store<'a>,
        message: impl Fn(u16) -> Result<Option<Bytes<'a>>>,
        is_bfloat16: impl Fn() -> Result<bool>,
    ) -> Result<Self> {
        let needed = |kind: u16, what: &str| match message(kind)? {
            Some(message) => Ok(message),
            None => damaged(format!("an array without {what}")),
        };
        let datatype = Datatype::read(&mut needed(kind::DATATYPE, "a type")?)?;
        let (format, is_big) = match datatype {
            Datatype::Float { format, is_big } => (format, is_big),
            Datatype::OpaquePair if is_bfloat16()? => (Float::Bf16, false),
            other => return Err(Hdf5Error::ElementType(other.name())),
        };
        let shape = dataspace::read(store, &mut needed(kind::DATASPACE, "a shape")?)?;
        let shape = shape.unwrap_or_else(|| vec![0]);
        let count = dataspace::count(&shape)?;
        let layout = Layout::read(store, needed(kind::LAYOUT, "a layout")?)?;
        let filters = match message(kind::FILTERS)? {
            Some(message) => Filters::read(message)?,
            None => Filters::default(),
        };
        let fill = match message(kind::FILL)? {
            Some(message) => fill(message)?,
            None => &[],
        };
        Ok(Self {
            store,
            shape,
            count,
            format,
            is_big,
            layout,
            filters,
            fill,
        })
    }

    /// Extents, outermost first; none of a single value.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// Number of elements.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All elements in the order of rows, float64 rounded to the nearest float32.
    pub fn values(&self) -> Result<Vec<f32>> {
        let size = self.format.bytes();
        let Some(bytes) = self.count.checked_mul(size as u64) else {
            return damaged(format!("an array of extents {:?}", self.shape));
        };
        self.store.unpack(self.count.saturating_mul(4))?;
        let stored: Cow<[u8]> = match &self.layout {
            Layout::Compact(stored) => Cow::Borrowed(stored),
            Layout::Whole(Some((address, length))) if *length >= bytes => {
                Cow::Borrowed(self.store.data(*address, bytes)?)
            }
            Layout::Whole(Some((_, length))) => {
                return damaged(format!("{length} bytes for an array of {bytes}"));
            }
            Layout::Whole(None) => Cow::Owned(self.filled(bytes)?),
            Layout::Chunks(chunks) => {
                let mut array = self.filled(bytes)?;
                if bytes > 0 {
                    let (filters, shape) = (&self.filters, &self.shape);
                    chunks.put(self.store, filters, shape, size, &mut array)?;
                }
                Cow::Owned(array)
            }
        };
        if stored.len() as u64 != bytes {
            return damaged(format!("{} bytes for an array of {bytes}", stored.len()));
        }
        Ok(self.decoded(&stored))
    }

    /// An array of elements that were never written.
    fn filled(&self, bytes: u64) -> Result<Vec<u8>> {
        self.store.unpack(bytes)?;
        let size = self.format.bytes();
        let mut array = vec![0; bytes as usize];
        if self.fill.len() == size {
            let elements = array.chunks_exact_mut(size);
            elements.for_each(|element| element.copy_from_slice(self.fill));
        }
        Ok(array)
    }

    fn decoded(&self, bytes: &[u8]) -> Vec<f32> {
        fn all<const N: usize>(
            bytes: &[u8],
            is_big: bool,
            value: impl Fn([u8; N]) -> f32,
        ) -> Vec<f32> {
            let elements = bytes.as_chunks::<N>().0.iter();
            let little = elements.map(|element| {
                let mut element = *element;
                if is_big {
                    element.reverse();
                }
                value(element)
            });
            little.collect()
        }
        match self.format {
            Float::F16 => all(bytes, self.is_big, |b| f16::from_le_bytes(b).to_f32()),
            Float::Bf16 => all(bytes, self.is_big, |b| bf16::from_le_bytes(b).to_f32()),
            Float::F32 => all(bytes, self.is_big, f32::from_le_bytes),
            Float::F64 => all(bytes, self.is_big, |b| f64::from_le_bytes(b) as f32),
        }
    }
}

impl<'a> Layout<'a> {
    fn read(store: &Store<'a>, mut bytes: Bytes<'a>) -> Result<Self> {
        let version = bytes.version("the layout of an array", &[3, 4, 5])?;
        match bytes.u8()? {
            0 => {
                let length = bytes.u16()?;
                Ok(Self::Compact(bytes.take(length.into())?))
            }
            1 => {
                let address = store.address(&mut bytes)?;
                let length = store.length(&mut bytes)?;
                Ok(Self::Whole(address.map(|address| (address, length))))
            }
            2 if version == 3 => Chunks::read(store, &mut bytes).map(Self::Chunks),
            2 => Chunks::read_newer(store, &mut bytes).map(Self::Chunks),
            3 => unsupported("an array put together of others"),
            other => damaged(format!("layout {other} of an array")),
        }
    }
}

/// What an element is that was never written.
fn fill(mut bytes: Bytes<'_>) -> Result<&[u8]> {
    let version = bytes.version("a fill value", &[1, 2, 3])?;
    let is_given = match version {
        3 => bytes.u8()? & 32 != 0,
        _ => {
            bytes.skip(2)?;
            bytes.u8()? != 0 || version == 1
        }
    };
    match is_given {
        true => {
            let length = bytes.u32()?;
            bytes.take(length.into())
        }
        false => Ok(&[]),
    }
}

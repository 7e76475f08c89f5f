//! Look-up tables (PS3.3, C.11.1.1 and C.11.2.1.1).

use crate::dicom::data_set::DataSet;
use crate::dicom::element::Element;
use crate::dicom::segments;
use crate::dicom::tag::Tag;

/// A look-up table. Its entries are unsigned whatever the pixels' representation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lut {
    /// The value that the first entry stands for; lower ones get it too.
    pub(crate) first: i32,
    /// Entries of 0 to `2^bits − 1`; values behind the last one get the last.
    pub(crate) entries: Vec<u16>,
    /// Bits of an entry, 8 to 16.
    pub(crate) bits: u32,
}

impl Lut {
    /// Of one item of a Modality or VOI LUT Sequence. `signed` says how the first mapped value
    /// reads where the file does not.
    pub(crate) fn of_item(item: &DataSet<'_>, signed: bool) -> Option<Self> {
        let descriptor = item.get(Tag::LUT_DESCRIPTOR)?;
        Self::of(descriptor, item.get(Tag::LUT_DATA)?, signed)
    }

    /// Of a descriptor (entries, first mapped value, bits) and its data.
    pub(crate) fn of(descriptor: &Element<'_>, data: &Element<'_>, signed: bool) -> Option<Self> {
        let (count, first, bits) = described(descriptor)?;
        let signed = match &descriptor.vr {
            b"SS" => true,
            b"US" => false,
            _ => signed,
        };
        let entries: Vec<u16> = if bits == 8 && data.value.len() < 2 * count {
            data.value
                .iter()
                .map(|&byte| byte.into())
                .take(count)
                .collect()
        } else {
            data.words().take(count).collect()
        };
        Self::whole(entries, count, (first, signed), bits)
    }

    /// Of a descriptor and segments.
    pub(crate) fn of_segments(
        descriptor: &Element<'_>,
        data: &Element<'_>,
        signed: bool,
    ) -> Option<Self> {
        let (count, first, bits) = described(descriptor)?;
        let words: Vec<u16> = data.words().collect();
        Self::whole(segments::entries(&words)?, count, (first, signed), bits)
    }

    fn whole(
        entries: Vec<u16>,
        count: usize,
        (first, signed): (u16, bool),
        bits: u32,
    ) -> Option<Self> {
        let whole = entries.len() == count && (8..=16).contains(&bits);
        whole.then_some(Self {
            first: if signed {
                i32::from(first as i16)
            } else {
                i32::from(first)
            },
            entries,
            bits,
        })
    }

    /// The entry of a value.
    pub(crate) fn entry(&self, value: f64) -> u16 {
        let last = self.entries.len() - 1;
        let at = (value - f64::from(self.first)).clamp(0.0, last as f64);
        self.entries[at as usize]
    }

    /// The greatest number that an entry can hold.
    pub(crate) fn greatest(&self) -> f64 {
        f64::from((1u32 << self.bits) - 1)
    }
}

/// Entries (zero means 65,536), first mapped value and bits of an entry.
fn described(descriptor: &Element<'_>) -> Option<(usize, u16, u32)> {
    let mut words = descriptor.words();
    let (count, first, bits) = (words.next()?, words.next()?, words.next()?);
    let count = if count == 0 { 65_536 } else { count.into() };
    Some((count, first, bits.into()))
}

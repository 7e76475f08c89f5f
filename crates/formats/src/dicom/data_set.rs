//! A data set: attributes in the order of the file, without copying their values.
//!
//! The reader is ours and small because it has to hold what a general one does not promise: no
//! memory but a list of places is taken, however long a value claims to be; and files that lost
//! their preamble, their header or their end are read as far as they go.

use crate::dicom::element::{Element, Encoding};
use crate::dicom::tag::Tag;

/// Deepest nesting of sequences that is followed.
const MAX_DEPTH: usize = 32;
/// Most attributes of one data set, and most items of one sequence.
const MAX_ELEMENTS: usize = 200_000;

/// Attributes of one data set or item.
#[derive(Clone, Debug, Default)]
pub(crate) struct DataSet<'a> {
    elements: Vec<Element<'a>>,
    /// Whether the bytes ended within an attribute.
    pub(crate) cut: bool,
}

impl<'a> DataSet<'a> {
    /// Reads attributes up to the end of `bytes`, the end of an item, or bytes that are none.
    pub(crate) fn read(bytes: &'a [u8], encoding: Encoding) -> Self {
        Self::read_while(bytes, encoding, |_| true).0
    }

    /// Reads attributes while `wanted`; also returns what follows.
    pub(crate) fn read_while(
        bytes: &'a [u8],
        encoding: Encoding,
        wanted: impl Fn(Tag) -> bool,
    ) -> (Self, &'a [u8]) {
        let mut cursor = Cursor { bytes, encoding };
        let mut set = Self::default();
        while set.elements.len() < MAX_ELEMENTS {
            let rest = cursor.bytes;
            match cursor.element() {
                Next::Element(element) if wanted(element.tag) => set.elements.push(element),
                Next::Cut(element) => {
                    // What is not wanted may not be an attribute at all in this encoding.
                    if element.is_some_and(|e| !wanted(e.tag)) {
                        return (set, rest);
                    }
                    set.cut = true;
                    set.elements.extend(element);
                    return (set, &[]);
                }
                Next::Element(_) | Next::End => return (set, rest),
            }
        }
        (set, cursor.bytes)
    }

    pub(crate) fn get(&self, tag: Tag) -> Option<&Element<'a>> {
        self.elements.iter().find(|element| element.tag == tag)
    }

    pub(crate) fn has(&self, tag: Tag) -> bool {
        self.get(tag)
            .is_some_and(|element| !element.value.is_empty())
    }

    /// Text of an attribute that is there and not empty.
    pub(crate) fn text(&self, tag: Tag) -> Option<String> {
        let text = self.get(tag)?.text();
        (!text.is_empty()).then_some(text)
    }

    /// The items of a sequence; none where the attribute is missing.
    pub(crate) fn items(&self, tag: Tag) -> Vec<DataSet<'a>> {
        self.get(tag).map(items).unwrap_or_default()
    }

    /// The item of a sequence by its number, without reading the others' attributes.
    pub(crate) fn item(&self, tag: Tag, number: usize) -> Option<DataSet<'a>> {
        let element = self.get(tag)?;
        let (bytes, encoding) = parts(element).nth(number)?;
        Some(DataSet::read(bytes, encoding))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }
}

/// The items of a sequence as data sets.
pub(crate) fn items<'a>(element: &Element<'a>) -> Vec<DataSet<'a>> {
    parts(element)
        .map(|(bytes, encoding)| DataSet::read(bytes, encoding))
        .collect()
}

/// The items of a sequence, or the fragments of encapsulated pixels, as bytes.
pub(crate) fn parts<'a>(
    element: &Element<'a>,
) -> impl Iterator<Item = (&'a [u8], Encoding)> + use<'a> {
    // An unknown attribute of undefined length is written in implicit VR (PS3.5, 6.2.2).
    let encoding = if element.undefined && &element.vr == b"UN" {
        Encoding::IMPLICIT
    } else {
        element.encoding
    };
    let mut cursor = Cursor {
        bytes: element.value,
        encoding,
    };
    let mut left = MAX_ELEMENTS;
    std::iter::from_fn(move || {
        left = left.checked_sub(1)?;
        cursor.item().map(|bytes| (bytes, encoding))
    })
}

enum Next<'a> {
    Element(Element<'a>),
    /// The bytes end before the attribute does; with what there is of it.
    Cut(Option<Element<'a>>),
    End,
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    bytes: &'a [u8],
    encoding: Encoding,
}

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        let pair = self.take(2)?;
        Some(self.encoding.u16([pair[0], pair[1]]))
    }

    fn u32(&mut self) -> Option<u32> {
        let four = self.take(4)?;
        Some(self.encoding.u32([four[0], four[1], four[2], four[3]]))
    }

    fn tag(&mut self) -> Option<Tag> {
        Some(Tag(self.u16()?, self.u16()?))
    }

    /// Value representation and length (PS3.5, 7.1.2 and 7.1.3).
    fn head(&mut self) -> Option<([u8; 2], u32)> {
        if !self.encoding.explicit {
            return Some((*b"UN", self.u32()?));
        }
        let vr = self.take(2)?;
        let vr = [vr[0], vr[1]];
        if !vr.iter().all(u8::is_ascii_uppercase) {
            return self.implicit_after_all(vr);
        }
        let long = matches!(
            &vr,
            b"OB"
                | b"OD"
                | b"OF"
                | b"OL"
                | b"OV"
                | b"OW"
                | b"SQ"
                | b"SV"
                | b"UC"
                | b"UN"
                | b"UR"
                | b"UT"
                | b"UV"
        );
        if long {
            self.take(2)?;
            Some((vr, self.u32()?))
        } else {
            Some((vr, self.u16()?.into()))
        }
    }

    /// Some writers mix implicit attributes into explicit data sets.
    fn implicit_after_all(&mut self, first: [u8; 2]) -> Option<([u8; 2], u32)> {
        let second = self.take(2)?;
        let length = [first[0], first[1], second[0], second[1]];
        Some((*b"UN", self.encoding.u32(length)))
    }

    fn element(&mut self) -> Next<'a> {
        if self.bytes.is_empty() {
            return Next::End;
        }
        let Some(tag) = self.tag() else {
            return Next::Cut(None);
        };
        if tag.0 == 0xfffe || tag.0 == 0 {
            return Next::End;
        }
        let Some((vr, length)) = self.head() else {
            return Next::Cut(None);
        };
        let undefined = length == u32::MAX;
        let element = |value| Element {
            tag,
            vr,
            value,
            encoding: self.encoding,
            undefined,
        };
        let rest = self.bytes;
        let cut = Next::Cut(Some(element(rest)));
        let within = if undefined && &vr == b"UN" {
            Encoding::IMPLICIT
        } else {
            self.encoding
        };
        let whole = if undefined {
            let mut inner = Cursor {
                bytes: rest,
                encoding: within,
            };
            inner.skip_items(0).map(|()| rest.len() - inner.bytes.len())
        } else {
            usize::try_from(length).ok()
        };
        let found = match whole.and_then(|length| rest.split_at_checked(length)) {
            Some((value, after)) => {
                let found = element(value);
                self.bytes = after;
                found
            }
            None => return cut,
        };
        Next::Element(found)
    }

    /// The value of the next item of a sequence; `None` behind the last.
    fn item(&mut self) -> Option<&'a [u8]> {
        if self.tag()? != Tag::ITEM {
            return None;
        }
        let length = self.u32()?;
        if length != u32::MAX {
            let length = (length as usize).min(self.bytes.len());
            return self.take(length);
        }
        let rest = self.bytes;
        self.skip_elements(0)?;
        Some(&rest[..rest.len() - self.bytes.len()])
    }

    /// Moves behind the items of a sequence of undefined length.
    fn skip_items(&mut self, depth: usize) -> Option<()> {
        loop {
            let tag = self.tag()?;
            let length = self.u32()?;
            match tag {
                Tag::SEQUENCE_END => return Some(()),
                Tag::ITEM if length == u32::MAX => self.skip_elements(depth)?,
                Tag::ITEM => {
                    self.take(usize::try_from(length).ok()?)?;
                }
                _ => return None,
            }
        }
    }

    /// Moves behind the attributes of an item of undefined length.
    fn skip_elements(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        loop {
            let tag = self.tag()?;
            if tag == Tag::ITEM_END {
                self.u32()?;
                return Some(());
            }
            let (vr, length) = self.head()?;
            if length != u32::MAX {
                self.take(usize::try_from(length).ok()?)?;
                continue;
            }
            let outer = self.encoding;
            if &vr == b"UN" {
                self.encoding = Encoding::IMPLICIT;
            }
            self.skip_items(depth + 1)?;
            self.encoding = outer;
        }
    }
}

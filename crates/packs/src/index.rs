//! The index of a pack: read, and held against what its files can hold.

use std::path::Path;

use images::{Example, Label, Task};
use rayon::prelude::*;

use crate::error::PackError;
use crate::header::{Header, PICTURES};
use crate::line::{Kind, Line, Place};

/// Most pictures of a pack.
pub const MOST_PICTURES: usize = 20_000_000;
/// Most bytes of an index: 4 GiB.
pub(crate) const MOST_BYTES: u64 = 4 << 30;
/// Most bytes of one block: those of a picture file.
pub(crate) const MOST_BLOCK: u64 = 1 << 30;

/// What a pack says of its pictures, checked.
#[derive(Debug)]
pub struct Index {
    pub(crate) examples: Vec<Example>,
    pub(crate) entries: Vec<Entry>,
}

/// Where one picture lies.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// SHA-256 of its content before it was packed; none where that could not be read.
    pub(crate) content: Option<[u8; 32]>,
    pub(crate) kind: Kind,
    pub(crate) block: Option<Place>,
}

impl Index {
    /// The index of the pack with `header`, whose files of samples have `sizes` bytes. No more memory
    /// is taken than `bytes` account for.
    pub(crate) fn parse(bytes: &[u8], header: &Header, sizes: &[u64]) -> Result<Self, PackError> {
        let damaged = |reason: String| PackError::damaged(Path::new(PICTURES), reason);
        let lines: Vec<&[u8]> = bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .collect();
        if lines.len() != header.pictures || lines.len() > MOST_PICTURES {
            return Err(damaged(format!(
                "expected {} lines, at most {MOST_PICTURES}, found {}",
                header.pictures,
                lines.len()
            )));
        }
        let parsed = lines.par_iter().enumerate().map(|(number, line)| {
            let of_line = |reason: String| damaged(format!("line {}: {reason}", number + 1));
            let line: Line = serde_json::from_slice(line).map_err(|e| of_line(e.to_string()))?;
            checked(line, header, sizes).map_err(of_line)
        });
        let (examples, entries) = parsed
            .collect::<Result<Vec<_>, PackError>>()?
            .into_iter()
            .unzip();
        Ok(Self { examples, entries })
    }

    /// Reads a header and an index from any bytes, as a whole pack would be: for fuzzing.
    pub fn of_bytes(header: &[u8], index: &[u8], sizes: &[u64]) -> Result<Self, PackError> {
        let header: Header = serde_json::from_slice(header)
            .map_err(|e| PackError::damaged(Path::new("header"), e.to_string()))?;
        Self::parse(index, &header, sizes)
    }

    /// Number of pictures.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

fn checked(line: Line, header: &Header, sizes: &[u64]) -> Result<(Example, Entry), String> {
    let (example, content, kind, block) = line.parts();
    let classes = header.classes.len();
    let is_labelled = match (&example.label, header.task) {
        (Label::Findings(findings), Task::Multilabel) => findings.len() == classes,
        (Label::Class(class), Task::Multiclass | Task::Ordinal) => *class < classes,
        _ => false,
    };
    if !is_labelled {
        return Err(format!("a label that is none of {classes} classes"));
    }
    if example.attributes.len() != header.attributes.len() {
        return Err(format!("expected {} attributes", header.attributes.len()));
    }
    if example
        .test_set
        .is_some_and(|set| set >= header.test_sets.len())
    {
        return Err("a test set that the header does not name".into());
    }
    let content = content
        .map(|hex| bytes_of_hex(&hex).ok_or("expected a SHA-256 as content"))
        .transpose()?;
    let room = match &block {
        None => None,
        Some(place) => {
            let size = sizes.get(place.file as usize);
            let end = place.start.checked_add(place.bytes);
            let is_inside = size.zip(end).is_some_and(|(size, end)| end <= *size);
            if !is_inside || place.bytes > MOST_BLOCK {
                return Err("a block that lies outside its file, or is over 1 GiB".into());
            }
            Some(place.bytes)
        }
    };
    let is_framed = header.frame.is_some();
    let fits = match (&kind, room) {
        (Kind::Unreadable(_), None) => true,
        (Kind::File(_), Some(_)) => !is_framed,
        (Kind::Samples(shape), Some(room)) => !is_framed && shape.bytes() == Some(room),
        (Kind::Framed(framed), Some(room)) => {
            let samples = framed.shape.bytes();
            let is_of_frame = header.frame.is_some_and(|frame| {
                let [height, width] = framed.shape.sides();
                framed.shape.channels() == frame.channels
                    && height <= frame.size.height
                    && width <= frame.size.width
            });
            is_of_frame && samples.and_then(|s| s.checked_add(framed.note)) == Some(room)
        }
        _ => false,
    };
    if !fits {
        return Err("a block of another size than its picture".into());
    }
    let entry = Entry {
        content,
        kind,
        block,
    };
    Ok((example, entry))
}

fn bytes_of_hex(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn header(pictures: u64) -> Value {
        json!({
            "format": 1, "program": "", "numerics": 3, "decoder": "", "decoder_of_files": "d",
            "frame": {"size": 4, "channels": 1, "fit": "stretch", "resampling": "bilinear"},
            "name": "n", "task": "multiclass", "channels": 1, "classes": ["a"], "test_sets": [],
            "attributes": [], "notes": [], "flow": [], "pictures": pictures
        })
    }

    fn line() -> Value {
        let framed = json!({
            "note": 2, "shape": {"height": 4, "width": 4, "channels": 1, "depth": "eight"},
            "size": [9, 8], "channels": 1, "depth": "eight", "extremes": [0, 0]
        });
        json!({
            "id": "a/1.png", "label": {"class": 0}, "content": "0".repeat(64),
            "kind": {"framed": framed},
            "block": {"file": 0, "start": 10, "bytes": 18, "sha256": "0"}
        })
    }

    fn parse(pictures: u64, line: &Value) -> Result<Index, String> {
        let index = format!("{line}\n");
        Index::of_bytes(
            header(pictures).to_string().as_bytes(),
            index.as_bytes(),
            &[28],
        )
        .map_err(|error| error.to_string())
    }

    #[test]
    fn what_no_file_can_hold_is_refused_without_memory() {
        let index = parse(1, &line()).expect("a picture");
        assert_eq!((index.len(), index.is_empty()), (1, false));
        let refused = parse(u64::MAX, &line()).expect_err("more lines than there are");
        assert!(refused.contains("found 1"), "{refused}");
        for (place, value) in [
            ("/block/start", json!(u64::MAX)),
            ("/block/start", json!(11)),
            ("/block/bytes", json!(u64::MAX)),
            ("/block/bytes", json!(17)),
            ("/block/file", json!(1)),
            ("/block/file", json!(u32::MAX)),
            ("/kind/framed/note", json!(u64::MAX)),
            ("/kind/framed/note", json!(3)),
            ("/kind/framed/shape/height", json!(u64::MAX)),
            ("/kind/framed/shape/height", json!(1u64 << 62)),
            ("/kind/framed/shape/height", json!(0)),
            ("/kind/framed/shape/channels", json!(1u64 << 40)),
            ("/kind/framed/shape/depth", json!("float")),
            (
                "/kind",
                json!({"samples": {"height": 6, "width": 3, "channels": 1, "depth": "eight"}}),
            ),
            ("/kind", json!({"unreadable": "but with a block"})),
            ("/label", json!({"class": 1})),
            ("/label", json!({"findings": [true]})),
            ("/content", json!("é".repeat(32))),
            ("/content", json!("0")),
        ] {
            let mut line = line();
            *line.pointer_mut(place).expect("a value") = value.clone();
            assert!(parse(1, &line).is_err(), "{place} {value}");
        }
    }
}

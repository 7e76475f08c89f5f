//! The marker segments of a JPEG (ITU-T T.81, annex B): what it holds, and whether it ends.

use std::ops::Range;

use crate::error::ImageError;
use crate::facts::Format;
use crate::jpeg::quality;
use crate::orientation;

/// How the samples of a JPEG are coded: the kind of its frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Process {
    /// Baseline or extended sequential, Huffman.
    Sequential,
    /// Progressive, Huffman.
    Progressive,
    /// Lossless, Huffman.
    Lossless,
    /// Arithmetic coding or hierarchical; by the name of the frame header.
    Rare(u8),
}

/// What the segments before the first scan say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Columns, in pixels.
    pub(crate) width: u16,
    /// Rows, in pixels.
    pub(crate) height: u16,
    /// Bits a sample.
    pub(crate) precision: u8,
    /// Identifiers of the components.
    pub(crate) components: Vec<u8>,
    /// How samples are coded.
    pub(crate) process: Process,
    /// Colour transform that an Adobe segment tells: 0 none, 1 YCbCr, 2 YCCK.
    pub(crate) adobe: Option<u8>,
    /// Bytes of an Adobe segment too short to tell a transform; libjpeg passes over it.
    pub(crate) short_adobe: Option<Range<usize>>,
    /// Whether a JFIF segment is there.
    pub(crate) jfif: bool,
    /// Quality on the scale of the Independent JPEG Group, 1 to 100.
    pub(crate) quality: Option<u8>,
    /// EXIF orientation, 1 to 8.
    pub(crate) orientation: u8,
    /// Where the first scan's segment begins, in bytes.
    scan: usize,
}

impl Header {
    /// Reads the segments up to the first scan.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, ImageError> {
        let damaged = |reason: &str| ImageError::damaged(Format::Jpeg, reason);
        let mut header = Self {
            width: 0,
            height: 0,
            precision: 0,
            components: Vec::new(),
            process: Process::Sequential,
            adobe: None,
            short_adobe: None,
            jfif: false,
            quality: None,
            orientation: 1,
            scan: 0,
        };
        let mut at = 2;
        loop {
            let marker = match bytes.get(at..at + 2).ok_or(ImageError::Truncated)? {
                [0xff, 0xff] => {
                    at += 1;
                    continue;
                }
                [0xff, marker] => *marker,
                // As libjpeg does, bytes between segments are passed over.
                _ => match memchr::memchr(0xff, &bytes[at..]) {
                    Some(ahead) => {
                        at += ahead;
                        continue;
                    }
                    None => return Err(ImageError::Truncated),
                },
            };
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                at += 2;
                continue;
            }
            if marker == 0xda {
                if header.components.is_empty() {
                    return Err(damaged("a scan comes before the frame header"));
                }
                header.scan = at;
                return Ok(header);
            }
            let length = bytes.get(at + 2..at + 4).ok_or(ImageError::Truncated)?;
            let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
            if length < 2 {
                return Err(damaged("a marker segment of less than its own length"));
            }
            let segment = bytes
                .get(at + 4..at + 2 + length)
                .ok_or(ImageError::Truncated)?;
            if marker == 0xee && segment.starts_with(b"Adobe") && segment.len() < 12 {
                header.short_adobe = Some(at..at + 2 + length);
            }
            header.take(marker, segment)?;
            at += 2 + length;
        }
    }

    fn take(&mut self, marker: u8, segment: &[u8]) -> Result<(), ImageError> {
        match marker {
            // 0xc4, 0xc8 and 0xcc define tables and extensions.
            0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf => self.frame(marker, segment),
            0xdb => {
                self.quality = self.quality.or_else(|| quality::estimate(segment));
                Ok(())
            }
            0xe0 if segment.starts_with(b"JFIF\0") => {
                self.jfif = true;
                Ok(())
            }
            0xe1 if segment.starts_with(b"Exif\0\0") => {
                self.orientation = orientation::of_exif(&segment[6..]);
                Ok(())
            }
            0xee if segment.starts_with(b"Adobe") => {
                self.adobe = segment.get(11).copied();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn frame(&mut self, marker: u8, segment: &[u8]) -> Result<(), ImageError> {
        let [precision, h1, h0, w1, w0, count, rest @ ..] = segment else {
            return Err(ImageError::damaged(Format::Jpeg, "a short frame header"));
        };
        self.process = match marker {
            0xc0 | 0xc1 => Process::Sequential,
            0xc2 => Process::Progressive,
            0xc3 => Process::Lossless,
            other => Process::Rare(other),
        };
        self.precision = *precision;
        self.height = u16::from_be_bytes([*h1, *h0]);
        self.width = u16::from_be_bytes([*w1, *w0]);
        self.components = rest
            .chunks_exact(3)
            .take(usize::from(*count))
            .map(|component| component[0])
            .collect();
        if self.components.is_empty() || self.width == 0 || self.height == 0 {
            let reason = "a frame header of no components, columns or rows";
            return Err(ImageError::damaged(Format::Jpeg, reason));
        }
        Ok(())
    }

    /// Whether an end-of-image marker follows the scans. Decoders fill a missing rest with
    /// grey, and a picture half grey must not pass.
    pub(crate) fn ends(&self, bytes: &[u8]) -> bool {
        let mut at = self.scan;
        loop {
            // Entropy-coded data hold no marker but restarts and stuffed zeros.
            match bytes.get(at..at + 2) {
                None => return false,
                Some([0xff, 0xd9]) => return true,
                Some([0xff, 0x00 | 0x01 | 0xd0..=0xd8]) => at += 2,
                Some([0xff, 0xff]) => at += 1,
                Some([0xff, _]) => match bytes.get(at + 2..at + 4) {
                    Some(length) => {
                        at += 2 + usize::from(u16::from_be_bytes([length[0], length[1]]));
                    }
                    None => return false,
                },
                Some(_) => match memchr::memchr(0xff, &bytes[at..]) {
                    Some(ahead) => at += ahead,
                    None => return false,
                },
            }
        }
    }

    /// Whether three components are luma and chroma, as libjpeg decides it.
    pub(crate) fn is_ybr(&self) -> bool {
        match (self.jfif, self.adobe) {
            (true, _) => true,
            (false, Some(transform)) => transform != 0,
            (false, None) => self.components != *b"RGB",
        }
    }
}

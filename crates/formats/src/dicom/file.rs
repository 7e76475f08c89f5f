//! A DICOM file: preamble, header and data set (PS3.10, 7.1), or a data set that lost them.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::DeflateDecoder;

use crate::bounds::MAX_FILE_BYTES;
use crate::dicom::data_set::DataSet;
use crate::dicom::element::Encoding;
use crate::dicom::tag::Tag;
use crate::dicom::transfer_syntax::TransferSyntax;
use crate::error::ImageError;
use crate::facts::Format;

/// Where the data set begins and how it is written.
pub(crate) struct DicomFile<'a> {
    pub(crate) syntax: TransferSyntax,
    /// UID of the transfer syntax as the file tells it; empty where it tells none.
    pub(crate) uid: String,
    body: Cow<'a, [u8]>,
    encoding: Encoding,
}

/// Whether the first bytes are those of a DICOM file, or of a data set without preamble.
pub fn looks_like(first: &[u8]) -> bool {
    first.get(128..132) == Some(b"DICM") || bare(first).is_some()
}

/// How a data set without preamble is written: it begins with a low attribute of group 2 or 8,
/// of a length that such an attribute may have.
fn bare(first: &[u8]) -> Option<Encoding> {
    let head = first.get(..8)?;
    let little = u16::from_le_bytes([head[0], head[1]]);
    let (group, big) = match little {
        0x0002 | 0x0008 => (little, false),
        0x0200 | 0x0800 => (little.swap_bytes(), true),
        _ => return None,
    };
    let number = Encoding {
        explicit: true,
        big,
    };
    let low = number.u16([head[2], head[3]]) <= if group == 2 { 0x0016 } else { 0x0070 };
    let named = head[4..6].iter().all(u8::is_ascii_uppercase);
    let known = matches!(
        &head[4..6],
        b"UL" | b"UI" | b"OB" | b"CS" | b"SH" | b"DA" | b"TM" | b"LO" | b"DT" | b"SQ" | b"AE"
    );
    let length = number.u32([head[4], head[5], head[6], head[7]]);
    if low && named && known {
        Some(number)
    } else if low && !named && !big && (1..=64).contains(&length) && first.get(8).is_some() {
        Some(Encoding::IMPLICIT)
    } else {
        None
    }
}

impl<'a> DicomFile<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, ImageError> {
        let start = if bytes.get(128..132) == Some(b"DICM") {
            &bytes[132..]
        } else {
            bytes
        };
        // The header is always explicit little endian; some writers make it implicit.
        let header = match bare(start) {
            Some(encoding) if start.starts_with(&[2, 0]) => encoding,
            _ => Encoding::EXPLICIT,
        };
        let (meta, body) = DataSet::read_while(start, header, |tag| tag.0 == 2);
        let uid = meta.text(Tag::TRANSFER_SYNTAX).unwrap_or_default();
        let syntax = match uid.as_str() {
            "" => guessed(body),
            known => TransferSyntax::of(known),
        };
        let encoding = encoding_of(syntax, body);
        let body = if syntax == TransferSyntax::Deflated {
            Cow::Owned(inflated(body)?)
        } else {
            Cow::Borrowed(body)
        };
        Ok(Self {
            syntax,
            uid,
            body,
            encoding,
        })
    }

    pub(crate) fn data_set(&self) -> Result<DataSet<'_>, ImageError> {
        let set = DataSet::read(&self.body, self.encoding);
        if set.is_empty() {
            return Err(ImageError::damaged(self.format(), "no attributes"));
        }
        Ok(set)
    }

    /// The attributes before those of the pixels' group.
    pub(crate) fn attributes(&self) -> DataSet<'_> {
        DataSet::read_while(&self.body, self.encoding, |tag| tag.0 < 0x5200).0
    }

    pub(crate) fn format(&self) -> Format {
        Format::Dicom(self.syntax)
    }
}

fn guessed(body: &[u8]) -> TransferSyntax {
    match bare(body) {
        Some(Encoding { big: true, .. }) => TransferSyntax::ExplicitBig,
        Some(Encoding {
            explicit: false, ..
        }) => TransferSyntax::ImplicitLittle,
        _ => TransferSyntax::ExplicitLittle,
    }
}

/// What the syntax says, unless the first attribute says otherwise: files that are explicit
/// under the name of the implicit syntax exist, and the other way round.
fn encoding_of(syntax: TransferSyntax, body: &[u8]) -> Encoding {
    let told = match syntax {
        TransferSyntax::ImplicitLittle => Encoding::IMPLICIT,
        TransferSyntax::ExplicitBig => Encoding {
            explicit: true,
            big: true,
        },
        TransferSyntax::Deflated => return Encoding::EXPLICIT,
        _ => Encoding::EXPLICIT,
    };
    bare(body).unwrap_or(told)
}

fn inflated(body: &[u8]) -> Result<Vec<u8>, ImageError> {
    let mut out = Vec::new();
    let read = DeflateDecoder::new(body)
        .take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut out);
    // Writers exist that leave the end of the stream out; missing pixels are found later.
    if let (Err(error), true) = (read, out.is_empty()) {
        let format = Format::Dicom(TransferSyntax::Deflated);
        return Err(ImageError::damaged(format, error));
    }
    if out.len() as u64 > MAX_FILE_BYTES {
        return Err(ImageError::FileTooLarge {
            found: out.len() as u64,
            limit: MAX_FILE_BYTES,
        });
    }
    Ok(out)
}

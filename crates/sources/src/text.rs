//! Bytes of a table or list as text: the encodings that spreadsheets write.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::refusal::Refusal;

/// Text with the encoding that it was in.
#[derive(Debug)]
pub(crate) struct Decoded<'b> {
    pub(crate) text: Cow<'b, str>,
    pub(crate) encoding: &'static str,
}

/// Decodes by byte order mark, else as UTF-16 where every other byte is zero, else as UTF-8, else
/// as Windows-1252; or as `written` says.
pub(crate) fn decoded<'b>(
    file: &str,
    bytes: &'b [u8],
    written: Option<&str>,
) -> Result<Decoded<'b>, Refusal> {
    if let Some(kind) = foreign(bytes) {
        return Err(Refusal::at(
            file,
            "a table as text",
            kind,
            "save it from the spreadsheet program as CSV (UTF-8), or unpack it",
        ));
    }
    let encoding = match written {
        Some(label) => Encoding::for_label(label.as_bytes()).ok_or_else(|| {
            Refusal::at(
                "`data.encoding`",
                "utf-8, utf-16, windows-1252 or another name of the WHATWG standard",
                format!("`{label}`"),
                "leave it out to have it found",
            )
        })?,
        None => likely(bytes),
    };
    let (text, encoding, has_errors) = encoding.decode(bytes);
    if has_errors || text.contains('\0') {
        return Err(Refusal::at(
            file,
            format!("a table in {}", encoding.name()),
            "bytes that are none",
            "save it as CSV (UTF-8), or name its encoding, such as encoding = \"windows-1252\"",
        ));
    }
    Ok(Decoded {
        text,
        encoding: encoding.name(),
    })
}

/// Formats that are taken for tables and are none.
fn foreign(bytes: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 5] = [
        (
            b"PK\x03\x04",
            "a spreadsheet or an archive (xlsx, ods, zip)",
        ),
        (b"\xd0\xcf\x11\xe0", "a spreadsheet of an old kind (xls)"),
        (b"\x1f\x8b", "a compressed file (gz)"),
        (b"PAR1", "a Parquet file"),
        (b"SQLite format 3", "a SQLite database"),
    ];
    let found = kinds
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature));
    found.map(|(_, kind)| *kind)
}

fn likely(bytes: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding;
    }
    let start = &bytes[..bytes.len().min(4096)];
    let zeros = |first: usize| {
        let places = start.iter().skip(first).step_by(2);
        (
            places.clone().filter(|byte| **byte == 0).count(),
            places.count(),
        )
    };
    let is_mostly = |(zeros, all): (usize, usize)| all > 1 && zeros * 4 > all * 3;
    match (is_mostly(zeros(0)), is_mostly(zeros(1))) {
        (true, false) => UTF_16BE,
        (false, true) => UTF_16LE,
        _ if std::str::from_utf8(bytes).is_ok() => UTF_8,
        _ => WINDOWS_1252,
    }
}

//! An array of texts, such as names of pictures.

use std::io::Read;

use crate::npy::{Fields, NpyError, header_text};

/// Most bytes of one text.
const MAX_TEXT_BYTES: usize = 1 << 14;

/// Reads a whole `.npy` of texts, `numpy.array(["a", "b"])` (`<U…`) or of bytes in UTF-8 (`|S…`), of
/// shape `[n]` or `[n, 1]`, of which the header must declare at most `limit` bytes.
pub fn read_texts(reader: &mut impl Read, limit: u64) -> Result<Vec<String>, NpyError> {
    let fields = Fields::parse(&header_text(reader)?)?;
    let refused =
        |expected: &str| NpyError::new(expected, format!("`{}` {:?}", fields.descr, fields.shape));
    let width = Width::parse(&fields.descr).ok_or_else(|| NpyError {
        is_other_element: true,
        ..refused("texts (`<U…` or `|S…`; not objects: save numpy.array(names, dtype=str))")
    })?;
    let ([count] | [count, 1]) = fields.shape[..] else {
        return Err(refused("shape [n] or [n, 1]"));
    };
    let bytes = count
        .checked_mul(width.bytes)
        .filter(|bytes| *bytes as u64 <= limit)
        .ok_or_else(|| refused(&format!("texts of at most {limit} bytes")))?;
    let mut data = Vec::with_capacity(bytes.min(1 << 20));
    let found = reader.take(bytes as u64).read_to_end(&mut data);
    found.map_err(|error| NpyError::new(format!("{bytes} bytes of texts"), error.to_string()))?;
    if data.len() != bytes {
        return Err(NpyError::new(
            format!("{bytes} bytes of texts"),
            format!("{} bytes", data.len()),
        ));
    }
    if width.bytes == 0 {
        return Ok(vec![String::new(); count.min(data.len())]);
    }
    data.chunks_exact(width.bytes)
        .map(|text| width.read(text))
        .collect()
}

/// How one text lies in the file.
struct Width {
    bytes: usize,
    letters: Letters,
}

enum Letters {
    /// One byte each, UTF-8 in all.
    Bytes,
    /// Four bytes each.
    Wide { is_big_endian: bool },
}

impl Width {
    fn parse(descr: &str) -> Option<Self> {
        let order = descr.get(..1)?;
        let letters = match (order, descr.get(1..2)?) {
            ("<" | "=" | "|", "U") => Letters::Wide {
                is_big_endian: false,
            },
            (">", "U") => Letters::Wide {
                is_big_endian: true,
            },
            (_, "S") => Letters::Bytes,
            _ => return None,
        };
        let count: usize = descr.get(2..)?.parse().ok()?;
        let bytes = match letters {
            Letters::Bytes => count,
            Letters::Wide { .. } => count.checked_mul(4)?,
        };
        (bytes <= MAX_TEXT_BYTES).then_some(Self { bytes, letters })
    }

    /// Zeros behind a text are no part of it.
    fn read(&self, bytes: &[u8]) -> Result<String, NpyError> {
        let refused = || NpyError::new("texts in Unicode", format!("{bytes:02x?}"));
        let text = match self.letters {
            Letters::Bytes => String::from_utf8(bytes.to_vec()).map_err(|_| refused())?,
            Letters::Wide { is_big_endian } => {
                let letters = bytes.chunks_exact(4).map(|letter| {
                    let letter = [letter[0], letter[1], letter[2], letter[3]];
                    char::from_u32(match is_big_endian {
                        true => u32::from_be_bytes(letter),
                        false => u32::from_le_bytes(letter),
                    })
                });
                letters.collect::<Option<String>>().ok_or_else(refused)?
            }
        };
        Ok(text.trim_end_matches('\0').to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}");
        let mut file = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
        file.extend(format!("{header:117}\n").bytes());
        file.extend(data);
        file
    }

    #[test]
    fn texts_are_read_in_every_width_and_refused_otherwise() {
        let read = |bytes: &[u8]| read_texts(&mut &bytes[..], 1 << 10);
        let wide: Vec<u8> = "aß\0bcd"
            .chars()
            .flat_map(|c| (c as u32).to_le_bytes())
            .collect();
        assert_eq!(read(&file("<U3", "(2,)", &wide)).unwrap(), ["aß", "bcd"]);
        let wide: Vec<u8> = "Ω".chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        assert_eq!(read(&file(">U1", "(1, 1)", &wide)).unwrap(), ["Ω"]);
        assert_eq!(
            read(&file("|S4", "(2,)", b"a\0\0\0abcd")).unwrap(),
            ["a", "abcd"]
        );
        for (descr, shape, data) in [
            ("|O", "(1,)", &b"x"[..]),
            ("<f4", "(1,)", b"abcd"),
            ("|S4", "(2,)", b"abcd"),
            ("|S4", "(2, 2)", b"abcdabcdabcdabcd"),
            ("|S4", "(1000000000,)", b""),
            ("|S99999999999", "(1,)", b""),
            ("<U1", "(1,)", &[0xff; 4]),
            ("|S2", "(1,)", &[0xff; 2]),
            ("|S", "(1,)", b""),
            ("é1", "(1,)", b""),
        ] {
            assert!(read(&file(descr, shape, data)).is_err(), "{descr} {shape}");
        }
    }
}

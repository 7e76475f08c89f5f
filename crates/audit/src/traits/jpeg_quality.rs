//! At which quality a JPEG was written.

/// Luminance steps of quality 50 of the JPEG standard (ITU-T T.81, table K.1).
const STANDARD: [u32; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// Quality from 1 to 100 that explains the first quantisation table of a JPEG; `None` for other
/// files, and where there is no table of 8-bit luminance.
///
/// Encoders after the Independent JPEG Group scale the standard's table. The quality is the one
/// whose scaled table has the sum nearest to the file's; so tables of other makers get one too.
pub fn jpeg_quality(bytes: &[u8]) -> Option<u8> {
    let found: u32 = luminance_table(bytes)?.iter().map(|&q| u32::from(q)).sum();
    (1..=100).min_by_key(|&quality| sum_at(quality).abs_diff(found))
}

/// Sum of the standard's table at a quality: scaled by `5000 / q` per cent below 50, by
/// `200 − 2 q` from there, and held to 8 bits.
fn sum_at(quality: u8) -> u32 {
    let quality = u32::from(quality);
    let percent = match quality {
        0..50 => 5000 / quality.max(1),
        _ => 200 - 2 * quality.min(100),
    };
    let step = |standard: &u32| ((standard * percent + 50) / 100).clamp(1, 255);
    STANDARD.iter().map(step).sum()
}

/// The 64 steps of table 0, in the file's order.
fn luminance_table(bytes: &[u8]) -> Option<&[u8]> {
    if bytes.get(..2)? != [0xff, 0xd8] {
        return None;
    }
    let mut at = 2;
    // Every turn goes forward by two bytes at least, so that damage ends at the end of the file.
    while let Some(&[0xff, marker]) = bytes.get(at..at + 2) {
        match marker {
            0xda | 0xd9 => return None,
            0xff => at += 1,
            0x01 | 0xd0..=0xd8 => at += 2,
            _ => {
                let length = bytes.get(at + 2..at + 4)?;
                let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
                let segment = bytes.get(at + 4..at + 2 + length.max(2))?;
                if marker == 0xdb
                    && let Some(table) = table_zero(segment)
                {
                    return Some(table);
                }
                at += 2 + length.max(2);
            }
        }
    }
    None
}

/// Table 0 among those of one segment, if its steps have 8 bits.
fn table_zero(mut segment: &[u8]) -> Option<&[u8]> {
    while let [head, rest @ ..] = segment {
        let size = if head >> 4 == 0 { 64 } else { 128 };
        if *head == 0 {
            return rest.get(..64);
        }
        segment = rest.get(size..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(prop_oneof![Just(0xff), Just(0xdb), Just(0), any::<u8>()], 0..300)) {
            let quality = jpeg_quality(&[&[0xff, 0xd8], &bytes[..]].concat());
            prop_assert!(quality.is_none_or(|quality| (1..=100).contains(&quality)));
        }
    }

    /// Files written by Pillow:
    ///
    /// ```python
    /// import io
    /// from PIL import Image
    /// for quality in (1, 10, 30, 50, 75, 90, 95, 100):
    ///     out = io.BytesIO()
    ///     Image.new("L", (8, 8)).save(out, "JPEG", quality=quality)
    ///     print(quality, out.getvalue()[:89].hex())   # up to the end of the first table
    /// ```
    #[test]
    fn the_quality_that_a_file_was_written_with_is_found() {
        for line in include_str!("jpeg_headers.txt").lines() {
            let (quality, hex) = line.split_once(' ').unwrap();
            let bytes: Vec<u8> = (0..hex.len() / 2)
                .map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap())
                .collect();
            assert_eq!(jpeg_quality(&bytes), quality.parse().ok());
            // Cut anywhere, it is no table, and no panic.
            for end in 0..bytes.len() {
                assert_eq!(jpeg_quality(&bytes[..end]), None);
            }
        }
        assert_eq!(jpeg_quality(b"\x89PNG\r\n\x1a\n"), None);
        assert_eq!(jpeg_quality(b"\xff\xd8\xff\xdb\0\0\xff\xdb\0\x01"), None);
    }
}

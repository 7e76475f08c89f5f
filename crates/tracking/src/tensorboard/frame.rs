//! TFRecord: length, its checksum, data, their checksum.

/// Polynomial of CRC-32C (Castagnoli), reflected.
const POLYNOMIAL: u32 = 0x82f6_3b78;

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = (crc >> 1) ^ (POLYNOMIAL * (crc & 1));
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// CRC-32C of the bytes.
fn crc32c(bytes: &[u8]) -> u32 {
    let next = |crc: u32, byte: &u8| (crc >> 8) ^ TABLE[usize::from(crc as u8 ^ byte)];
    !bytes.iter().fold(!0, next)
}

/// The checksum as TFRecord masks it, so that checksums of data with checksums stay strong.
fn masked(bytes: &[u8]) -> [u8; 4] {
    let crc = crc32c(bytes);
    (crc.rotate_right(15).wrapping_add(0xa282_ead8)).to_le_bytes()
}

/// Appends a record with this data.
pub(super) fn append(to: &mut Vec<u8>, data: &[u8]) {
    let length = (data.len() as u64).to_le_bytes();
    to.extend(length);
    to.extend(masked(&length));
    to.extend(data);
    to.extend(masked(data));
}

/// The data of every whole record, up to the first that is torn or damaged.
pub(super) fn records(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<8>() {
        let Some((check, rest)) = rest.split_first_chunk::<4>() else {
            break;
        };
        let Ok(size) = usize::try_from(u64::from_le_bytes(*length)) else {
            break;
        };
        if *check != masked(length) || rest.len() < size {
            break;
        }
        let (data, rest) = rest.split_at(size);
        let Some((check, rest)) = rest.split_first_chunk::<4>() else {
            break;
        };
        if *check != masked(data) {
            break;
        }
        found.push(data);
        bytes = rest;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_rfc_3720() {
        // RFC 3720, B.4: 32 bytes of zeros, of ones, and rising.
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(&[0xff; 32]), 0x62a8_ab43);
        let rising: Vec<u8> = (0..32).collect();
        assert_eq!(crc32c(&rising), 0x46dd_794e);
    }

    #[test]
    fn records_end_where_one_is_torn_or_changed() {
        let mut bytes = Vec::new();
        append(&mut bytes, b"one");
        let whole = bytes.len();
        append(&mut bytes, b"");
        append(&mut bytes, b"three");
        assert_eq!(records(&bytes), [b"one".as_slice(), b"", b"three"]);
        assert_eq!(records(&bytes[..bytes.len() - 1]), [b"one".as_slice(), b""]);
        assert_eq!(records(&bytes[..whole + 11]), [b"one".as_slice()]);
        bytes[13] ^= 1;
        assert!(records(&bytes).is_empty());
        assert!(records(&[0xff; 40]).is_empty());
    }
}

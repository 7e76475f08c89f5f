//! The quality that a JPEG was written with, told from its quantisation table.

/// Luminance table of ITU-T T.81, K.1, in zigzag order.
const LUMINANCE: [u32; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// The quality on the scale of the Independent JPEG Group's encoder, 1 to 100, whose scaled
/// luminance table is nearest to table 0 of a quantisation segment (least sum of absolute
/// differences; the highest of equal ones). Exact for files of that encoder; for others a
/// comparable figure. `None` where the segment does not begin with a whole table 0.
pub(crate) fn estimate(segment: &[u8]) -> Option<u8> {
    let (&head, rest) = segment.split_first()?;
    let table: Vec<u32> = match head {
        0x00 => rest.get(..64)?.iter().map(|&q| q.into()).collect(),
        0x10 => rest
            .get(..128)?
            .chunks_exact(2)
            .map(|q| u16::from_be_bytes([q[0], q[1]]).into())
            .collect(),
        _ => return None,
    };
    let mut best = (u32::MAX, 100);
    for quality in (1..=100).rev() {
        let distance = distance(&table, quality);
        if distance < best.0 {
            best = (distance, quality);
        }
        if distance == 0 {
            break;
        }
    }
    Some(best.1)
}

fn distance(table: &[u32], quality: u8) -> u32 {
    let quality = u32::from(quality);
    // jcparam.c of libjpeg: jpeg_quality_scaling, jpeg_add_quant_table.
    let scale = if quality < 50 {
        5000 / quality
    } else {
        200 - 2 * quality
    };
    LUMINANCE
        .iter()
        .zip(table)
        .map(|(&base, &found)| ((base * scale + 50) / 100).clamp(1, 255).abs_diff(found))
        .sum()
}

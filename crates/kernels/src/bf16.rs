//! Two numbers rounded to bfloat16 in a word, the first in the lower half.

/// `value` rounded to bfloat16, to nearest and ties to even; a NaN stays one. The
/// lower half of the bits is arbitrary.
#[inline(always)]
fn rounded_bits(value: f32) -> u32 {
    let bits = value.to_bits();
    if value.is_nan() {
        bits | 0x0040_0000
    } else {
        bits + 0x7FFF + (bits >> 16 & 1)
    }
}

/// Two rounded values in a word.
#[inline(always)]
pub(crate) fn pair(first: f32, second: f32) -> f32 {
    f32::from_bits(rounded_bits(first) >> 16 | rounded_bits(second) & 0xFFFF_0000)
}

/// The two values of a word.
#[inline(always)]
pub(crate) fn halves(word: f32) -> [f32; 2] {
    let bits = word.to_bits();
    [
        f32::from_bits(bits << 16),
        f32::from_bits(bits & 0xFFFF_0000),
    ]
}

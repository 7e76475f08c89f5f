//! How numbers are printed on axes and beside marks: one rule for all charts.

/// A number with `digits` decimals and a true minus, never a negative zero; a dash where it is
/// not finite.
pub fn fixed(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let text = grouped(&format!("{:.digits$}", value.abs()));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.' | b','));
    match value < 0.0 && !is_zero {
        true => format!("−{text}"),
        false => text,
    }
}

/// Decimals that tell multiples of `step` apart: none for whole steps, one for 0.1 or 0.5.
pub fn decimals(step: f64) -> usize {
    if !step.is_finite() || step <= 0.0 {
        return 0;
    }
    // A step is 1, 2 or 5 times a power of ten, up to the rounding of binary fractions.
    (-(step * 1.000_001).log10().floor()).clamp(0.0, 12.0) as usize
}

/// Decimals for single values on an axis as long as `range`: three for AUCs, none for thousands.
pub fn decimals_within(range: f64) -> usize {
    if !range.is_finite() || range <= 0.0 {
        return 3;
    }
    (2.0 - range.log10().floor()).clamp(0.0, 6.0) as usize
}

/// A positive number of any size in few signs: `0.02`, `3·10⁻⁴`, `5,000`, `20 M`.
pub fn short(value: f64) -> String {
    match value {
        v if !v.is_finite() => "–".into(),
        v if v < 0.0 => format!("−{}", short(-v)),
        0.0 => "0".into(),
        v if v < 0.000_999 => power(v),
        v if v < 1.0 => trimmed(fixed(v, decimals(leading(v)))),
        v if v < 99_999.5 => trimmed(fixed(v, if v < 10.0 { 1 } else { 0 })),
        v if v >= 1e15 => power(v),
        v => {
            let units = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
            let (divisor, unit) = units
                .into_iter()
                .find(|(d, _)| v >= *d)
                .unwrap_or((1.0, ""));
            format!("{} {unit}", trimmed(fixed(v / divisor, 1)))
        }
    }
}

/// The power of ten of the first digit.
fn leading(value: f64) -> f64 {
    10f64.powf((value * 1.000_001).log10().floor())
}

fn power(value: f64) -> String {
    let exponent = (value * 1.000_001).log10().floor();
    let factor = trimmed(fixed(value / 10f64.powf(exponent), 1));
    let raised: String = format!("{exponent:.0}").chars().map(raised).collect();
    match factor.as_str() {
        "1" => format!("10{raised}"),
        _ => format!("{factor}·10{raised}"),
    }
}

fn raised(sign: char) -> char {
    match sign {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => digit
            .to_digit(10)
            .and_then(|digit| char::from_u32(0x2070 + digit))
            .unwrap_or(digit),
    }
}

fn trimmed(text: String) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// Thousands set apart by commas, from five digits before the point on or from 1,000 where whole.
fn grouped(text: &str) -> String {
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::with_capacity(text.len() + text.len() / 3);
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(fixed(0.1 + 0.2, decimals(0.1)), "0.3");
        assert_eq!(fixed(-0.0001, 3), "0.000");
        assert_eq!(fixed(-1234.5, 1), "−1,234.5");
        assert_eq!(fixed(f64::NAN, 1), "–");
        assert_eq!([0.1, 0.05, 1.0, 20.0, 0.002].map(decimals), [1, 2, 0, 0, 3]);
        let shown = [1e-4, 2e-4, 0.001, 0.02, 0.5, 1.0, 2.5, 5000.0, 1e5, 2e9].map(short);
        let expected = [
            "10⁻⁴",
            "2·10⁻⁴",
            "0.001",
            "0.02",
            "0.5",
            "1",
            "2.5",
            "5,000",
            "100 k",
            "2 G",
        ];
        assert_eq!(shown, expected);
    }
}

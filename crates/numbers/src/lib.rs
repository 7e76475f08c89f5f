//! How numbers are printed, by one rule: few digits, a true minus, a dash for what is not known.

/// What stands for a number that is not known.
pub const UNKNOWN: &str = "–";

/// A number with `digits` decimals, or a dash if it is not finite.
pub fn fixed(value: f64, digits: usize) -> String {
    if !value.is_finite() {
        return UNKNOWN.to_owned();
    }
    let text = format!("{:.digits$}", value.abs());
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value < 0.0 && !is_zero {
        format!("−{text}")
    } else {
        text
    }
}

/// A number with three decimals, or a dash.
pub fn metric(value: Option<f64>) -> String {
    value.map_or_else(|| UNKNOWN.to_owned(), |value| fixed(value, 3))
}

/// A difference with three decimals and its sign.
pub fn signed(value: f64) -> String {
    let text = fixed(value, 3);
    if value > 0.0 && text != "0.000" && text != UNKNOWN {
        format!("+{text}")
    } else {
        text
    }
}

/// A sentence with a true minus before its negative numbers; hyphens stay.
pub fn typeset(text: &str) -> String {
    let mut set = String::with_capacity(text.len());
    let mut before = ' ';
    let mut after = text.chars().skip(1);
    for letter in text.chars() {
        let follows = after.next().is_some_and(|next| next.is_ascii_digit());
        let is_minus = letter == '-' && follows && matches!(before, ' ' | '(');
        set.push(if is_minus { '−' } else { letter });
        before = letter;
    }
    set
}

/// A count with thousands set apart by commas.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A ratio, so many times as much: two decimals, one from ten on, none from a hundred on, and what is
/// beyond a thousand as that.
pub fn ratio(value: f64) -> String {
    match value {
        huge if huge >= 1000.0 && huge.is_finite() => "over 1,000".into(),
        large if large >= 99.95 => fixed(large, 0),
        tiny if (0.0..0.005).contains(&tiny) => "under 0.01".into(),
        large if large >= 9.995 => fixed(large, 1),
        ratio => fixed(ratio, 2),
    }
}

/// A number of steps, rounded.
pub fn steps(value: f64) -> String {
    if value.is_finite() {
        count(value.max(0.0).round() as u64)
    } else {
        UNKNOWN.to_owned()
    }
}

/// A large count with a unit: `812`, `68.2 k`, `2.11 M`, `4.09 G`, `1.20 T`.
pub fn magnitude(value: u64) -> String {
    let (divisor, unit) = match value {
        0..1_000 => return value.to_string(),
        1_000..1_000_000 => (1e3, "k"),
        1_000_000..1_000_000_000 => (1e6, "M"),
        1_000_000_000..1_000_000_000_000 => (1e9, "G"),
        _ => (1e12, "T"),
    };
    let scaled = value as f64 / divisor;
    let digits = if scaled < 10.0 {
        2
    } else {
        usize::from(scaled < 100.0)
    };
    format!("{scaled:.digits$} {unit}")
}

/// A time: `42 s`, `3 min 05 s`, `2 h 10 min`.
pub fn seconds(value: f64) -> String {
    if !value.is_finite() || value < 0.0 {
        return UNKNOWN.to_owned();
    }
    if value < 9.95 {
        return format!("{value:.1} s");
    }
    let whole = value.round() as u64;
    match whole {
        0..60 => format!("{whole} s"),
        60..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole % 3600 / 60),
    }
}

/// A share of a whole in percent, or nothing where there is no whole.
pub fn percent(part: usize, whole: usize) -> Option<String> {
    (whole > 0).then(|| {
        let share = 100.0 * part as f64 / whole as f64;
        let digits = usize::from(share < 9.95 && part > 0);
        format!("{share:.digits$}%")
    })
}

/// The mean of the finite numbers; none without any.
pub fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sum = 0.0;
    let mut finite = 0.0;
    for value in values.into_iter().filter(|value| value.is_finite()) {
        sum += value;
        finite += 1.0;
    }
    (finite > 0.0).then(|| sum / finite)
}

/// The median of the finite numbers; none without any.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted: Vec<f64> = values
        .iter()
        .copied()
        .filter(|value| value.is_finite())
        .collect();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some((sorted[sorted.len() / 2 - 1] + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(fixed(-0.0312, 3), "−0.031");
        assert_eq!(
            typeset("-0.1 (-0.2 to -0.05) of mean-var, 3-4 x-1"),
            "−0.1 (−0.2 to −0.05) of mean-var, 3-4 x-1"
        );
        assert_eq!(fixed(-0.0001, 3), "0.000");
        assert_eq!(fixed(f64::NAN, 3), UNKNOWN);
        assert_eq!(signed(0.0214), "+0.021");
        assert_eq!(signed(0.0001), "0.000");
        for (value, text) in [
            (2.04, "2.04"),
            (9.996, "10.0"),
            (0.04, "0.04"),
            (0.0001, "under 0.01"),
            (312.4, "312"),
            (1e7, "over 1,000"),
            (f64::INFINITY, "–"),
        ] {
            assert_eq!(ratio(value), text);
        }
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(80), "80");
        assert_eq!(magnitude(2_108_672), "2.11 M");
        assert_eq!(magnitude(68_200), "68.2 k");
        assert_eq!(seconds(185.2), "3 min 05 s");
        assert_eq!(seconds(3600.0), "1 h 00 min");
        assert_eq!(percent(1, 0), None);
        assert_eq!(percent(66, 1080).as_deref(), Some("6.1%"));
        assert_eq!(median(&[3.0, 1.0, f64::NAN, 2.0]), Some(2.0));
        assert_eq!(median(&[]), None);
    }
}

//! How times and numbers are written.

/// `45 s`, `12 min`, `3 h 05 min`, `4 days`.
pub(crate) fn duration(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match seconds {
        s if !s.is_finite() || s < 0.0 => "–".into(),
        s if s < 90.0 => format!("{s:.0} s"),
        _ if minutes < 90 => format!("{minutes} min"),
        _ if minutes < 48 * 60 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        s => format!("{:.0} days", s / 86_400.0),
    }
}

/// With three decimals, or a dash.
pub(crate) fn auc(value: Option<f32>) -> String {
    value.map_or_else(|| "–".into(), |value| format!("{value:.3}"))
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_are_as_exact_as_they_are_useful() {
        let words = [
            0.4,
            89.0,
            91.0,
            5_399.0,
            11_100.0,
            400_000.0,
            f64::NAN,
            -1.0,
        ]
        .map(duration);
        assert_eq!(
            words,
            [
                "0 s",
                "89 s",
                "2 min",
                "1 h 30 min",
                "3 h 05 min",
                "5 days",
                "–",
                "–"
            ]
        );
    }
}

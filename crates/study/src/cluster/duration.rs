//! Times as people and schedulers write them.

/// Seconds of `90m`, `2h`, `1h30m`, `45s`, `1d12h` or `12:30:00` (hours, minutes, seconds); none where it is no such text.
pub fn parse_duration(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.contains(':') {
        let parts: Vec<u64> = text
            .split(':')
            .map(|part| part.parse().ok())
            .collect::<Option<_>>()?;
        let [hours, minutes, seconds] = parts[..] else {
            return None;
        };
        return hours
            .checked_mul(3600)?
            .checked_add(minutes.checked_mul(60)?)?
            .checked_add(seconds);
    }
    let mut seconds: u64 = 0;
    let mut digits = String::new();
    for letter in text.chars() {
        let unit = match letter {
            '0'..='9' => {
                digits.push(letter);
                continue;
            }
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        let count: u64 = std::mem::take(&mut digits).parse().ok()?;
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
    }
    (digits.is_empty() && !text.is_empty()).then_some(seconds)
}

/// `1-02:03:04`: days, hours, minutes, seconds; days left out where there are none.
pub fn slurm_duration(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let clock = clock(rest);
    match days {
        0 => clock,
        days => format!("{days}-{clock}"),
    }
}

/// `26:03:04`: hours, minutes, seconds.
pub fn clock(seconds: u64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds % 3600 / 60);
    format!("{hours:02}:{minutes:02}:{:02}", seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, seconds) in [
            ("90m", 5400),
            ("1h30m", 5400),
            ("2h", 7200),
            ("1d12h", 129_600),
            ("45s", 45),
            ("01:30:00", 5400),
        ] {
            assert_eq!(parse_duration(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "h",
            "90",
            "1:30",
            "1w",
            "-1h",
            "99999999999999999999d",
            "1 h",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
        assert_eq!(slurm_duration(93_784), "1-02:03:04");
        assert_eq!(slurm_duration(5400), "01:30:00");
        assert_eq!(clock(93_784), "26:03:04");
    }
}

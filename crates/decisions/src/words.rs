//! Numbers of conclusions in words, for all who print them.

/// Names that are listed; more are counted.
const LISTED: usize = 5;

/// `6%`, never 0 or 100. `share`: a probability.
pub fn chance(share: f64) -> String {
    match 100.0 * share {
        few if few < 1.0 => "under 1%".into(),
        most if most > 99.0 => "over 99%".into(),
        share => format!("{share:.0}%"),
    }
}

/// `2.1 to 3.4`, `4 to over 50`, `12`: what is needed at least and at most, rounded up to `digits`;
/// none where even the least is more than `most`.
pub fn range(ends: [Option<f64>; 2], digits: usize, most: f64) -> Option<String> {
    let text = |n: f64| {
        let unit = 10f64.powi(digits as i32);
        format!("{:.digits$}", (n * unit).ceil() / unit)
    };
    Some(match ends {
        [Some(least), Some(end)] if text(least) == text(end) => text(least),
        [Some(least), Some(end)] => format!("{} to {}", text(least), text(end)),
        [Some(least), None] => format!("{} to over {most:.0}", text(least)),
        [None, _] => return None,
    })
}

/// Who cannot be told from the best of `count` arms: `highest` and `others`. `worse`: what the rest
/// are shown to be. None for a single arm.
pub fn told_from_best(highest: &str, others: &[&str], count: usize, worse: &str) -> Option<String> {
    Some(match others.len() {
        _ if count < 2 => return None,
        0 if count == 2 => format!("The other arm is shown to be {worse} than {highest}."),
        0 => format!("Every other of the {count} arms is shown to be {worse} than {highest}."),
        all if all + 1 == count && all > 1 => {
            format!("None of the {count} arms can be told from the best.")
        }
        few => {
            let listed = others[..few.min(LISTED)].join("; ");
            let more = match few.saturating_sub(LISTED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "It is not shown which arm is the best: {highest} cannot be told from {listed}{more}."
            )
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_a_reader() {
        assert_eq!(
            [0.001, 0.061, 0.999].map(chance),
            ["under 1%", "6%", "over 99%"]
        );
        let seeds = |ends| range(ends, 0, 50.0);
        assert_eq!(seeds([Some(8.0), Some(15.0)]).as_deref(), Some("8 to 15"));
        assert_eq!(seeds([Some(8.0), Some(8.0)]).as_deref(), Some("8"));
        assert_eq!(seeds([Some(8.0), None]).as_deref(), Some("8 to over 50"));
        assert_eq!(seeds([None, None]), None);
        // Rounded up: less would not be enough.
        assert_eq!(
            range([Some(1.01), Some(2.0)], 1, 10.0).as_deref(),
            Some("1.1 to 2.0")
        );
        let told = |others: &[&str], count| told_from_best("a", others, count, "worse");
        assert_eq!(told(&[], 1), None);
        assert_eq!(
            told(&[], 2).as_deref(),
            Some("The other arm is shown to be worse than a.")
        );
        assert!(told(&["b"], 2).is_some_and(|text| text.ends_with("a cannot be told from b.")));
        assert!(told(&["b", "c"], 3).is_some_and(|text| text.starts_with("None of the 3")));
        let many = ["b", "c", "d", "e", "f", "g", "h"];
        assert!(told(&many, 9).is_some_and(|text| text.ends_with("f and 2 more.")));
    }
}

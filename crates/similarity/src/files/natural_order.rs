//! The order of names that people expect: `layer2` before `layer10`.

use std::cmp::Ordering;

/// Compares names, runs of digits as numbers; names that are equal so are ordered by their bytes.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    while !left.is_empty() && !right.is_empty() {
        let (number_a, rest_a) = split(left);
        let (number_b, rest_b) = split(right);
        let ordering = match (number_a, number_b) {
            (Some(a), Some(b)) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
            _ => {
                let (a, b) = (left.chars().next(), right.chars().next());
                a.cmp(&b)
            }
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
        (left, right) = (rest_a, rest_b);
    }
    left.len().cmp(&right.len()).then_with(|| a.cmp(b))
}

/// A number without its leading zeros and what follows it, or nothing and all but one letter.
fn split(name: &str) -> (Option<&str>, &str) {
    let end = name
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(name.len());
    if end > 0 {
        return (Some(name[..end].trim_start_matches('0')), &name[end..]);
    }
    let mut letters = name.chars();
    letters.next();
    (None, letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_count_and_letters_follow_the_alphabet() {
        let mut names = [
            "layer10", "layer2.1", "head", "layer2", "layer02", "layer", "10", "9",
        ];
        names.sort_by(|a, b| compare(a, b));
        assert_eq!(
            names,
            [
                "9", "10", "head", "layer", "layer02", "layer2", "layer2.1", "layer10"
            ]
        );
    }
}

//! The name that someone may have meant.

/// The candidate most like `name`, letter case ignored; `None` if more than half of the letters
/// would have to change.
pub fn nearest_name<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let most_edits = name.chars().count().max(3) / 2;
    candidates
        .into_iter()
        .map(|candidate| (edits(candidate, name), candidate))
        .filter(|(edits, _)| *edits <= most_edits)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Characters of a name that are compared; keeps a hostile header cheap.
const MAX_CHARS: usize = 200;

/// Levenshtein distance in characters, letter case ignored.
fn edits(a: &str, b: &str) -> usize {
    let start = |name: &str| {
        name.to_lowercase()
            .chars()
            .take(MAX_CHARS)
            .collect::<String>()
    };
    strsim::levenshtein(&start(a), &start(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_or_none() {
        let columns = ["image", "patient_id", "Edema"];
        assert_eq!(nearest_name("patient", columns), Some("patient_id"));
        assert_eq!(nearest_name("edema", columns), Some("Edema"));
        assert_eq!(nearest_name("fracture", columns), None);
        assert_eq!(edits("kitten", "sitting"), 3);
    }
}

//! Ids of pictures, which may be of any length.

/// Letters of an id that are shown at most.
const LETTERS: usize = 80;

/// An id that fits on the page: of a longer one its beginning and its end.
pub fn fitting(id: &str) -> String {
    let letters: Vec<char> = id.chars().collect();
    if letters.len() <= LETTERS {
        return id.to_owned();
    }
    let [start, end] = [LETTERS / 4, letters.len() - 3 * LETTERS / 4];
    let ends = letters[..start].iter().chain(['…'].iter());
    ends.chain(&letters[end..]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ids_keep_their_ends() {
        assert_eq!(fitting("a/0001.png"), "a/0001.png");
        let long = fitting(&format!("begin{}end.png", "é".repeat(10_000)));
        assert_eq!(long.chars().count(), LETTERS + 1);
        assert!(long.starts_with("begin") && long.ends_with("end.png") && long.contains('…'));
    }
}

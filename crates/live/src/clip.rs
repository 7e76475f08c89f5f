//! Texts of others, cut to a length that a page can show.

/// Letters of a title or name that are told.
pub const NAME_LETTERS: usize = 300;

/// The first `letters` letters of a text, and `…` where it has more.
pub fn clip(text: &str, letters: usize) -> String {
    match text.char_indices().nth(letters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::clip;

    #[test]
    fn letters_are_counted_and_not_bytes() {
        assert_eq!(clip("größe", 5), "größe");
        assert_eq!(clip("größer", 5), "größe…");
        assert_eq!(clip("", 0), "");
    }
}

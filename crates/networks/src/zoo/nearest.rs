//! Names that were meant.

/// The known name closest to what was written, if any is close (Jaro–Winkler similarity ≥ 0.7).
pub fn nearest<S: AsRef<str>>(written: &str, known: &[S]) -> Option<String> {
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(written, name.as_ref()), name.as_ref()))
        .filter(|(similarity, _)| *similarity >= 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_string())
}

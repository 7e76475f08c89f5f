//! Numbers of things, and lists of names, in a sentence.

/// `1 group`, `2 groups`; the plural is given where it is not a mere `s`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Ids that are written out.
const WRITTEN: usize = 3;

/// `exclude = ["a", "b"]`, as in a study; beyond three, the first two and how many there are.
pub(crate) fn exclude<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = ids.len();
    let written = if count > WRITTEN { WRITTEN - 1 } else { count };
    let quoted: Vec<String> = ids.take(written).map(|id| format!("{id:?}")).collect();
    let list = quoted.join(", ");
    match count > WRITTEN {
        true => format!("`exclude = [{list}, …]` ({count} ids)"),
        false => format!("`exclude = [{list}]`"),
    }
}

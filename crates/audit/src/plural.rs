//! Numbers of things, and lists of names, in a sentence.

/// `1 group`, `2 groups`; the plural is given where it is not a mere `s`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Ids that are written out at most: what can still be copied into a study.
const WRITTEN: usize = 40;
/// Ids that are written out where there are more.
const SHOWN: usize = 2;

/// `exclude = ["a", "b"]`, as in a study; beyond forty, the first two and how many there are.
pub(crate) fn exclude<'a>(ids: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = ids.len();
    let written = if count > WRITTEN { SHOWN } else { count };
    let quoted: Vec<String> = ids.take(written).map(|id| format!("{id:?}")).collect();
    let list = quoted.join(", ");
    match count > WRITTEN {
        true => format!("`exclude = [{list}, …]` ({count} ids)"),
        false => format!("`exclude = [{list}]`"),
    }
}

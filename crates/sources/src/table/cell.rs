//! What single cells of labels say.

/// A cell of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finding {
    Present,
    Absent,
    /// −1, as in CheXpert.
    Uncertain,
    /// Nothing, or a word for it.
    Blank,
}

const PRESENT: [&str; 7] = ["1", "true", "t", "yes", "y", "positive", "present"];
const ABSENT: [&str; 7] = ["0", "false", "f", "no", "n", "negative", "absent"];
const UNCERTAIN: [&str; 2] = ["-1", "uncertain"];
const BLANK: [&str; 18] = [
    "",
    "na",
    "nan",
    "n/a",
    "n.a.",
    "#n/a",
    "#ref!",
    "#value!",
    "null",
    "?",
    "-",
    "--",
    ".",
    "tbd",
    "unknown",
    "missing",
    "not available",
    "not evaluated",
];

/// Reads a finding; `None` where the cell is none.
pub(crate) fn finding(cell: &str) -> Option<Finding> {
    let word = cell.to_ascii_lowercase();
    let word = whole(&word);
    let known = [
        (&PRESENT[..], Finding::Present),
        (&ABSENT, Finding::Absent),
        (&UNCERTAIN, Finding::Uncertain),
        (&BLANK, Finding::Blank),
    ];
    let found = known.into_iter().find(|(words, _)| words.contains(&word));
    found.map(|(_, finding)| finding)
}

/// Whether a cell of a class holds none: nothing, a word for it, or -1. A word that `classes` names
/// is a class.
pub(crate) fn is_blank(cell: &str, classes: Option<&[String]>) -> bool {
    let word = cell.to_ascii_lowercase();
    let is_word = BLANK.contains(&word.as_str()) || UNCERTAIN.contains(&whole(&word));
    is_word && !classes.is_some_and(|classes| classes.iter().any(|class| class == cell))
}

/// A class number; programs write `2.0` for 2 where a column has gaps.
pub(crate) fn number(cell: &str) -> Option<usize> {
    whole(cell).parse().ok()
}

/// The number of a patient without the zeros that programs write behind it (`7.0` for 7).
pub(crate) fn patient(cell: &str) -> &str {
    match cell.split_once('.') {
        Some((before, _))
            if !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            whole(cell)
        }
        _ => cell,
    }
}

/// A number without the zeros behind its point.
fn whole(cell: &str) -> &str {
    match cell.split_once('.') {
        Some((before, zeros)) if !before.is_empty() && zeros.bytes().all(|byte| byte == b'0') => {
            before
        }
        _ => cell,
    }
}

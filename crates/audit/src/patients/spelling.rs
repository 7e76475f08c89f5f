//! One patient, written in more than one way.

use std::collections::BTreeMap;

use crate::finding::{Example, Finding, Kind, Severity};
use crate::plural::counted;
use crate::subject::Subject;

/// What is left of a name without letter case, spaces, separators and leading zeros: ` P-01`,
/// `p 1` and `P1` give `p1`. A separator between two numbers stays, so that `1-2` is not `12`.
fn essence(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let class = |c: char| (c.is_ascii_digit(), c.is_alphanumeric());
    let mut essence = String::new();
    for run in letters.chunk_by(|a, b| class(*a) == class(*b)) {
        let text: String = run.iter().collect();
        match class(run[0]) {
            (true, _) => {
                if essence.ends_with(|c: char| c.is_ascii_digit()) {
                    essence.push('-');
                }
                let number = text.trim_start_matches('0');
                essence.push_str(if number.is_empty() { "0" } else { number });
            }
            (false, true) => essence.push_str(&text.to_lowercase()),
            (false, false) => {}
        }
    }
    essence
}

/// Patients whose names differ in nothing but case, spaces, separators or leading zeros.
pub(crate) fn finding(subject: &Subject) -> Option<Finding> {
    let mut by_name: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (index, picture) in subject.pictures.iter().enumerate() {
        if let Some(patient) = &picture.patient {
            by_name.entry(patient).or_default().push(index as u32);
        }
    }
    let mut by_essence: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in by_name.keys() {
        by_essence.entry(essence(name)).or_default().push(name);
    }
    by_essence.retain(|_, names| names.len() > 1);
    if by_essence.is_empty() {
        return None;
    }
    let pictures_of = |names: &Vec<&str>| -> Vec<u32> {
        // One picture of each spelling first.
        let first = names.iter().map(|name| by_name[name][0]);
        let rest = names
            .iter()
            .flat_map(|name| by_name[name][1..].iter().copied());
        first.chain(rest).collect()
    };
    let part = |&picture: &u32| subject.pictures[picture as usize].part;
    let spans = |names: &Vec<&str>| {
        let pictures = pictures_of(names);
        pictures
            .iter()
            .any(|picture| part(picture) != part(&pictures[0]))
    };
    let across = by_essence.values().filter(|names| spans(names)).count();
    let pictures = by_essence
        .values()
        .map(|names| pictures_of(names).len())
        .sum();
    let severity = if across > 0 {
        Severity::Leak
    } else {
        Severity::Warning
    };
    let examples = by_essence.values().map(|names| {
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        Example::of(subject, quoted.join(", "), &pictures_of(names))
    });
    let count = by_essence.len();
    let found = Finding::new(Kind::PatientSpellings, severity, pictures)
        .says(
            format!(
                "{} in more than one way, {pictures} pictures; {across} of them then in more than \
                 one part.",
                counted(
                    count,
                    "patient seems to be written",
                    "patients seem to be written"
                )
            ),
            "Each spelling counts as a patient of its own: a split can put one patient on both \
             sides, and intervals by patient come out too narrow.",
            "Write each patient in one way in the table. If they are different patients after \
             all, `allow_leaks = \"reason\"`.",
        )
        .shows(count, examples);
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::essence;

    #[test]
    fn spellings_of_one_name_meet_and_other_names_do_not() {
        for name in ["P1", "p1", " P-01", "p 1", "P_001", "p.1 "] {
            assert_eq!(essence(name), "p1", "{name:?}");
        }
        for (a, b) in [
            ("1-2", "12"),
            ("p10", "p1"),
            ("a1b", "a1c"),
            ("0", "00x"),
            ("1 0", "10"),
        ] {
            assert_ne!(essence(a), essence(b), "{a:?} {b:?}");
        }
        assert_eq!(essence("000"), "0");
        assert_eq!(essence("normal-0001"), essence("Normal 1"));
        assert_eq!(essence("1_02"), essence("01-2"));
    }
}

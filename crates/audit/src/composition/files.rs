//! Pictures that show nothing, are not what they are called, or could not be looked at.

use crate::finding::{EXCLUSIONS, Example, Finding, Kind, Severity};
use crate::plural::counted;
use crate::subject::{Picture, Subject};
use crate::traits::Signature;

/// Findings on single pictures.
pub(crate) fn findings(subject: &Subject) -> Vec<Finding> {
    let found = [
        finding(
            subject,
            (Kind::Blank, Severity::Warning),
            is_blank,
            "of one shade and nothing else",
            "Their labels cannot be learnt; in a test part they count as errors of the network.",
            "Look at the files; `exclude = [\"id\", …]` with their ids.",
        ),
        finding(
            subject,
            (Kind::WrongEnding, Severity::Note),
            has_wrong_ending,
            "of another format than the ending says",
            "None: pictures are read by content. Other programs may refuse them, or read them \
             differently.",
            "Nothing, or rename them.",
        ),
        finding(
            subject,
            (Kind::NotDecoded, Severity::Warning),
            |picture| picture.traits.is_none(),
            "that could not be read, and so not looked at",
            "Copies and leaks among them stay unnoticed.",
            "`transfusion data check` names them with the reasons.",
        ),
    ];
    found.into_iter().flatten().collect()
}

fn is_blank(picture: &Picture) -> bool {
    picture
        .traits
        .as_ref()
        .is_some_and(|traits| traits.spread == 0.0)
}

fn has_wrong_ending(picture: &Picture) -> bool {
    let promised = picture
        .id
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    let promised = promised.and_then(|ending| Signature::promised_by(&ending));
    let found = picture.traits.as_ref().map(|traits| traits.signature);
    match (promised, found) {
        (Some(promised), Some(found)) => promised != found && found != Signature::Other,
        _ => false,
    }
}

fn finding(
    subject: &Subject,
    (kind, severity): (Kind, Severity),
    concerns: impl Fn(&Picture) -> bool,
    what: &str,
    effect: &str,
    remedy: &str,
) -> Option<Finding> {
    let pictures: Vec<u32> = (0..subject.pictures.len() as u32)
        .filter(|&picture| concerns(&subject.pictures[picture as usize]))
        .collect();
    let count = pictures.len();
    let blank = kind == Kind::Blank;
    let examples = pictures
        .iter()
        .map(|picture| Example::of(subject, "", &[*picture]));
    let mut found = Finding::new(kind, severity, count)
        .says(
            format!("{} {what}.", counted(count, "picture", "pictures")),
            effect,
            remedy,
        )
        .shows(count, examples);
    if blank {
        let ids = pictures
            .iter()
            .map(|&p| subject.pictures[p as usize].id.clone());
        found.exclude = ids.take(EXCLUSIONS).collect();
    }
    (count > 0).then_some(found)
}

//! Groups of copies, as findings.

use super::groups::Group;
use crate::finding::{EXCLUSIONS, Example, Finding, Kind, Likeness, Relation, Severity};
use crate::subject::Subject;

/// At most one finding for each relation, for groups of one likeness.
pub(crate) fn findings(subject: &Subject, likeness: Likeness, groups: &[Group]) -> Vec<Finding> {
    let across: Vec<&Group> = groups.iter().filter(|g| g.spans_parts(subject)).collect();
    let differ: Vec<&Group> = groups.iter().filter(|g| g.labels_differ(subject)).collect();
    let own_part = |group: &&Group| {
        let related = likeness >= Likeness::Near && group.one_patient(subject);
        !group.spans_parts(subject) && !group.labels_differ(subject) && !related
    };
    let within: Vec<&Group> = groups.iter().filter(own_part).collect();
    let relations = [
        (Relation::AcrossParts, across),
        (Relation::LabelsDiffer, differ),
        (Relation::WithinPart, within),
    ];
    let relations = relations.iter().filter(|(_, groups)| !groups.is_empty());
    relations
        .map(|(relation, groups)| finding(subject, likeness, *relation, groups))
        .collect()
}

fn finding(
    subject: &Subject,
    likeness: Likeness,
    relation: Relation,
    groups: &[&Group],
) -> Finding {
    let pictures = groups.iter().map(|group| group.members.len()).sum();
    let kind = Kind::Copies { likeness, relation };
    let example = |group: &&Group| {
        let ordered = match relation {
            Relation::LabelsDiffer => group.telling_first(|m| &subject.pictures[m as usize].label),
            _ => group.telling_first(|m| subject.pictures[m as usize].part),
        };
        Example::of(subject, "", &ordered)
    };
    let exclude: Vec<u32> = match likeness {
        // What may be two pictures of one patient is looked at first.
        Likeness::Perhaps => Vec::new(),
        _ => groups
            .iter()
            .flat_map(|group| surplus(subject, relation, group))
            .collect(),
    };
    let what = match likeness {
        Likeness::Bytes => "of identical files",
        Likeness::Pixels => "of identical pixels in different files",
        Likeness::Near => "of near duplicates (the same picture written, sized, cut or lit anew)",
        Likeness::Perhaps => "that look like near duplicates, less surely",
        Likeness::Mirrored => "of mirror images (the same picture, left for right)",
    };
    let place = match relation {
        Relation::AcrossParts => "in more than one part",
        Relation::LabelsDiffer => "with labels that contradict",
        Relation::WithinPart => "within a part",
    };
    let number = groups.len();
    let noun = if number == 1 { "group" } else { "groups" };
    let mut finding = Finding::new(kind, severity(likeness, relation), pictures)
        .says(
            format!("{number} {noun} {what}, {pictures} pictures, {place}."),
            effect(relation),
            remedy(likeness, relation, exclude.len()),
        )
        .shows(number, groups.iter().map(example));
    let ids = exclude
        .iter()
        .map(|&m| subject.pictures[m as usize].id.clone());
    finding.exclude = ids.take(EXCLUSIONS).collect();
    finding
}

/// The pictures that could go. Across parts: all but those of the last part, so that test
/// pictures stay. With contradicting labels: all. Within a part: all but the first.
fn surplus(subject: &Subject, relation: Relation, group: &Group) -> Vec<u32> {
    let part = |m: u32| subject.pictures[m as usize].part;
    let members = group.members.iter().copied();
    match relation {
        Relation::AcrossParts => {
            let last = members.clone().map(part).max().unwrap_or(0);
            members.filter(|&m| part(m) != last).collect()
        }
        Relation::LabelsDiffer => members.collect(),
        Relation::WithinPart => members.skip(1).collect(),
    }
}

fn severity(likeness: Likeness, relation: Relation) -> Severity {
    match (relation, likeness) {
        (_, Likeness::Perhaps) if relation != Relation::WithinPart => Severity::Warning,
        (Relation::AcrossParts, _) => Severity::Leak,
        (Relation::LabelsDiffer, _) => Severity::Conflict,
        (Relation::WithinPart, Likeness::Bytes | Likeness::Pixels) => Severity::Warning,
        (Relation::WithinPart, _) => Severity::Note,
    }
}

fn effect(relation: Relation) -> &'static str {
    match relation {
        Relation::AcrossParts => {
            "A network can remember the answer from training: results on the later part come out \
             better than they are on new patients, and more so for larger networks and longer \
             training."
        }
        Relation::LabelsDiffer => {
            "At least one of the labels is wrong: no network can be right on both, and in a test \
             part the reachable result is lower."
        }
        Relation::WithinPart => {
            "Copies count more than once: intervals come out narrower than they are, and a \
             smaller training set holds fewer pictures than it seems to."
        }
    }
}

fn remedy(likeness: Likeness, relation: Relation, exclude: usize) -> String {
    match (likeness, relation) {
        (Likeness::Perhaps, _) => {
            "Look at them on the sheet of pairs. Name patients (`patient = \"column\"`) if they \
             are pictures of one patient; exclude one of each pair if they are copies."
                .into()
        }
        (_, Relation::AcrossParts) => format!(
            "`exclude = [\"id\", …]` with the {exclude} ids outside the last part of each group; \
             or `split = …` anew, by patient; or, to go on as it is, `allow_leaks = \"reason\"`."
        ),
        (_, Relation::LabelsDiffer) => format!(
            "Look the right labels up; until then `exclude = [\"id\", …]` with the {exclude} ids."
        ),
        (_, Relation::WithinPart) => {
            format!("`exclude = [\"id\", …]` with the {exclude} ids that repeat another picture.")
        }
    }
}

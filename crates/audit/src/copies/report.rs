//! Groups of copies, as findings.

use super::groups::Group;
use crate::finding::{EXCLUSIONS, Example, Finding, Kind, Likeness, Relation, Severity};
use crate::plural::{counted, exclude};
use crate::subject::Subject;

/// At most one finding for each relation, for groups of one likeness.
pub(crate) fn findings(subject: &Subject, likeness: Likeness, groups: &[Group]) -> Vec<Finding> {
    // Pictures of one patient are alike without being copies, and their labels may differ.
    let unrelated = |group: &&Group| likeness != Likeness::Perhaps || !group.one_patient(subject);
    let groups: Vec<&Group> = groups.iter().filter(unrelated).collect();
    let of = |belongs: &dyn Fn(&Group) -> bool| -> Vec<&Group> {
        groups
            .iter()
            .copied()
            .filter(|group| belongs(group))
            .collect()
    };
    let across = of(&|group| group.spans_parts(subject));
    let differ = of(&|group| group.labels_differ(subject));
    let within = of(&|group| {
        let related = likeness >= Likeness::Near && group.one_patient(subject);
        !group.spans_parts(subject) && !group.labels_differ(subject) && !related
    });
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
    let surplus: Vec<u32> = match likeness {
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
        Likeness::Perhaps => "of what looks like near duplicates, less surely",
        Likeness::Mirrored => "of mirror images (the same picture, left for right)",
    };
    let place = match relation {
        Relation::AcrossParts => "in more than one part",
        Relation::LabelsDiffer => "with labels that contradict",
        Relation::WithinPart => "within a part",
    };
    let number = groups.len();
    let ids: Vec<&str> = surplus
        .iter()
        .map(|&picture| subject.pictures[picture as usize].id.as_str())
        .collect();
    let mut finding = Finding::new(kind, severity(likeness, relation), pictures)
        .says(
            format!(
                "{} {what}, {pictures} pictures, {place}.",
                counted(number, "group", "groups")
            ),
            effect(likeness, relation),
            remedy(likeness, relation, &ids),
        )
        .shows(number, groups.iter().map(example));
    finding.exclude = ids
        .iter()
        .take(EXCLUSIONS)
        .map(|&id| id.to_owned())
        .collect();
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

fn effect(likeness: Likeness, relation: Relation) -> String {
    let effect = match relation {
        Relation::AcrossParts => {
            "a network can remember the answer from training. Results on the later part come out \
             better than they are on new patients, and more so for larger networks and longer \
             training."
        }
        Relation::LabelsDiffer => {
            "at least one of the labels is wrong. No network can be right on both, and in a test \
             part the best result that can be reached is lower."
        }
        Relation::WithinPart => {
            "copies count more than once. Intervals come out narrower than they are, and a \
             training set holds fewer pictures than it seems to."
        }
    };
    match likeness {
        Likeness::Perhaps => format!("If they are copies, {effect}"),
        _ => effect[..1].to_uppercase() + &effect[1..],
    }
}

fn remedy(likeness: Likeness, relation: Relation, surplus: &[&str]) -> String {
    let exclude = || exclude(surplus.iter().copied());
    match (likeness, relation) {
        (Likeness::Perhaps, _) => {
            "Look at them side by side. If they are pictures of one patient, `patient = \
             \"column\"`; if they are copies, `exclude = [\"id\"]` with one of each pair."
                .into()
        }
        (_, Relation::AcrossParts) => format!(
            "{} keeps those in the last part; or have the split made anew, where the data bring one (a table: leave `split` out; folders: `layout = \"*/{{class}}\"`); or, to go on as it \
             is, `allow_leaks = \"reason\"`.",
            exclude()
        ),
        (_, Relation::LabelsDiffer) => {
            format!("Look the right labels up; until then {}.", exclude())
        }
        (_, Relation::WithinPart) => format!("{} keeps the first of each group.", exclude()),
    }
}

//! Pictures that occur more than once.

mod alike;
mod forest;
mod groups;
mod report;
mod standard;

use crate::finding::{Finding, Likeness};
use crate::subject::Subject;
pub use forest::Forest;
use groups::Group;
pub use standard::Standard;

/// Which pictures surely are one: equal pixels, or near duplicates, whatever their parts. Things of
/// the forest are the pictures by index; a link is a picture that is a copy of another.
pub fn one_picture(subject: &Subject) -> Forest {
    let traits = |picture: u32| subject.pictures[picture as usize].traits.as_ref();
    let decoded: Vec<u32> = (0..subject.pictures.len() as u32)
        .filter(|&picture| traits(picture).is_some())
        .collect();
    let pixels = groups::equal(&decoded, |picture| traits(picture).map(|t| t.pixels));
    let alike = alike::Alike::among(subject, &decoded, &pixels);
    let mut forest = Forest::new(subject.pictures.len());
    // A picture may have equals and near duplicates: the groups overlap.
    for group in pixels.iter().chain(&alike.near) {
        for member in &group.members {
            forest.join(group.members[0], *member);
        }
    }
    forest
}

/// Findings on copies, and how alike pictures had to be.
pub(crate) fn findings(subject: &Subject) -> (Vec<Finding>, Option<Standard>) {
    let traits = |picture: u32| subject.pictures[picture as usize].traits.as_ref();
    let decoded: Vec<u32> = (0..subject.pictures.len() as u32)
        .filter(|&picture| traits(picture).is_some())
        .collect();
    let files = groups::equal(&decoded, |picture| traits(picture).map(|t| t.file));
    let pixels = groups::equal(&decoded, |picture| traits(picture).map(|t| t.pixels));
    let several_files = |group: &&Group| {
        let first = traits(group.members[0]).map(|t| t.file);
        group
            .members
            .iter()
            .any(|&m| traits(m).map(|t| t.file) != first)
    };
    let recoded: Vec<Group> = pixels.iter().filter(several_files).cloned().collect();

    let alike = alike::Alike::among(subject, &decoded, &pixels);
    let mut found = report::findings(subject, Likeness::Bytes, &files);
    found.extend(report::findings(subject, Likeness::Pixels, &recoded));
    found.extend(report::findings(subject, Likeness::Near, &alike.near));
    found.extend(report::findings(subject, Likeness::Perhaps, &alike.perhaps));
    found.extend(report::findings(
        subject,
        Likeness::Mirrored,
        &alike.mirrored,
    ));
    (found, alike.standard)
}

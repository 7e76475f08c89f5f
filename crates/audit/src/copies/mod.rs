//! Pictures that occur more than once.

mod alike;
mod forest;
mod groups;
mod report;
mod standard;

use crate::finding::{Finding, Likeness};
use crate::subject::Subject;
use groups::Group;
pub use standard::Standard;

/// Groups of pictures that surely are one: equal pixels, or near duplicates, whatever their parts.
/// Each holds two pictures at least, by index, ascending.
pub fn one_picture(subject: &Subject) -> Vec<Vec<usize>> {
    let traits = |picture: u32| subject.pictures[picture as usize].traits.as_ref();
    let decoded: Vec<u32> = (0..subject.pictures.len() as u32)
        .filter(|&picture| traits(picture).is_some())
        .collect();
    let pixels = groups::equal(&decoded, |picture| traits(picture).map(|t| t.pixels));
    let alike = alike::Alike::among(subject, &decoded, &pixels);
    let groups = pixels.iter().chain(&alike.near);
    let members = groups.map(|group| group.members.iter().map(|&m| m as usize).collect());
    members.collect()
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

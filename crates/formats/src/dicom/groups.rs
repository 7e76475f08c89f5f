//! Functional groups of multi-frame files (PS3.3, C.7.6.16).

use crate::dicom::data_set::DataSet;
use crate::dicom::tag::Tag;

/// The attributes of frame `number` that a multi-frame file keeps in functional groups
/// (PS3.3, C.7.6.16): those of the frame, then those that all share.
pub(crate) fn of_frame<'a>(set: &DataSet<'a>, number: usize) -> Vec<DataSet<'a>> {
    let of_frame = set.item(Tag::FRAME_GROUPS, number);
    let shared = set.item(Tag::SHARED_GROUPS, 0);
    [of_frame, shared]
        .into_iter()
        .flatten()
        .flat_map(|group| [Tag::VALUE_TRANSFORMATION, Tag::FRAME_VOI].map(|tag| group.item(tag, 0)))
        .flatten()
        .collect()
}

//! Whether a folder that looks like a copy is one.

use std::collections::BTreeSet;

use formats::decode::{MAX_FILE_BYTES, read_bounded};

use crate::listing::Listing;
use crate::refusal::Refusal;

/// Pictures whose bytes are compared.
const COMPARED: usize = 200;

/// Refuses folders taken for copies whose files are others than those they are copies of.
pub(super) fn check(
    place: &str,
    listing: &Listing,
    pictures: &[&str],
    copies: &[String],
) -> Result<(), Refusal> {
    let is_copied = |path: &str| {
        copies
            .iter()
            .any(|folder| path.starts_with(&format!("{folder}/")))
    };
    let own: BTreeSet<&str> = pictures
        .iter()
        .copied()
        .filter(|path| !is_copied(path))
        .collect();
    let bytes = |path: &str| read_bounded(&listing.path(path), MAX_FILE_BYTES).ok();
    let size = |path: &str| {
        std::fs::metadata(listing.path(path))
            .map(|data| data.len())
            .ok()
    };
    for (number, path) in pictures.iter().filter(|path| is_copied(path)).enumerate() {
        let folder = copies
            .iter()
            .find(|folder| path.starts_with(&format!("{folder}/")));
        let folder = folder.map_or("", String::as_str);
        let wrapper = folder.rfind('/').map_or("", |slash| &folder[..=slash]);
        let Some(original) = original(path, &own, wrapper) else {
            continue;
        };
        // Sizes tell for all; bytes for the first, which is enough to tell another set from a copy.
        let is_other =
            size(path) != size(original) || (number < COMPARED && bytes(path) != bytes(original));
        if is_other {
            return Err(Refusal::at(
                place,
                format!("the folder {folder} to be a copy, as its names are"),
                format!("{path} other than {original}"),
                format!("write ignore = [\"{folder}\"] to leave it out, or name it as the source"),
            ));
        }
    }
    Ok(())
}

/// The picture at the same path without some of its first folders, below the same wrapper.
fn original<'o>(path: &str, own: &BTreeSet<&'o str>, wrapper: &str) -> Option<&'o str> {
    let mut rest = path.strip_prefix(wrapper)?;
    while let Some((_, shorter)) = rest.split_once('/') {
        if let Some(found) = own.get(format!("{wrapper}{shorter}").as_str()) {
            return Some(found);
        }
        rest = shorter;
    }
    None
}

//! Attributes that list names.

use hdf5_file::Object;

use crate::error::Flaw;

/// A string attribute that may be cut into numbered ones, as names of many layers are.
pub(super) fn names(object: &Object, attribute: &str) -> Result<Option<Vec<String>>, Flaw> {
    let mut all = object.texts(attribute)?;
    for number in 0.. {
        match object.texts(&format!("{attribute}{number}"))? {
            Some(more) => all.get_or_insert_default().extend(more),
            None => break,
        }
    }
    Ok(all)
}

//! Lists without repetition.

use super::error::StudyError;

/// Refuses a name that stands twice in the list of `field`.
pub(crate) fn unique(
    field: &'static str,
    names: impl Iterator<Item = String>,
) -> Result<(), StudyError> {
    let mut seen = Vec::new();
    for name in names {
        if seen.contains(&name) {
            return Err(StudyError::Value {
                field,
                expected: "every entry once".into(),
                found: format!("`{name}` twice"),
            });
        }
        seen.push(name);
    }
    Ok(())
}

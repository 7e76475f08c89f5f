//! Pretrained weights by path, or built in by name.

use std::path::Path;

use nets::{Weights, WeightsError, WeightsFile};

use super::error::StudyError;

/// Prefix of the weights that come with the program.
const BUILTIN: &str = "builtin:";

/// The weights that come with the program: name and bytes.
const FILES: [(&str, &[u8]); 1] = [(
    "cbr-tiny-phantom",
    include_bytes!("../../../../weights/cbr-tiny-phantom.safetensors"),
)];

/// Names after `builtin:`.
pub fn builtin_names() -> Vec<&'static str> {
    FILES.iter().map(|(name, _)| *name).collect()
}

/// Reads the weights that `written` names: `builtin:<name>`, or a safetensors file relative to `base`.
pub(super) fn read(written: &Path, base: &Path) -> Result<WeightsFile, anyhow::Error> {
    if let Some(name) = written.to_str().and_then(|w| w.strip_prefix(BUILTIN)) {
        let Some((_, bytes)) = FILES.iter().find(|(known, _)| *known == name) else {
            return Err(StudyError::Value {
                field: "weights",
                expected: format!("{BUILTIN}{}, or a path", builtin_names().join(", ")),
                found: format!("{BUILTIN}{name}"),
            }
            .into());
        };
        return Ok(Weights::from_bytes(bytes, written)?);
    }
    let path = base.join(written);
    Weights::read(&path).map_err(|error: WeightsError| error.into())
}

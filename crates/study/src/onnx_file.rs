//! Which files are ONNX.

use std::path::Path;

/// Whether a path names an ONNX file.
pub(crate) fn is_onnx(path: &Path) -> bool {
    let end = path.extension();
    end.is_some_and(|end| end.eq_ignore_ascii_case("onnx"))
}

//! Where a study is: its configuration, the folder its paths are relative to, its directory.

use std::path::{Path, PathBuf};

use record::names::{ORIGIN, STUDY};

/// The name of a study: that of its configuration, or of the folder of a `study.toml`.
pub fn name(path: &Path) -> String {
    let of = |name: &std::ffi::OsStr| name.to_string_lossy().into_owned();
    let is_plain = path.file_name().is_some_and(|file| file == STUDY.name());
    let folder = || {
        let absolute = std::path::absolute(path).ok()?;
        absolute.parent()?.file_name().map(of)
    };
    let stem = path.file_stem().map_or("study".into(), of);
    match is_plain {
        true => folder().unwrap_or(stem),
        false => stem,
    }
}

/// The configuration that `study` names, and the folder its paths are relative to. A directory is
/// a study begun before, whose configuration remembers where it came from.
pub fn locate(study: &Path) -> (PathBuf, PathBuf) {
    let path = if study.is_dir() {
        STUDY.path(study)
    } else {
        study.to_path_buf()
    };
    let base = match std::fs::read_to_string(ORIGIN.path(study)) {
        Ok(base) if study.is_dir() => PathBuf::from(base.trim()),
        _ => path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
            .to_path_buf(),
    };
    (path, base)
}

/// Where studies go by default.
pub fn study_directory(out: Option<PathBuf>, name: &str) -> PathBuf {
    out.unwrap_or_else(|| PathBuf::from("studies").join(name))
}

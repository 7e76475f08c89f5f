//! Endings of file names: pictures that are read, pictures that are not, and papers beside them.

/// Files that lie beside pictures without being any.
const PAPERS: [&str; 34] = [
    "txt", "csv", "tsv", "json", "jsonl", "xml", "yaml", "yml", "toml", "md", "rst", "html", "htm",
    "pdf", "doc", "docx", "xls", "xlsx", "ods", "db", "ini", "log", "py", "ipynb", "m", "r", "sh",
    "bat", "sha256", "md5", "rtf", "ppt", "pptx", "cff",
];

/// The ending of a path, without its dot; `None` where the file name has none.
pub(crate) fn of(path: &str) -> Option<&str> {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    match name.rsplit_once('.') {
        Some((before, ending)) if !before.is_empty() && !ending.is_empty() => Some(ending),
        _ => None,
    }
}

/// Whether files of this ending are decoded, in any letter case.
pub(crate) fn is_picture(ending: &str) -> bool {
    formats::is_picture_ending(ending)
}

/// Whether files of this ending hold no picture.
pub(crate) fn is_paper(ending: &str) -> bool {
    PAPERS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(ending))
}

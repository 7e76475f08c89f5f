//! What programs leave behind in folders: never data.

/// Folders that systems and editors make.
const FOLDERS: [&str; 8] = [
    "__macosx",
    "__pycache__",
    "@eadir",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "thumbs",
    "cvs",
];

/// Files that systems and scanners make.
const FILES: [&str; 5] = [
    "thumbs.db",
    "desktop.ini",
    "ehthumbs.db",
    "icon\r",
    "dicomdir",
];

/// Whether a folder of this name is left by a program. Hidden ones are.
pub(crate) fn is_folder(name: &str) -> bool {
    name.starts_with('.') || FOLDERS.contains(&name.to_lowercase().as_str())
}

/// Whether a file of this name is left by a program. Hidden ones are.
pub(crate) fn is_file(name: &str) -> bool {
    name.starts_with('.') || FILES.contains(&name.to_lowercase().as_str())
}

//! Crates and files that grew too long, and files that no module declares.

use crate::house::Room;
use crate::modules::{Reading, shipped_files, trees};
use crate::offence::Offence;
use crate::test_items::shipped;

/// Lines of any file at most, its tests among them.
pub const FILE_LINES: usize = 500;

/// Lines of a crate's source at most, without its tests.
pub const CRATE_LINES: usize = 10_000;

/// Crates that may be longer. `kernels`: one algorithm for each kind of layer, pass and instruction
/// set.
const LONGER: &[&str] = &["kernels"];

/// What is longer than it may be, and what is in no module and so never compiled.
pub(crate) fn too_long(room: &Room) -> Vec<Offence> {
    let mut found = Vec::new();
    for (file, text) in &room.files {
        let lines = text.lines().count();
        if lines > FILE_LINES {
            found.push(Offence {
                file: file.to_string(),
                line: FILE_LINES + 1,
                what: format!(
                    "{lines} lines, at most {FILE_LINES}; give one of its concepts a file"
                ),
            });
        }
    }
    let lines: usize = shipped_files(room)
        .iter()
        .map(|file| shipped(room.files[file]).lines)
        .sum();
    if lines > CRATE_LINES && !LONGER.contains(&room.name) {
        found.push(Offence {
            file: room.manifest_path(),
            line: 1,
            what: format!(
                "{lines} lines of source without tests, at most {CRATE_LINES}; split the crate, or move code \
                 to the crate that it belongs to"
            ),
        });
    }
    let trees = trees(room, Reading::WithTests);
    let source = format!("crates/{}/src/", room.name);
    for file in room.files.keys().filter(|file| file.starts_with(&source)) {
        let mut modules = trees.iter().flat_map(|tree| &tree.modules);
        if !modules.any(|module| module.file == *file) {
            found.push(Offence {
                file: file.to_string(),
                line: 1,
                what: "no module declares this file; declare it, or delete it".to_string(),
            });
        }
    }
    found
}

//! Words that only some places may use.

use std::collections::BTreeSet;

use crate::house::Room;
use crate::manifest::dependencies;
use crate::modules::shipped_files;
use crate::offence::Offence;
use crate::test_items::shipped;
use crate::token::{Token, tokens};

/// A word, and where it may stand.
struct Confined {
    word: &'static str,
    /// Beginnings of the paths that may use it.
    allowed: &'static [&'static str],
    /// Tests are bound as well.
    also_tests: bool,
    instead: &'static str,
}

const CONFINED: [Confined; 3] = [
    Confined {
        word: "unsafe",
        // Calls of NVIDIA's libraries cannot be anything else.
        allowed: &["crates/kernels/", "crates/engine-cuda/src/driver/"],
        also_tests: true,
        instead: "put it behind a safe function of `kernels`, or of the driver of `engine-cuda`",
    },
    Confined {
        word: "burn",
        allowed: &[],
        also_tests: true,
        instead: "lower to a program of `engine`",
    },
    Confined {
        word: "anyhow",
        // `study` opens whatever data and weights a study names; its errors are told, never matched.
        allowed: &[
            "crates/transfusion/",
            "crates/study/Cargo.toml",
            "crates/study/src/check.rs",
            "crates/study/src/open_data.rs",
            "crates/study/src/packing.rs",
            "crates/study/src/source.rs",
            "crates/study/src/weights.rs",
        ],
        also_tests: false,
        instead: "return a `thiserror` enum",
    },
];

/// Words, and dependencies of these names, outside the places that may use them.
pub(crate) fn outside(room: &Room) -> Vec<Offence> {
    let program = shipped_files(room);
    let mut found = BTreeSet::new();
    for rule in &CONFINED {
        let allowed = |file: &str| rule.allowed.iter().any(|start| file.starts_with(start));
        let manifest = room.manifest_path();
        for dependency in dependencies(room.manifest) {
            if dependency.name == rule.word
                && (rule.also_tests || !dependency.dev)
                && !allowed(&manifest)
            {
                found.insert((manifest.clone(), dependency.line, rule.word, rule.instead));
            }
        }
        for (file, text) in room.files.iter().filter(|(file, _)| !allowed(file)) {
            let tokens = match rule.also_tests {
                true => tokens(text),
                false if program.contains(file) => shipped(text).tokens,
                false => continue,
            };
            for (at, token) in tokens.iter().enumerate() {
                if token.is(rule.word) && is_used(&tokens, at) {
                    found.insert((file.to_string(), token.line, rule.word, rule.instead));
                }
            }
        }
    }
    let offence = |(file, line, word, instead)| Offence {
        file,
        line,
        what: format!("`{word}` is not allowed here; {instead} (checks/house/src/confined.rs)"),
    };
    found.into_iter().map(offence).collect()
}

/// Whether the word at `at` is a keyword or the name of a crate, and not a field, a variable or a module.
fn is_used(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    let after = tokens.get(at + 1);
    tokens[at].text == "unsafe"
        || before.is_some_and(|t| t.is("use"))
        || (after.is_some_and(|t| t.is("::") || t.is("!")) && !before.is_some_and(|t| t.is("::")))
}

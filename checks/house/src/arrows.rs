//! Crates that stand on crates above them.

use std::collections::BTreeSet;

use crate::house::Room;
use crate::manifest::dependencies;
use crate::modules::{Reading, trees};
use crate::offence::Offence;
use crate::rooms::{below, named};

/// Dependencies and paths that lead to a crate not below this one. Tests are free.
pub(crate) fn upward(room: &Room) -> Vec<Offence> {
    let Some(on) = below(room.name) else {
        return vec![Offence {
            file: room.manifest_path(),
            line: 1,
            what: format!(
                "crate `{}` has no row in checks/house/src/rooms.rs; add one that says what it stands on",
                room.name
            ),
        }];
    };
    let refused = |name: &str| name != room.name && !on.contains(&name);
    let mut found = BTreeSet::new();
    for dependency in dependencies(room.manifest) {
        let is_room = below(dependency.name).is_some();
        if is_room && !dependency.dev && refused(dependency.name) {
            found.insert((room.manifest_path(), dependency.line, dependency.name));
        }
    }
    for tree in trees(room, Reading::Shipped) {
        for (index, module) in tree.modules.iter().enumerate() {
            let imports = module
                .contents
                .imports
                .iter()
                .map(|i| (i.segments.first(), i.line));
            let paths = module
                .contents
                .paths
                .iter()
                .map(|p| (p.segments.first(), p.line));
            for (first, line) in imports.chain(paths) {
                let name = first.and_then(|first| Some((first, named(first)?)));
                if let Some((word, name)) = name
                    && refused(name)
                    && !tree.is_own(index, word)
                {
                    found.insert((module.file.to_string(), line, name));
                }
            }
        }
    }
    let offence = |(file, line, name)| Offence {
        file,
        line,
        what: format!(
            "`{}` names `{name}`, which is not below it; move what is needed down, or what needs it up \
             (the arrows are in checks/house/src/rooms.rs)",
            room.name
        ),
    };
    found.into_iter().map(offence).collect()
}

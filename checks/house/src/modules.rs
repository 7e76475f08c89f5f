//! The tree of modules of one crate.

use std::collections::{BTreeMap, BTreeSet};

use crate::house::Room;
use crate::parse::{Contents, contents};
use crate::test_items::shipped;
use crate::token::tokens;

/// One module, in a file of its own or inside one.
pub(crate) struct Module<'a> {
    pub(crate) file: &'a str,
    pub(crate) parent: Option<usize>,
    pub(crate) children: BTreeMap<&'a str, usize>,
    pub(crate) contents: Contents<'a>,
}

/// Which items of a file are read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Those of the program.
    Shipped,
    /// Those of the program and of its tests.
    WithTests,
}

/// The modules below one root; the root is the first.
pub(crate) struct Tree<'a> {
    pub(crate) modules: Vec<Module<'a>>,
}

/// One tree for the library, and one for each program of `room`.
pub(crate) fn trees<'a>(room: &Room<'a>, reading: Reading) -> Vec<Tree<'a>> {
    let source = format!("crates/{}/src/", room.name);
    let roots = room.files.keys().filter(|path| {
        path.strip_prefix(&source).is_some_and(|below| {
            let program = below.strip_prefix("bin/");
            matches!(below, "lib.rs" | "main.rs")
                || program.is_some_and(|p| !p.contains('/') || p.ends_with("/main.rs"))
        })
    });
    roots.map(|root| Tree::below(room, root, reading)).collect()
}

/// The files of `room` that are part of the program.
pub(crate) fn shipped_files<'a>(room: &Room<'a>) -> BTreeSet<&'a str> {
    let trees = trees(room, Reading::Shipped);
    trees
        .iter()
        .flat_map(|tree| &tree.modules)
        .map(|module| module.file)
        .collect()
}

impl<'a> Tree<'a> {
    fn below(room: &Room<'a>, root: &'a str, reading: Reading) -> Self {
        let mut tree = Self {
            modules: Vec::new(),
        };
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        tree.grow_file(room, root, folder, None, reading);
        tree
    }

    /// Adds the module in `file`, whose children lie in `folder`, and gives its index.
    fn grow_file(
        &mut self,
        room: &Room<'a>,
        file: &'a str,
        folder: &str,
        parent: Option<usize>,
        reading: Reading,
    ) -> usize {
        let text = room.files[file];
        let tokens = match reading {
            Reading::Shipped => shipped(text).tokens,
            Reading::WithTests => tokens(text),
        };
        self.grow(room, file, folder, contents(&tokens), parent, reading)
    }

    fn grow(
        &mut self,
        room: &Room<'a>,
        file: &'a str,
        folder: &str,
        mut contents: Contents<'a>,
        parent: Option<usize>,
        reading: Reading,
    ) -> usize {
        let index = self.modules.len();
        let declared = std::mem::take(&mut contents.declared);
        let inline = std::mem::take(&mut contents.inline);
        let children = BTreeMap::new();
        self.modules.push(Module {
            file,
            parent,
            children,
            contents,
        });
        for name in declared {
            let below = format!("{folder}/{name}");
            let places = [format!("{below}.rs"), format!("{below}/mod.rs")];
            let found = places
                .iter()
                .find_map(|place| room.files.get_key_value(place.as_str()));
            if let Some((&file, _)) = found {
                let child = self.grow_file(room, file, &below, Some(index), reading);
                self.modules[index].children.insert(name, child);
            }
        }
        for (name, contents) in inline {
            let below = format!("{folder}/{name}");
            let child = self.grow(room, file, &below, contents, Some(index), reading);
            self.modules[index].children.insert(name, child);
        }
        index
    }
}

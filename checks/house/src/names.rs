//! Which file defines what a path names.

use std::collections::BTreeSet;

use crate::modules::{Module, Tree};

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Target {
    /// An item of this module.
    Item(usize),
    /// The module itself.
    Module(usize),
}

/// Imports that were already followed, by module and place: each once, so that rings end.
type Followed = BTreeSet<(usize, usize)>;

impl<'a> Tree<'a> {
    /// What `segments` lead to, read in `module`: through re-exports to the definition.
    /// Empty for what other crates define.
    pub(crate) fn targets(&self, module: usize, segments: &[&'a str]) -> BTreeSet<Target> {
        let mut found = BTreeSet::new();
        self.follow(module, segments, &mut Followed::new(), &mut found);
        found
    }

    /// Whether `module` itself calls something of its own `name`, which then is no other crate.
    pub(crate) fn is_own(&self, module: usize, name: &str) -> bool {
        let Module {
            children, contents, ..
        } = &self.modules[module];
        let mut imports = contents.imports.iter();
        children.contains_key(name)
            || contents.defined.contains(name)
            || imports.any(|import| import.name == Some(name) && import.segments != [name])
    }

    fn follow(
        &self,
        module: usize,
        segments: &[&'a str],
        followed: &mut Followed,
        found: &mut BTreeSet<Target>,
    ) {
        let (mut at, mut rest) = (module, segments);
        while let [first, more @ ..] = rest {
            match (*first, self.modules[at].parent) {
                ("crate", _) => at = 0,
                ("super", Some(parent)) => at = parent,
                ("self", _) => {}
                _ => break,
            }
            rest = more;
        }
        self.step(at, rest, followed, found);
    }

    /// Follows `rest` from inside the module `at`.
    fn step(
        &self,
        at: usize,
        rest: &[&'a str],
        followed: &mut Followed,
        found: &mut BTreeSet<Target>,
    ) {
        let [name, more @ ..] = rest else {
            found.insert(Target::Module(at));
            return;
        };
        let before = found.len();
        let Module {
            children, contents, ..
        } = &self.modules[at];
        if let Some(child) = children.get(name) {
            self.step(*child, more, followed, found);
            // A module and a function may share a name; on the way to more it is the module.
            if !more.is_empty() {
                return;
            }
        }
        if contents.defined.contains(name) {
            found.insert(Target::Item(at));
        }
        for (place, import) in contents.imports.iter().enumerate() {
            if import.name == Some(name) && followed.insert((at, place)) {
                let whole = [&import.segments[..], more].concat();
                self.follow(at, &whole, followed, found);
            }
        }
        if found.len() > before {
            return;
        }
        for (place, import) in contents.imports.iter().enumerate() {
            if import.name.is_none() && followed.insert((at, place)) {
                let mut globs = BTreeSet::new();
                self.follow(at, &import.segments, followed, &mut globs);
                for target in globs {
                    if let Target::Module(target) = target {
                        self.step(target, rest, followed, found);
                    }
                }
            }
        }
    }
}

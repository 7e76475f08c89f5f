//! What a folder is taken for where no layout is written: one reading, or a refusal that names
//! the likely ones.

use std::collections::{BTreeMap, BTreeSet};

use images::Partition;

use super::doubtful::{Numbered, is_rarely_a_class, numbered};
use super::layout::Layout;
use crate::refusal::{Refusal, listed};

/// A reading of a folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Believed {
    /// What the parts of paths mean.
    pub layout: Layout,
    /// What a reader should know of it.
    pub notes: Vec<String>,
    /// Folders that are passed over because their names are those of a copy.
    pub copies: Vec<String>,
}

/// Most classes that folders without a layout may make.
const MOST_CLASSES: usize = 100;

/// Reads the places of `pictures` (paths below `root`, sorted).
pub fn believe(root: &str, pictures: &[&str]) -> Result<Believed, Refusal> {
    let (below, wrapper) = unwrapped(pictures);
    let folders = Folders::of(&below);
    let mut believed = match folders.partitions().is_empty() {
        true => folders.as_classes(root, wrapper)?,
        false => folders.as_splits(root, wrapper, &below)?,
    };
    if !wrapper.is_empty() {
        let wrapper = wrapper.trim_end_matches('/');
        believed
            .notes
            .insert(0, format!("all pictures are below the folder {wrapper}"));
    }
    Ok(believed)
}

/// The paths below the folders that hold everything, and those folders with a trailing `/`.
fn unwrapped<'p>(pictures: &[&'p str]) -> (Vec<&'p str>, &'p str) {
    let Some(first) = pictures.first() else {
        return (Vec::new(), "");
    };
    let mut length = 0;
    while let Some(slash) = first[length..].find('/') {
        let longer = &first[..=length + slash];
        let name = longer[length..].trim_end_matches('/');
        let is_below = |path: &&str| {
            path.strip_prefix(longer)
                .is_some_and(|rest| rest.contains('/'))
        };
        if !pictures.iter().all(is_below) || Partition::parse(name).is_some() {
            break;
        }
        length = longer.len();
    }
    let below = pictures.iter().map(|path| &path[length..]).collect();
    (below, &first[..length])
}

/// Folders with the number of pictures that lie directly in each.
struct Folders<'p>(BTreeMap<&'p str, usize>);

impl<'p> Folders<'p> {
    fn of(paths: &[&'p str]) -> Self {
        let mut counts = BTreeMap::new();
        for path in paths {
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            *counts.entry(folder).or_insert(0) += 1;
        }
        Self(counts)
    }

    /// Names at the top, with the pictures below each.
    fn tops(&self) -> BTreeMap<&'p str, usize> {
        let mut tops = BTreeMap::new();
        for (folder, count) in &self.0 {
            if !folder.is_empty() {
                *tops.entry(first_part(folder)).or_insert(0) += count;
            }
        }
        tops
    }

    /// Names at the top that are parts of a split.
    fn partitions(&self) -> Vec<&'p str> {
        let tops = self.tops().into_keys();
        tops.filter(|name| Partition::parse(name).is_some())
            .collect()
    }

    /// `{split}/{class}`: parts without class folders have no labels; other folders are copies of
    /// these, or refused.
    fn as_splits(&self, root: &str, wrapper: &str, paths: &[&str]) -> Result<Believed, Refusal> {
        let mut notes = Vec::new();
        let mut copies = Vec::new();
        let partitions = self.partitions();
        let strays: Vec<_> = self
            .tops()
            .into_iter()
            .filter(|(name, _)| !partitions.contains(name))
            .collect();
        let inside: BTreeSet<&str> = paths
            .iter()
            .filter(|path| partitions.contains(&first_part(path)))
            .copied()
            .collect();
        for (stray, count) in &strays {
            let theirs = paths
                .iter()
                .filter(|path| first_part(path) == *stray && path.contains('/'));
            if !theirs.clone().all(|path| is_copy(path, &inside)) {
                return Err(Refusal::at(
                    root,
                    "class folders below folders such as train, validation, test, and nothing else",
                    format!(
                        "the folder {stray} with {count} pictures beside {}",
                        partitions.join(", ")
                    ),
                    format!(
                        "write ignore = [\"{wrapper}{stray}\"] to leave it out, or say by layout what the folders are, such as layout = \"{wrapper}{{split}}/{{class}}\""
                    ),
                ));
            }
            copies.push(format!("{wrapper}{stray}"));
            notes.push(format!(
                "passed over: the folder {wrapper}{stray}, a copy of {} with {count} pictures",
                partitions.join(", ")
            ));
        }
        let loose = self.0.get("").copied().unwrap_or(0);
        if loose > 0 {
            notes.push(format!(
                "passed over: {loose} pictures that lie in no folder; they have no label"
            ));
        }
        let mut is_any_labelled = false;
        for name in &partitions {
            let direct = self.0.get(name).copied().unwrap_or(0);
            let classes = self.below(name);
            is_any_labelled |= !classes.is_empty();
            if direct > 0 {
                notes.push(format!(
                    "passed over: {direct} pictures of {wrapper}{name} lie in no class folder, so they have no label and are no {} set",
                    Partition::parse(name).map_or("test", Partition::name)
                ));
            }
            let names: Vec<&str> = classes.into_iter().collect();
            self.check_names(root, &format!("{wrapper}{{split}}/"), name, &names)?;
            self.check_below(root, &format!("{wrapper}{{split}}/"), name, &names)?;
            self.check_repeated(root, &format!("{wrapper}{name}/"), name)?;
        }
        if !is_any_labelled {
            return Err(unlabelled(root, &partitions));
        }
        let layout = Layout::new(&format!("{wrapper}{{split}}/{{class}}"))?;
        Ok(Believed {
            layout,
            notes,
            copies,
        })
    }

    /// `{class}`.
    fn as_classes(&self, root: &str, wrapper: &str) -> Result<Believed, Refusal> {
        let tops = self.tops();
        let names: Vec<&str> = tops.keys().copied().collect();
        if names.is_empty() {
            return Err(unlabelled(root, &[]));
        }
        let loose = self.0.get("").copied().unwrap_or(0);
        let mut notes = Vec::new();
        if loose > 0 {
            notes.push(format!(
                "passed over: {loose} pictures that lie in no folder; they have no label"
            ));
        }
        self.check_repeated(root, wrapper, "")?;
        self.check_names(root, wrapper, "", &names)?;
        self.check_below(root, wrapper, "", &names)?;
        notes.extend(self.deeper(wrapper, &names));
        let layout = Layout::new(&format!("{wrapper}{{class}}"))?;
        Ok(Believed {
            layout,
            notes,
            copies: Vec::new(),
        })
    }

    /// Refuses folders whose names are those of patients, pieces of an archive or papers, below
    /// `inside`; `prefix` is what a layout writes before them.
    fn check_names(
        &self,
        root: &str,
        prefix: &str,
        inside: &str,
        names: &[&str],
    ) -> Result<(), Refusal> {
        if let Some(kind) = numbered(names) {
            let (found, write) = match kind {
                Numbered::Patients => (
                    "numbered folders as of patients",
                    format!(
                        "to read patients above classes, write layout = \"{prefix}{{patient}}/{{class}}\"; if a table gives the labels, name it as the source with image_root; if these are the classes, write layout = \"{prefix}{{class}}\""
                    ),
                ),
                Numbered::Pieces => (
                    "numbered pieces of one archive",
                    format!(
                        "name the table with the labels as the source and this folder as image_root; if these are the classes, write layout = \"{prefix}{{class}}\""
                    ),
                ),
            };
            return Err(Refusal::at(
                root,
                "one folder a class",
                format!("{found}: {}", listed(names, 4)),
                write,
            ));
        }
        if let Some(name) = names.iter().find(|name| is_rarely_a_class(name)) {
            return Err(Refusal::at(
                root,
                "one folder a class",
                format!(
                    "the folder {prefix}{name} with {} pictures, a name that is rarely a class",
                    self.count(inside, name)
                ),
                format!(
                    "write ignore = [\"{prefix}{name}\"] to leave it out, or layout = \"{prefix}{{class}}\" if it is a class"
                ),
            ));
        }
        if names.len() > MOST_CLASSES {
            return Err(Refusal::at(
                root,
                format!("one folder a class, at most {MOST_CLASSES} without a layout"),
                format!("{} folders: {}", names.len(), listed(names, 4)),
                format!(
                    "write layout = \"{prefix}{{class}}\" if each is a class, or layout = \"{prefix}{{patient}}/{{class}}\""
                ),
            ));
        }
        Ok(())
    }

    /// Refuses classes that hold a folder of the name of a class or of a part of the split, and
    /// those that all hold folders of their own.
    fn check_below(
        &self,
        root: &str,
        prefix: &str,
        inside: &str,
        names: &[&str],
    ) -> Result<(), Refusal> {
        let folder = |name: &str| match inside {
            "" => name.to_owned(),
            inside => format!("{inside}/{name}"),
        };
        let mut all_divided = names.len() > 1;
        for name in names {
            let below = self.below(&folder(name));
            let odd = below
                .iter()
                .find(|below| names.contains(below) || Partition::parse(below).is_some());
            if let Some(odd) = odd {
                let write = match Partition::parse(odd) {
                    Some(_) if inside.is_empty() => format!(
                        "write layout = \"{prefix}{{class}}/{{split}}\" if every class has them, or ignore = [\"{name}/{odd}\"]"
                    ),
                    Some(_) => format!("write ignore = [\"{name}/{odd}\"] to leave it out"),
                    None => format!(
                        "write ignore = [\"{name}\"] if it is a copy or no class, or ignore = [\"{name}/{odd}\"]"
                    ),
                };
                return Err(Refusal::at(
                    root,
                    "class folders that hold no class and no part of the split",
                    format!(
                        "the folder {odd} with {} pictures in {name}",
                        self.count(&folder(name), odd)
                    ),
                    write,
                ));
            }
            let has_own = self.0.contains_key(folder(name).as_str());
            all_divided &= below.len() > 1 && !has_own;
        }
        if !all_divided {
            return Ok(());
        }
        let first: Vec<&str> = self.below(&folder(names[0])).into_iter().collect();
        Err(Refusal::at(
            root,
            "one folder a class",
            format!(
                "folders in every folder, such as {} in {}",
                listed(&first, 3),
                names[0]
            ),
            format!(
                "write layout = \"{prefix}*/{{class}}\" if those are the classes; if {} are, layout = \"{prefix}{{class}}/{{patient}}\" where those are patients, or layout = \"{prefix}{{class}}\"",
                listed(names, 3)
            ),
        ))
    }

    /// Folders below classes, which are read as their class.
    fn deeper(&self, wrapper: &str, names: &[&str]) -> Vec<String> {
        let below = names.iter().filter_map(|name| {
            let below: Vec<&str> = self.below(name).into_iter().collect();
            (!below.is_empty()).then(|| {
                format!(
                    "folders in {wrapper}{name} are read as {name}: {}",
                    listed(&below, 4)
                )
            })
        });
        below.take(5).collect()
    }

    /// Pictures below the folder `name` of `inside`.
    fn count(&self, inside: &str, name: &str) -> usize {
        let folder = match inside {
            "" => name.to_owned(),
            inside => format!("{inside}/{name}"),
        };
        let below = |path: &str| path == folder || path.starts_with(&format!("{folder}/"));
        self.0
            .iter()
            .filter(|(path, _)| below(path))
            .map(|(_, count)| count)
            .sum()
    }

    /// Names of the folders directly below `top`.
    fn below(&self, top: &str) -> BTreeSet<&'p str> {
        let inside = self
            .0
            .keys()
            .filter_map(|folder| folder.strip_prefix(top)?.strip_prefix('/'));
        inside.map(first_part).collect()
    }

    /// Refuses class folders, those below `top`, that hold folders of the same names: patients
    /// above classes, pictures beside masks, parts of a split below classes.
    fn check_repeated(&self, root: &str, prefix: &str, top: &str) -> Result<(), Refusal> {
        let mut above: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut depths = BTreeSet::new();
        for folder in self.0.keys() {
            let inside = match top {
                "" => Some(*folder),
                top => folder
                    .strip_prefix(top)
                    .and_then(|rest| rest.strip_prefix('/')),
            };
            if let Some((class, rest)) = inside.and_then(|inside| inside.split_once('/')) {
                let leaf = crate::name::last(rest);
                above.entry(leaf).or_default().insert(class);
                depths.insert(rest.matches('/').count());
            }
        }
        let repeated: Vec<&str> = above
            .iter()
            .filter(|(_, tops)| tops.len() > 1)
            .map(|(leaf, _)| *leaf)
            .collect();
        if repeated.len() < 2 {
            return Ok(());
        }
        let tops: BTreeSet<&str> = above.values().flatten().copied().collect();
        let tops: Vec<&str> = tops.into_iter().collect();
        let prefix = match top {
            "" => prefix.to_owned(),
            _ => format!("{}{{split}}/", prefix.trim_end_matches(&format!("{top}/"))),
        };
        let between = "*/".repeat(depths.first().copied().unwrap_or(0));
        let picked = repeated.iter().find(|name| !is_rarely_a_class(name));
        let write = if repeated.iter().all(|name| Partition::parse(name).is_some()) {
            format!("write layout = \"{prefix}{{class}}/{between}{{split}}\"")
        } else if repeated.iter().any(|name| is_rarely_a_class(name)) {
            format!(
                "write layout = \"{prefix}{{class}}/{between}{}\" to read one of them",
                picked.unwrap_or(&repeated[0])
            )
        } else {
            format!(
                "if those are the classes and what is above them patients, write layout = \"{prefix}{{patient}}/{between}{{class}}\"; if {} are the classes, write layout = \"{prefix}{{class}}\"",
                listed(&tops, 2)
            )
        };
        Err(Refusal::at(
            root,
            "one folder a class",
            format!(
                "the folders {} again and again below {}",
                listed(&repeated, 4),
                listed(&tops, 3)
            ),
            write,
        ))
    }
}

fn first_part(path: &str) -> &str {
    path.split_once('/').map_or(path, |(first, _)| first)
}

/// Whether the end of `path`, without some of its first folders, is among `inside`.
fn is_copy(path: &str, inside: &BTreeSet<&str>) -> bool {
    let mut rest = path;
    while let Some((_, shorter)) = rest.split_once('/') {
        if inside.contains(shorter) {
            return true;
        }
        rest = shorter;
    }
    false
}

fn unlabelled(root: &str, partitions: &[&str]) -> Refusal {
    let below = match partitions {
        [] => String::new(),
        names => format!(" below {}", names.join(", ")),
    };
    Refusal::at(
        root,
        "class folders",
        format!("pictures in no folder of a class{below}"),
        "name the table that holds their labels as the source and this folder as image_root, or write a layout that finds the class in the file name, such as layout = \"{class}_*.png\"",
    )
}

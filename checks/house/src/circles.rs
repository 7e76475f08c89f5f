//! Files of a crate that import each other in a circle.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::house::Room;
use crate::modules::{Reading, Tree, trees};
use crate::names::Target;
use crate::offence::Offence;

/// From file to the files whose items it names, with the line and the name.
type Edges<'a> = BTreeMap<&'a str, BTreeMap<&'a str, (usize, String)>>;

/// The shortest circle through every file that lies on one, each circle once.
pub(crate) fn circles(room: &Room) -> Vec<Offence> {
    let mut found = Vec::new();
    for tree in trees(room, Reading::Shipped) {
        let edges = edges(&tree);
        let mut seen = BTreeSet::new();
        for start in edges.keys() {
            let Some(circle) = shortest_circle(&edges, start) else {
                continue;
            };
            if seen.insert(circle.iter().copied().collect::<BTreeSet<_>>()) {
                found.push(offence(&edges, &circle));
            }
        }
    }
    found
}

/// Declarations of modules and re-exports alone are no edges; an import through a re-export leads
/// to the file that defines the item.
fn edges<'a>(tree: &Tree<'a>) -> Edges<'a> {
    let mut edges = Edges::new();
    for (index, module) in tree.modules.iter().enumerate() {
        let contents = &module.contents;
        let mut add = |segments: &[&'a str], line: usize| {
            let mut inside = None;
            for target in tree.targets(index, segments) {
                match target {
                    Target::Module(target) => inside = Some(target),
                    Target::Item(target) => {
                        let file = tree.modules[target].file;
                        if file != module.file {
                            let to: &mut BTreeMap<_, _> = edges.entry(module.file).or_default();
                            to.entry(file)
                                .or_insert_with(|| (line, segments.join("::")));
                        }
                    }
                }
            }
            inside
        };
        for path in &contents.paths {
            add(&path.segments, path.line);
        }
        for import in &contents.imports {
            match import.name {
                Some(name) if import.public && !contents.words.contains(name) => {}
                Some(_) => {
                    add(&import.segments, import.line);
                }
                None => {
                    if add(&import.segments, import.line).is_some() {
                        for word in &contents.words {
                            add(&[&import.segments[..], &[word]].concat(), import.line);
                        }
                    }
                }
            }
        }
    }
    edges
}

/// The files of the shortest way from `start` back to it.
fn shortest_circle<'a>(edges: &Edges<'a>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut from = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for next in edges.get(file).into_iter().flat_map(BTreeMap::keys) {
            if *next == start {
                let mut circle = vec![file];
                while let Some(before) = circle.last().and_then(|last| from.get(last)) {
                    circle.push(*before);
                }
                circle.reverse();
                return Some(circle);
            }
            if !from.contains_key(next) {
                from.insert(*next, file);
                queue.push_back(next);
            }
        }
    }
    None
}

fn offence(edges: &Edges, circle: &[&str]) -> Offence {
    let next = circle.iter().cycle().skip(1);
    let steps = circle.iter().zip(next).map(|(from, to)| {
        let (line, name) = &edges[from][to];
        format!("{from}:{line} (`{name}`) → ")
    });
    let steps: String = steps.collect();
    let first = circle[0];
    Offence {
        file: first.to_string(),
        line: edges[first][circle[1 % circle.len()]].0,
        what: format!(
            "circle of files: {steps}{first}; move what both need into a file below them, \
             or the method into the higher file"
        ),
    }
}

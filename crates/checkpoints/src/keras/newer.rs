//! Files of Keras 3: groups by the class of layer, variables by number. In newer versions the group
//! also has the name of its layer; in older ones only the archive around it knows.

use std::collections::BTreeSet;

use hdf5_file::{Child, Object};

use super::collected::Collected;
use super::config::Layers;
use super::variable::{of_newer, unnumbered};
use crate::error::{Flaw, shown};

/// Most groups inside each other.
const DEEPEST: usize = 32;
/// Most letters of all paths.
const MOST_LETTERS: usize = 64 << 20;
/// Where variables are.
const VARIABLES: &str = "vars";

/// Takes all arrays, but for those of an optimiser.
pub(super) fn read(root: &Object, layers: &Layers, all: &mut Collected) -> Result<(), Flaw> {
    let mut seen = BTreeSet::from([root.address()]);
    let mut open = Open::default();
    open.push(root, "")?;
    open.paths.retain(|(path, _)| path != "optimizer");
    while let Some((path, child)) = open.paths.pop() {
        let object = root.open(child)?;
        if !object.is_group() {
            all.take(path.clone(), &path, &object)?;
            continue;
        }
        // One that is linked twice counts once.
        if !seen.insert(object.address()) {
            continue;
        }
        if path.matches('/').count() >= DEEPEST {
            return Err(Flaw::Damaged(format!("groups deeper than {DEEPEST}")));
        }
        match path.rsplit_once('/') {
            Some((layer, VARIABLES)) => variables(layer, &object, layers, all)?,
            _ => open.push(&object, &path)?,
        }
    }
    Ok(())
}

/// What is to be read yet, the next on top.
#[derive(Default)]
struct Open {
    paths: Vec<(String, Child)>,
    /// Of all paths that ever were.
    letters: usize,
}

impl Open {
    fn push(&mut self, group: &Object, path: &str) -> Result<(), Flaw> {
        for (name, child) in group.children()?.into_iter().rev() {
            let path = match path {
                "" => name,
                path => format!("{path}/{name}"),
            };
            self.letters += path.len();
            if self.letters > MOST_LETTERS {
                return Err(Flaw::Damaged(format!(
                    "names of more than {MOST_LETTERS} letters"
                )));
            }
            self.paths.push((path, child));
        }
        Ok(())
    }
}

/// The variables of a layer.
fn variables(path: &str, group: &Object, layers: &Layers, all: &mut Collected) -> Result<(), Flaw> {
    let children = group.children()?;
    let layer = layers.find(path);
    let last = path.rsplit('/').next().unwrap_or(path);
    let stated = group
        .texts("name")?
        .and_then(|names| names.into_iter().next());
    let known = layer.map(|layer| layer.name.clone());
    let name = stated.or(known).unwrap_or_else(|| last.into());
    let has_gamma = layer.map(|layer| layer.has_gamma_alone);
    let class = unnumbered(last);
    for (number, child) in &children {
        let array = group.open(*child)?;
        if array.is_group() {
            return Err(Flaw::Damaged(format!(
                "a group among the variables of `{}`",
                shown(path)
            )));
        }
        let variable = number.parse().ok();
        let variable = variable.and_then(|n| of_newer(class, n, children.len(), has_gamma));
        let variable = variable.unwrap_or(number);
        all.take(
            format!("{name}/{variable}"),
            &format!("{path}/{VARIABLES}/{number}"),
            &array,
        )?;
    }
    Ok(())
}

//! Files of Keras 3: groups by the class of layer, variables by number. Since 3.10 or so the group
//! also has the name of its layer; before that only the archive around it knows.

use std::collections::BTreeSet;

use hdf5_file::Object;

use super::collected::Collected;
use super::config::Layers;
use super::variable::{of_newer, unnumbered};
use crate::error::{Flaw, shown};

/// Most groups inside each other.
const DEEPEST: usize = 32;
/// Where variables are.
const VARIABLES: &str = "vars";

/// Takes all arrays, but for those of an optimiser.
pub(super) fn read(root: &Object, layers: &Layers, all: &mut Collected) -> Result<(), Flaw> {
    let mut seen = BTreeSet::from([root.address()]);
    let mut open = Vec::new();
    push(root, "", &mut open)?;
    open.retain(|(path, _)| path != "optimizer");
    while let Some((path, object)) = open.pop() {
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
            _ => push(&object, &path, &mut open)?,
        }
    }
    Ok(())
}

/// The members of a group, the first on top.
fn push<'f, 'a>(
    group: &Object<'f, 'a>,
    path: &str,
    open: &mut Vec<(String, Object<'f, 'a>)>,
) -> Result<(), Flaw> {
    for (name, child) in group.children()?.into_iter().rev() {
        let path = match path {
            "" => name,
            path => format!("{path}/{name}"),
        };
        open.push((path, group.open(child)?));
    }
    Ok(())
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

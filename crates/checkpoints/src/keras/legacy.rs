//! Files of `save_weights` and `save` up to Keras 2, and of Keras 3 where the name ends in `.h5`: names
//! of layers as an attribute, in the group of each layer names of its weights.

use std::collections::BTreeSet;

use hdf5_file::Object;

use super::collected::Collected;
use super::names::names;
use super::variable::of_legacy;
use crate::error::{Flaw, shown};

/// The layers of a legacy file; none of another file.
pub(super) fn layers(root: &Object) -> Result<Option<Vec<String>>, Flaw> {
    names(root, "layer_names")
}

/// Takes the weights of all layers.
pub(super) fn read(root: &Object, layers: &[String], all: &mut Collected) -> Result<(), Flaw> {
    let groups = root.children()?;
    for layer in layers {
        let group = match groups.get(layer) {
            Some(child) => Some(root.open(*child)?),
            // A slash in the name of a layer is one of a path.
            None => root.find(layer)?,
        };
        let Some(group) = group else {
            return Err(lost(layer, "its group"));
        };
        let weights = names(&group, "weight_names")?.unwrap_or_default();
        // Layers of a model inside the model have their own names.
        let owners: BTreeSet<&str> = weights.iter().filter_map(|name| owner(name)).collect();
        let is_path = |name: &String| {
            let inner = name
                .strip_prefix(layer)
                .and_then(|rest| rest.strip_prefix('/'));
            inner.is_some_and(|inner| inner.contains('/'))
        };
        let is_model = owners.len() > 1 || weights.iter().any(is_path);
        for weight in &weights {
            let Some(array) = group.find(weight)? else {
                return Err(lost(layer, weight));
            };
            let variable = of_legacy(weight);
            let owner = match owner(weight) {
                Some(owner) if is_model => owner,
                _ => layer,
            };
            // Keras 3 has no slash in the names of layers, and this one where Keras 2 had one.
            let owner = owner.replace('/', "_");
            let path = format!("{layer}/{}", weight.trim_end_matches(":0"));
            all.take(format!("{owner}/{variable}"), &path, &array)?;
        }
    }
    Ok(())
}

/// The layer that a weight's own name has before the variable.
fn owner(weight: &str) -> Option<&str> {
    weight.rsplit('/').nth(1)
}

fn lost(layer: &str, what: &str) -> Flaw {
    Flaw::Damaged(format!(
        "layer `{}` is named, but {} is not there",
        shown(layer),
        shown(what)
    ))
}

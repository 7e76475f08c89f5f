//! The units that shares rise over: what has a body of a residual sum, or two of them.

use std::collections::BTreeMap;

use networks::{Added, Auxiliary, Branches, Gate, Layer, Network, Parameter, Product, Residual};

use super::original::Rise;

/// The name of the body of a residual sum: the path of its first tensor. None for a sum that is no
/// part of the network: what a regime adds stands beside a layer.
pub fn body(residual: &Residual<Layer>) -> Option<String> {
    let is_beside = |layer: &Layer| matches!(layer, Layer::Added(_));
    match residual.shortcut.iter().any(is_beside) {
        true => None,
        false => Some(own(residual).into_iter().next()?.path),
    }
}

/// The tensors of a body that no regime added.
fn own(residual: &Residual<Layer>) -> Vec<Parameter> {
    let mut tensors = Vec::new();
    for layer in &residual.body {
        layer.parameters(0, &mut tensors);
    }
    tensors.retain(|tensor| !tensor.is_added);
    tensors
}

/// A body, and the unit that it belongs to.
struct Found {
    name: String,
    block: usize,
    unit: String,
}

/// Name and block of every body, and which part of the share asked for is its own, from 0 to 1.
pub(super) fn rising(network: &Network, rise: Rise) -> Vec<(String, usize, f64)> {
    let mut found = Vec::new();
    for (block, of) in network.blocks.iter().enumerate() {
        collect(&of.layers, block, &mut found);
    }
    let units: Vec<String> = match rise {
        Rise::BelowShare => inverted(network),
        Rise::AboveZero | Rise::FromZero => distinct(found.iter().map(|body| body.unit.clone())),
    };
    let count = units.len() as f64;
    let places: BTreeMap<&str, usize> = units
        .iter()
        .enumerate()
        .map(|(place, unit)| (unit.as_str(), place))
        .collect();
    let bodies = found.iter().map(|body| {
        let unit = match rise {
            Rise::BelowShare => inverted_unit(&body.name).unwrap_or(&body.unit),
            Rise::AboveZero | Rise::FromZero => &body.unit,
        };
        let place = places.get(unit).copied().unwrap_or_default() as f64;
        let part = match rise {
            Rise::AboveZero => (place + 1.0) / count,
            Rise::FromZero => place / (count - 1.0).max(1.0),
            Rise::BelowShare => place / count.max(1.0),
        };
        (body.name.clone(), body.block, part)
    });
    bodies.collect()
}

fn collect(layers: &[Layer], block: usize, found: &mut Vec<Found>) {
    for layer in layers {
        match layer {
            Layer::Residual(residual) => {
                if let Some(name) = body(residual) {
                    let paths = own(residual).into_iter().map(|tensor| tensor.path);
                    found.push(Found {
                        name,
                        block,
                        unit: shared(&paths.collect::<Vec<_>>()),
                    });
                }
                collect(&residual.body, block, found);
                collect(&residual.shortcut, block, found);
            }
            Layer::Branches(Branches(branches)) => {
                branches
                    .iter()
                    .for_each(|branch| collect(branch, block, found));
            }
            Layer::Product(Product(factors)) => {
                factors
                    .iter()
                    .for_each(|factor| collect(factor, block, found));
            }
            Layer::Gate(Gate(inner)) => collect(inner, block, found),
            // Neither is on the way from the pictures to the logits of the network itself.
            Layer::Auxiliary(Auxiliary(_)) | Layer::Added(Added(_)) => {}
            _ => {}
        }
    }
}

/// The leading parts that all paths have in common: of attention and perceptron, their block.
fn shared(paths: &[String]) -> String {
    let mut common: Vec<&str> = paths
        .first()
        .map_or(Vec::new(), |path| path.split('.').collect());
    for path in paths {
        let same = common
            .iter()
            .zip(path.split('.'))
            .take_while(|(a, b)| **a == *b);
        let count = same.count();
        common.truncate(count);
    }
    common.join(".")
}

/// The units of inverted residuals, those without a sum included.
fn inverted(network: &Network) -> Vec<String> {
    let parameters = network.parameters();
    let units = parameters.iter().filter_map(|p| inverted_unit(&p.path));
    distinct(units.map(String::from))
}

/// The unit of inverted residuals that a tensor belongs to, by torchvision's names and by timm's.
fn inverted_unit(path: &str) -> Option<&str> {
    if let Some((unit, _)) = path.split_once(".block.") {
        return Some(unit);
    }
    let third = path.match_indices('.').nth(2)?.0;
    path.starts_with("blocks.").then(|| &path[..third])
}

/// Each once, in order.
fn distinct(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for one in all {
        if distinct.last() != Some(&one) && !distinct.contains(&one) {
            distinct.push(one);
        }
    }
    distinct
}

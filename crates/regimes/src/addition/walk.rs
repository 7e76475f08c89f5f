//! Through the layers of a network, those inside of others included.

use networks::{Added, Auxiliary, Block, Branches, Gate, Layer, Network, Product, Residual};

/// `network` with every layer that holds no others replaced by what `replace` makes of it.
pub(super) fn rewritten(network: &Network, replace: &dyn Fn(&Layer) -> Vec<Layer>) -> Network {
    let blocks = network.blocks.iter().map(|block| Block {
        name: block.name.clone(),
        layers: layers(&block.layers, replace),
    });
    Network {
        blocks: blocks.collect(),
        ..network.clone()
    }
}

fn layers(all: &[Layer], replace: &dyn Fn(&Layer) -> Vec<Layer>) -> Vec<Layer> {
    let inner = |list: &[Layer]| layers(list, replace);
    let one = |layer: &Layer| match layer {
        Layer::Residual(residual) => vec![Layer::Residual(Residual {
            body: inner(&residual.body),
            shortcut: inner(&residual.shortcut),
            relu: residual.relu,
        })],
        Layer::Branches(Branches(branches)) => {
            let branches = branches.iter().map(|branch| inner(branch));
            vec![Layer::branches(branches.collect())]
        }
        Layer::Product(Product(factors)) => {
            let factors = factors.each_ref().map(|factor| inner(factor));
            vec![Layer::Product(Product(factors))]
        }
        Layer::Gate(Gate(body)) => vec![Layer::gate(inner(body))],
        Layer::Auxiliary(Auxiliary(head)) => vec![Layer::auxiliary(inner(head))],
        Layer::Added(Added(list)) => vec![Layer::Added(Added(inner(list)))],
        leaf => replace(leaf),
    };
    all.iter().flat_map(one).collect()
}

/// Every layer of `network` that holds no others, in the order of the forward pass.
pub(super) fn leaves(network: &Network) -> Vec<&Layer> {
    let mut all = Vec::new();
    for block in &network.blocks {
        collect(&block.layers, &mut all);
    }
    all
}

fn collect<'n>(list: &'n [Layer], all: &mut Vec<&'n Layer>) {
    for layer in list {
        match layer {
            Layer::Residual(residual) => {
                collect(&residual.body, all);
                collect(&residual.shortcut, all);
            }
            Layer::Branches(Branches(branches)) => {
                branches.iter().for_each(|branch| collect(branch, all));
            }
            Layer::Product(Product(factors)) => {
                factors.iter().for_each(|factor| collect(factor, all));
            }
            Layer::Gate(Gate(inner)) | Layer::Auxiliary(Auxiliary(inner)) => collect(inner, all),
            Layer::Added(Added(inner)) => collect(inner, all),
            leaf => all.push(leaf),
        }
    }
}

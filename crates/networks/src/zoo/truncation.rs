//! Truncated networks (Ke et al. 2021, "CheXtransfer"): the first blocks with a new head.

use crate::layer::Layer;
use crate::network::{Block, Network};

/// The blocks up to and including the one at index `last`, then what the whole network reduces its
/// map with (the mean, or the first token) and one linear layer under the path of its classifier.
pub(super) fn truncate(network: Network, last: usize) -> Network {
    let mut layers = match reads_first_token(&network) {
        true => vec![Layer::FirstToken],
        false => {
            let head = network.blocks.last();
            let head = head.into_iter().flat_map(|head| &head.layers);
            let tokens = head.filter(|layer| matches!(layer, Layer::PatchTokens(_)));
            tokens.cloned().chain([Layer::GlobalAverage]).collect()
        }
    };
    let mut blocks = network.blocks;
    let classifier = blocks.last().and_then(|head| head.layers.last());
    let path = classifier.map_or(String::new(), |layer| layer.name().to_string());
    blocks.truncate(last + 1);
    let channels = network.input.channels;
    let features = blocks.iter().fold(channels, |n, block| block.channels(n));
    layers.push(Layer::linear(path, [features, network.classes]));
    blocks.push(Block::new("head", layers));
    Network {
        first_new: network.first_new.or(Some(last + 1)),
        blocks,
        ..network
    }
}

/// Whether the head reads the first token alone.
pub(super) fn reads_first_token(network: &Network) -> bool {
    let head = network.blocks.last();
    head.is_some_and(|head| head.layers.contains(&Layer::FirstToken))
}

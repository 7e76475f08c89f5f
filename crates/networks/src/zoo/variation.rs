//! Networks made of one of the zoo: its later blocks narrower, or left out.

use super::choice::Choice;
use super::slim::slim;
use super::truncation::{reads_first_token, truncate};
use crate::layer::Attention;
use crate::network::{Block, Network};
use crate::network_error::NetworkError;

/// The network as `choice` wants it: slimmed first, then truncated.
pub(super) fn varied(whole: Network, choice: &Choice) -> Result<Network, NetworkError> {
    let divisor = choice.divisor();
    if choice.divide.is_some() && (choice.slim.is_none() || divisor < 2) {
        return Err(NetworkError::Divide {
            network: whole.name,
            divide: divisor,
        });
    }
    let mut network = whole;
    if let Some(block) = &choice.slim {
        let last = last_kept(&network, "slimmed", block)?;
        network = slim(network, last, divisor)?;
    }
    if let Some(block) = &choice.truncate {
        let last = last_kept(&network, "truncated", block)?;
        network = truncate(network, last);
    }
    Ok(network)
}

/// Index of `block`, if the network can be changed behind it.
fn last_kept(network: &Network, change: &'static str, block: &str) -> Result<usize, NetworkError> {
    let index = network.block_index(block);
    let reason = match index {
        None => "there is no such block",
        Some(index) => match obstacle(network, change, index) {
            None => return Ok(index),
            Some(reason) => reason,
        },
    };
    let known = (0..network.blocks.len()).filter(|i| obstacle(network, change, *i).is_none());
    let known: Vec<_> = known.map(|i| network.blocks[i].name.as_str()).collect();
    Err(NetworkError::Behind {
        network: network.name.clone(),
        change,
        block: block.into(),
        reason,
        known: known.join(", "),
    })
}

/// Why the network cannot be changed behind its block `index`.
fn obstacle(network: &Network, change: &str, index: usize) -> Option<&'static str> {
    if index + 2 >= network.blocks.len() {
        return Some("only the head would change");
    }
    if change != "truncated" {
        return None;
    }
    if network.first_new.is_some_and(|new| index < new) {
        return Some("every slimmed block would be left out");
    }
    let is_blind = reads_first_token(network) && !attends(&network.blocks[..=index]);
    is_blind.then_some("its class token has not seen the picture there")
}

fn attends(blocks: &[Block]) -> bool {
    let mut layers = blocks.iter().flat_map(|block| &block.layers);
    layers.any(|layer| layer.as_ref().holds::<Attention>())
}

#[cfg(test)]
mod tests;

//! The tensors of one network, by block: what selections in a study can name.

use networks::{Kind, Network};
use serde::Serialize;

use crate::cli::table::{table, thousands};

/// One tensor.
#[derive(Debug, Serialize)]
pub struct TensorRow {
    block: String,
    path: String,
    kind: Kind,
    shape: Vec<usize>,
    /// Numbers in it.
    values: usize,
}

/// Every tensor of `network`, from the input to the head.
pub fn tensors(network: &Network) -> Vec<TensorRow> {
    let parameters = network.parameters().into_iter();
    parameters
        .map(|p| TensorRow {
            block: network.blocks[p.block].name.clone(),
            kind: p.kind,
            values: p.len(),
            path: p.path,
            shape: p.shape,
        })
        .collect()
}

/// The same for the terminal.
pub fn tensor_table(rows: &[TensorRow]) -> String {
    let cells = rows.iter().map(|row| {
        let shape: Vec<_> = row.shape.iter().map(usize::to_string).collect();
        vec![
            row.block.clone(),
            row.path.clone(),
            shape.join(" × "),
            thousands(row.values as u64),
        ]
    });
    table(&["block", "tensor", "shape", "numbers"], 2, cells).to_string()
}

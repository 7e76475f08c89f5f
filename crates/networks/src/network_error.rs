//! Why networks are refused.

use thiserror::Error;

use crate::layer::Shape;

/// Why a network cannot be built or cannot read an input.
#[derive(Debug, Error, PartialEq)]
pub enum NetworkError {
    /// No such name in the zoo.
    #[error("unknown network `{name}`{}; known: {known}", nearest.as_ref().map(|n| format!(", did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// What was asked for.
        name: String,
        /// The closest name that exists.
        nearest: Option<String>,
        /// Every name, comma separated.
        known: String,
    },
    /// A network of one's own that is none.
    #[error("network {place}: expected {expected}, found {found}")]
    Own {
        /// The network, and where in it.
        place: String,
        /// What can stand there.
        expected: String,
        /// What does.
        found: String,
    },
    /// An option that the network does not have.
    #[error("network `{name}` has no option `{option}`; it applies to {applies_to}")]
    Option {
        /// The network.
        name: String,
        /// The option given.
        option: &'static str,
        /// Names of the networks that have it, comma separated.
        applies_to: String,
    },
    /// A block behind which the network cannot be slimmed or truncated.
    #[error("network `{network}` cannot be {change} behind block `{block}`: {reason}; {}", if known.is_empty() { "it has no block that could be named".into() } else { format!("choose one of {known}") })]
    Behind {
        /// The network.
        network: String,
        /// `slimmed` or `truncated`.
        change: &'static str,
        /// The block named.
        block: String,
        /// Why not.
        reason: &'static str,
        /// The blocks that can be named, comma separated.
        known: String,
    },
    /// A divisor of widths without a block behind which it acts, or one that divides nothing.
    #[error(
        "network `{network}` has divide = {divide}: expected a number of at least 2, beside slim = \"<block>\""
    )]
    Divide {
        /// The network.
        network: String,
        /// The divisor given.
        divide: usize,
    },
    /// A layer whose width cannot be divided as asked.
    #[error(
        "network `{network}` cannot be slimmed with divide = {divide}: layer `{layer}` {problem}"
    )]
    Slim {
        /// The network.
        network: String,
        /// The divisor.
        divide: usize,
        /// The layer.
        layer: String,
        /// What is in the way.
        problem: String,
    },
    /// The map is smaller than the window that has to slide over it.
    #[error("layer `{layer}` needs at least {}×{} pixels and gets {height}×{width}; use larger images (CBR networks also take padding = \"same\")", kernel[0], kernel[1])]
    MapTooSmall {
        /// The layer.
        layer: String,
        /// Rows that arrive.
        height: usize,
        /// Columns that arrive.
        width: usize,
        /// Window.
        kernel: [usize; 2],
    },
    /// A size of image that the network cannot be built for.
    #[error("network `{name}` cannot read images of {found} pixels: expected {expected}")]
    Size {
        /// The network.
        name: String,
        /// Rows by columns of the image, in pixels.
        found: String,
        /// The sizes that it reads.
        expected: &'static str,
    },
    /// A layer that cannot read what arrives.
    #[error("layer `{layer}` cannot read a map of {} channels, {}×{} pixels", found.channels, found.height, found.width)]
    Mismatch {
        /// The layer.
        layer: String,
        /// What arrives.
        found: Shape,
    },
}

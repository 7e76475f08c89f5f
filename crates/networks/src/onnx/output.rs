//! What goes in and comes out of a file's graph.

/// Name of the graph's input: normalised pixels, float32 `[batch, channels, height, width]`.
pub const INPUT: &str = "image";
/// Name of the first output, float32 `[batch, classes]`.
pub const LOGITS: &str = "logits";
/// Name of the second output, float32 in [0, 1], `[batch, classes]`.
pub const PROBABILITIES: &str = "probabilities";

/// What makes probabilities out of logits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputKind {
    /// `e^zᵢ / Σⱼ e^zⱼ`: one class an image.
    Softmax,
    /// `1 / (1 + e⁻ᶻ)`: every class by itself.
    Sigmoid,
}

//! What the weights of a network are drawn from in random initialisation.

/// What the entries of a weight are drawn from, independently.
///
/// Fan-in is the number of inputs that one output sums over, fan-out that of the outputs that one
/// input reaches, both counted as PyTorch counts them (the groups of a convolution only count in
/// the fan-in).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Draw {
    /// N(0, 2 / fan-out): He for ReLU, keeping the variance of gradients.
    HeFanOut,
    /// N(0, 2 / fan-in): He for ReLU, keeping the variance of maps.
    HeFanIn,
    /// Uniform within ±√(6 / fan-out): the variance of [`Draw::HeFanOut`].
    HeUniformFanOut,
    /// Uniform within ±√(6 / fan-in): the variance of [`Draw::HeFanIn`].
    HeUniformFanIn,
    /// Uniform within ±1/√fan-in.
    UniformFanIn,
    /// Uniform within ±1/√fan-out.
    UniformFanOut,
    /// N(0, 2 / (fan-in + fan-out)).
    GlorotNormal,
    /// Uniform within ±√(6 / (fan-in + fan-out)): the variance of [`Draw::GlorotNormal`].
    GlorotUniform,
    /// N(0, std²).
    Normal(f64),
    /// N(0, std²), drawn again outside ±2.
    Truncated(f64),
    /// N(0, std²), drawn again outside ±2 std. The variance of what remains is 0.774 std².
    CutNormal(f64),
}

/// What a network's weights are drawn from. Biases and shifts are 0, scales 1, running means 0,
/// running variances 1, factors of LayerScale 1e-6, those of responses 0, class tokens N(0, 1e-12),
/// positions N(0, 0.02²).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draws {
    /// Convolutions.
    pub conv: Draw,
    /// Linear layers.
    pub linear: Draw,
}

impl Draws {
    /// torchvision's ResNets, and what serves here where nothing else is known.
    pub const RESNET: Self = Self {
        conv: Draw::HeFanOut,
        linear: Draw::UniformFanIn,
    };
    /// Transformers, and networks that follow them: N(0, 0.02²) truncated.
    pub const TRANSFORMER: Self = Self {
        conv: Draw::Truncated(0.02),
        linear: Draw::Truncated(0.02),
    };
}

//! Functions of single numbers.

/// A function that is applied to every number by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Activation {
    /// `max(x, 0)`; the gradient at 0 is 0.
    Relu,
    /// `min(max(x, 0), 6)`; the gradient at 0 and at 6 is 0.
    Relu6,
    /// `x / (1 + e⁻ˣ)`, also called swish.
    Silu,
    /// `x Φ(x)` with `Φ(x) = (1 + erf(x / √2)) / 2`: the exact form, not the one by tanh.
    Gelu,
    /// `1 / (1 + e⁻ˣ)`
    Sigmoid,
}

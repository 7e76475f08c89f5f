//! First and second moments of one view, and of two views together.

/// Moments of one view about its pilot mean, of `channels` dimensions.
///
/// With `x̃ᵢ = xᵢ − pilot`, accumulated in `f64`. The pilot (mean of the first datapoints) keeps
/// large means from cancelling the digits of small variances.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Moments {
    pub(crate) channels: usize,
    /// Datapoints.
    pub(crate) count: u64,
    /// `[channels]`
    pub(crate) pilot: Vec<f64>,
    /// `Σ x̃ᵢ`, `[channels]`
    pub(crate) sum: Vec<f64>,
    /// `Σ x̃ᵢ x̃ᵢᵀ`, `[channels, channels]`, row-major; the lower triangle holds.
    pub(crate) second: Vec<f64>,
    /// `Σ aᵢ` with `aᵢ = ‖x̃ᵢ‖²`
    pub(crate) norm_sum: f64,
    /// `Σ aᵢ²`
    pub(crate) norm_square_sum: f64,
    /// `Σ aᵢ x̃ᵢ`, `[channels]`
    pub(crate) norm_weighted: Vec<f64>,
    /// Values that were infinite or not a number; with any, no measure has a value.
    pub(crate) not_finite: u64,
}

/// Moments of two views of the same datapoints, about the pilots of their [`Moments`].
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct CrossMoments {
    /// Datapoints.
    pub(crate) count: u64,
    /// `Σ x̃ᵢ ỹᵢᵀ`, `[p, q]`, row-major.
    pub(crate) second: Vec<f64>,
    /// `Σ aᵢ bᵢ` with `aᵢ = ‖x̃ᵢ‖²`, `bᵢ = ‖ỹᵢ‖²`
    pub(crate) norm_product_sum: f64,
    /// `Σ bᵢ x̃ᵢ`, `[p]`
    pub(crate) left_weighted: Vec<f64>,
    /// `Σ aᵢ ỹᵢ`, `[q]`
    pub(crate) right_weighted: Vec<f64>,
}

/// Two views with what they have in common: all that the measures of second moments need.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// View `a`, `p` channels.
    pub a: &'a Moments,
    /// View `b`, `q` channels.
    pub b: &'a Moments,
    /// Their cross moments.
    pub cross: &'a CrossMoments,
}

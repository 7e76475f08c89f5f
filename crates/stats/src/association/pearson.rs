use super::points::check;
use crate::StatsError;

/// Pearson's correlation of `x` and `y`, one entry a point, in `-1..=1`.
///
/// `r = Σ (xᵢ − x̄)(yᵢ − ȳ) / √(Σ (xᵢ − x̄)² Σ (yᵢ − ȳ)²)`, as `scipy.stats.pearsonr`. Not a measure
/// of agreement, and one point far out can make it.
pub fn pearson(x: &[f64], y: &[f64]) -> Result<f64, StatsError> {
    check(x, y)?;
    let (x, y) = (standardised(x)?, standardised(y)?);
    let product: f64 = x.iter().zip(&y).map(|(x, y)| x * y).sum();
    Ok(product.clamp(-1.0, 1.0))
}

/// Mean 0 and length 1. Values are first divided by the largest, so that no square overflows.
fn standardised(values: &[f64]) -> Result<Vec<f64>, StatsError> {
    let largest = values.iter().fold(0.0, |most: f64, v| most.max(v.abs()));
    let mut values: Vec<f64> = values.iter().map(|v| v / largest).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    values.iter_mut().for_each(|v| *v -= mean);
    let length = values.iter().map(|v| v * v).sum::<f64>().sqrt();
    if !(length.is_finite() && length > 0.0) {
        return Err(StatsError::Diverged {
            what: "a correlation",
        });
    }
    values.iter_mut().for_each(|v| *v /= length);
    Ok(values)
}

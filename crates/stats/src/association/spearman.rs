use super::pearson;
use super::points::check;
use crate::StatsError;

/// Spearman's rank correlation of `x` and `y`, one entry a point, in `-1..=1`.
///
/// [`pearson()`] of the ranks, equal values having the mean of their ranks, as `scipy.stats.spearmanr`.
/// It asks whether one quantity grows with the other, not whether it does so in a line.
pub fn spearman(x: &[f64], y: &[f64]) -> Result<f64, StatsError> {
    check(x, y)?;
    pearson(&ranks(x), &ranks(y))
}

/// Ranks from 1, the mean of them among equal values.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let mean = first as f64 + (equal.len() + 1) as f64 / 2.0;
        equal.iter().for_each(|point| ranks[*point] = mean);
        first += equal.len();
    }
    ranks
}

use stats::{StatsError, holm, normal_quantile};

use crate::contrast::Contrast;
use crate::rectangle::{Closeness, Correlated};

/// As far out as a normal quantile is told.
const FARTHEST: f64 = 37.0;

/// Two-sided p values of `contrasts`, adjusted for being several by the step-down method of Westfall
/// and Young (1993) on the joint normal distribution of their errors: with p ascending, the chance
/// that any of those not yet passed is as small, made rising.
///
/// It controls the chance of any false conclusion as Holm's method does and lies between the p
/// value and Holm's: contrasts with one baseline err together, which Holm's cannot know. `error`:
/// what the values are to be held against.
pub(crate) fn adjusted(
    contrasts: &[&Contrast],
    p: &[Option<f64>],
    error: f64,
) -> Result<Vec<Option<f64>>, StatsError> {
    let by_holm = holm(p)?;
    let mut order: Vec<(f64, usize)> = p
        .iter()
        .enumerate()
        .filter_map(|(place, p)| Some(((*p)?, place)))
        .collect();
    if order.len() < 2 || !Correlated::is_few(order.len()) {
        return Ok(by_holm);
    }
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let errors = Correlated::new(contrasts.len(), |a, b| {
        contrasts[a].correlation(contrasts[b])
    });
    let mut adjusted = vec![None; p.len()];
    let mut largest = 0.0f64;
    for passed in 0..order.len() {
        let (p, place) = order[passed];
        let left: Vec<usize> = order[passed..].iter().map(|(_, place)| *place).collect();
        let reach = (-normal_quantile(0.5 * p)).min(FARTHEST);
        let most = by_holm[place].unwrap_or(1.0);
        let closeness = Closeness::of(p, most, error);
        let any = 1.0 - errors.within(&left, -reach, reach, closeness);
        largest = largest.max(any.clamp(p, most.max(p)));
        adjusted[place] = Some(largest.min(1.0));
    }
    Ok(adjusted)
}

use crate::StatsError;
use crate::input::check_probabilities;

/// p values adjusted for being several, by Holm's step-down method (Scandinavian Journal of
/// Statistics 1979): with `m` values in ascending order, `max over j ≤ i of (m − j) · pⱼ`
/// (`j` from 0), at most 1.
///
/// Concluding where the adjusted value is below 0.05 keeps the chance of **any** false conclusion
/// in the family below 0.05, whatever the dependence. Equal to statsmodels'
/// `multipletests(method="holm")` and R's `p.adjust`. It is not a false discovery rate.
///
/// `p`: in `0..=1`; an absent value (no test was possible) stays absent and does not count into
/// `m`.
///
/// ```
/// let adjusted = stats::holm(&[Some(0.25), None, Some(0.125), Some(0.03125)])?;
/// assert_eq!(adjusted, [Some(0.25), None, Some(0.25), Some(0.09375)]);
/// # Ok::<(), stats::StatsError>(())
/// ```
pub fn holm(p: &[Option<f64>]) -> Result<Vec<Option<f64>>, StatsError> {
    let present: Vec<f64> = p.iter().flatten().copied().collect();
    check_probabilities("p values", &present)?;
    let mut order: Vec<(f64, usize)> = p
        .iter()
        .enumerate()
        .filter_map(|(at, p)| Some(((*p)?, at)))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut adjusted = vec![None; p.len()];
    let mut largest = 0.0f64;
    for (rank, &(value, at)) in order.iter().enumerate() {
        largest = largest.max(value * (order.len() - rank) as f64).min(1.0);
        adjusted[at] = Some(largest);
    }
    Ok(adjusted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keeps_the_order_and_never_helps(
            p in prop::collection::vec(prop::option::weighted(0.9, 0.0..=1.0f64), 0..30)
        ) {
            let adjusted = holm(&p).unwrap();
            for (raw, after) in p.iter().zip(&adjusted) {
                prop_assert_eq!(raw.is_some(), after.is_some());
                prop_assert!(raw <= after && after.unwrap_or(1.0) <= 1.0);
            }
            // The smallest is adjusted as by Bonferroni.
            let smallest = |p: &[Option<f64>]| p.iter().flatten().copied().reduce(f64::min);
            let bonferroni = p.iter().flatten().count() as f64;
            let expected = smallest(&p).map(|p| (p * bonferroni).min(1.0));
            prop_assert_eq!(smallest(&adjusted), expected);
            for (i, a) in p.iter().enumerate() {
                for (j, b) in p.iter().enumerate() {
                    if let (Some(a), Some(b)) = (a, b) && a <= b {
                        prop_assert!(adjusted[i] <= adjusted[j]);
                    }
                }
            }
        }

        #[test]
        fn does_not_depend_on_the_order(p in prop::collection::vec(0.0..=1.0f64, 1..12)) {
            let p: Vec<_> = p.into_iter().map(Some).collect();
            let mut reversed = holm(&p.iter().rev().copied().collect::<Vec<_>>()).unwrap();
            reversed.reverse();
            prop_assert_eq!(holm(&p).unwrap(), reversed);
        }
    }

    #[test]
    fn absent_values_pass_through_and_others_are_refused() {
        assert_eq!(holm(&[]).unwrap(), []);
        assert_eq!(holm(&[None, Some(0.04)]).unwrap(), [None, Some(0.04)]);
        assert!(holm(&[Some(1.2)]).is_err() && holm(&[Some(f64::NAN)]).is_err());
    }
}

/// The rising sequence nearest to `values` in the sum of squares: isotonic regression by pooling
/// adjacent violators (Ayer et al., Annals of Mathematical Statistics 1955). `O(n)`.
///
/// A noisy curve that rises in truth crosses a level early and often; its isotonic fit crosses
/// once. What falls for long is pooled with the rise before it.
pub fn isotonic(values: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::with_capacity(values.len());
    for value in values {
        let (mut mean, mut count) = (*value, 1);
        while let Some((before, held)) = pools.pop_if(|pool| pool.0 >= mean) {
            let all = count + held;
            mean += (before - mean) * (held as f64 / all as f64);
            count = all;
        }
        pools.push((mean, count));
    }
    let spread = |(mean, count): (f64, usize)| std::iter::repeat_n(mean, count);
    pools.into_iter().flat_map(spread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pools_what_falls() {
        // By hand: 3 and 2 pool, then 4, 3.5 and 3.
        let fit = isotonic(&[1.0, 3.0, 2.0, 4.0, 3.5, 3.0, 6.0]);
        assert_eq!(fit, [1.0, 2.5, 2.5, 3.5, 3.5, 3.5, 6.0]);
        assert!(isotonic(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn rises_keeps_the_mean_and_what_rises(values in prop::collection::vec(-9.0..9.0f64, 1..40)) {
            let fit = isotonic(&values);
            prop_assert!(fit.windows(2).all(|pair| pair[0] <= pair[1]));
            let sum = |values: &[f64]| values.iter().sum::<f64>();
            prop_assert!((sum(&fit) - sum(&values)).abs() < 1e-9);
            let again = isotonic(&fit);
            prop_assert!(fit.iter().zip(&again).all(|(a, b)| (a - b).abs() < 1e-12));
        }
    }
}

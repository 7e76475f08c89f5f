//! Round values along an axis.

/// Round values of a straight axis within `[low, high]`, at most `count` steps apart: the step, and
/// the values.
pub fn straight(low: f64, high: f64, count: usize) -> (f64, Vec<f64>) {
    let step = round_step((high - low) / count.max(1) as f64);
    let first = (low / step - 1e-6).ceil() as i64;
    let last = (high / step + 1e-6).floor() as i64;
    let values = (first..=last).take(50).map(|i| i as f64 * step);
    (step, values.collect())
}

/// Round values of a logarithmic axis within `[low, high]`, at most about `count`.
pub fn logarithmic(low: f64, high: f64, count: usize) -> Vec<f64> {
    let first = low.log10().floor() as i32;
    let last = high.log10().ceil() as i32;
    let within = |tick: &f64| (low * 0.999..=high * 1.001).contains(tick);
    let of = |factors: &[f64], every: usize| -> Vec<f64> {
        let powers = (first..=last).filter(|power| power.rem_euclid(every as i32) == 0);
        let all = powers.flat_map(|power| factors.iter().map(move |f| f * 10f64.powi(power)));
        all.filter(within).collect()
    };
    let tries: [(&[f64], usize); 6] = [
        (&[1.0, 2.0, 3.0, 5.0, 7.0], 1),
        (&[1.0, 2.0, 5.0], 1),
        (&[1.0, 3.0], 1),
        (&[1.0], 1),
        (&[1.0], 2),
        (&[1.0], 4),
    ];
    let mut found = tries.iter().map(|(factors, every)| of(factors, *every));
    match found.find(|ticks| ticks.len() <= count.max(2)) {
        Some(ticks) if ticks.len() > 1 => ticks,
        // Within one step of these, the axis is all but straight.
        _ => straight(low, high, count.clamp(1, 4)).1,
    }
}

/// 1, 2 or 5 times a power of ten, at least `least`.
fn round_step(least: f64) -> f64 {
    if !least.is_finite() || least <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(least.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    let found = factors.iter().find(|f| **f * power >= least * 0.999);
    found.unwrap_or(&10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let (step, ticks) = straight(0.61, 0.93, 5);
        assert_eq!(step, 0.1);
        assert_eq!(ticks.len(), 3);
        assert_eq!(logarithmic(90.0, 1100.0, 5), [100.0, 200.0, 500.0, 1000.0]);
        assert_eq!(logarithmic(1e6, 2e9, 5), [1e6, 1e7, 1e8, 1e9]);
        for (low, high) in [(-3.0, 7.0), (0.0, 1e-7), (1e9, 1.1e9), (0.333, 0.334)] {
            let (step, ticks) = straight(low, high, 5);
            assert!(!ticks.is_empty() && ticks.len() <= 6, "{low} {high}");
            let within = |t: &f64| *t >= low - 1e-6 * step && *t <= high + 1e-6 * step;
            assert!(ticks.iter().all(within), "{low} {high} {ticks:?}");
        }
    }
}

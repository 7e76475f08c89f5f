use crate::StatsError;
use crate::input::all_finite;

/// Mean height of a learning curve from step `from` to step `to`: its area by the trapezoid rule,
/// over `to − from`, in the unit of its values.
///
/// An arm that learns sooner has more of it, with no threshold to choose. It mixes speed with the
/// final level, so it can hide that one arm is sooner and the other better; and it depends on the
/// range, which must be common to all that are compared (see [`common_steps`]).
///
/// `curve`: (step, value), steps increasing, values finite, straight in between; it must span
/// `from` to `to`.
pub fn area_under_learning_curve(
    curve: &[(u64, f64)],
    from: u64,
    to: u64,
) -> Result<f64, StatsError> {
    let values: Vec<f64> = curve.iter().map(|point| point.1).collect();
    let (Some(&(first, _)), Some(&(last, _))) = (curve.first(), curve.last()) else {
        return Err(StatsError::Empty { what: "curve" });
    };
    all_finite("curve", &values)?;
    for (before, pair) in curve.windows(2).enumerate() {
        if pair[0].0 >= pair[1].0 {
            return Err(StatsError::StepOrder {
                index: before + 1,
                step: pair[1].0,
                previous: pair[0].0,
            });
        }
    }
    let refuse = |parameter, expected, found: u64| {
        Err(StatsError::Parameter {
            parameter,
            expected,
            found: found as f64,
        })
    };
    if from < first || from >= to {
        let expected = "a step within the curve, before the last of the range";
        return refuse("first step of the range", expected, from);
    }
    if to > last {
        return refuse("last step of the range", "a step within the curve", to);
    }
    let width = (to - from) as f64;
    let mut mean = 0.0;
    for pair in curve.windows(2) {
        let [(left, low), (right, high)] = [pair[0], pair[1]];
        let (start, end) = (left.max(from), right.min(to));
        if start >= end {
            continue;
        }
        let share = |step: u64| (step - left) as f64 / (right - left) as f64;
        let height = |step: u64| low * (1.0 - share(step)) + high * share(step);
        let middle = 0.5 * height(start) + 0.5 * height(end);
        mean += middle * ((end - start) as f64 / width);
    }
    Ok(mean)
}

/// The steps that all curves span, first and last; `None` where there are none, or no curve.
pub fn common_steps<'a>(curves: impl IntoIterator<Item = &'a [(u64, f64)]>) -> Option<(u64, u64)> {
    let mut common: Option<(u64, u64)> = None;
    for curve in curves {
        let (from, to) = (curve.first()?.0, curve.last()?.0);
        let (first, last) = common.unwrap_or((from, to));
        common = Some((first.max(from), last.min(to)));
    }
    common.filter(|(from, to)| from < to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn area_over_a_range_within() {
        let curve = [(0, 0.5), (100, 0.9), (300, 0.7)];
        let area = |from, to| area_under_learning_curve(&curve, from, to).unwrap();
        assert!((area(0, 300) - (0.7 * 100.0 + 0.8 * 200.0) / 300.0).abs() < 1e-15);
        assert!((area(50, 200) - (0.8 * 50.0 + 0.85 * 100.0) / 150.0).abs() < 1e-15);
        assert!((area(150, 160) - 0.845).abs() < 1e-15);
        for (from, to) in [(0, 301), (10, 10), (20, 10)] {
            assert!(area_under_learning_curve(&curve, from, to).is_err());
        }
        assert!(area_under_learning_curve(&[(0, 0.5), (0, 0.6)], 0, 1).is_err());
        assert!(area_under_learning_curve(&[], 0, 1).is_err());
    }

    #[test]
    fn ranges_in_common() {
        let (a, b, c) = ([(0, 0.5), (100, 0.9)], [(50, 0.5), (80, 0.6)], [(90, 0.1)]);
        assert_eq!(common_steps([&a[..], &b[..]]), Some((50, 80)));
        assert_eq!(common_steps([&b[..], &c[..]]), None);
        assert_eq!(common_steps([]), None);
    }

    proptest! {
        #[test]
        fn parts_make_the_whole(
            steps in prop::collection::btree_map(0u64..1000, 0.0..1.0f64, 3..20), cut in 0.0..1.0f64
        ) {
            let curve: Vec<(u64, f64)> = steps.into_iter().collect();
            let (from, to) = common_steps([&curve[..]]).unwrap();
            let cut = from + ((to - from) as f64 * cut) as u64;
            prop_assume!(from < cut && cut < to);
            let area = |a: u64, b: u64| {
                area_under_learning_curve(&curve, a, b).unwrap() * (b - a) as f64
            };
            prop_assert!((area(from, cut) + area(cut, to) - area(from, to)).abs() < 1e-9);
            let extremes = curve.iter().map(|p| p.1);
            let (low, high) = extremes.fold((1.0f64, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
            let mean = area(from, to) / (to - from) as f64;
            prop_assert!(low - 1e-12 <= mean && mean <= high + 1e-12);
        }
    }
}

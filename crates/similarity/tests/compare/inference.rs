//! Nulls and intervals against what is known.

use similarity::{Compared, Convention, Measure, Options, compare, self_test};

use crate::source::{Doubles, Normal};

fn measured(compared: &Compared, measure: Measure) -> &similarity::Measured {
    let mut all = compared.measured.iter();
    all.find(|measured| measured.measure == measure)
        .expect("asked for")
}

#[test]
fn the_null_of_independent_data_is_the_floor() {
    let mut draw = Normal::new(6);
    let (a, b) = (draw.maps([200, 1, 1, 6]), draw.maps([200, 1, 1, 9]));
    let options = Options {
        measures: Measure::ALL.to_vec(),
        permutations: 60,
        groups: 0,
        ..Options::default()
    };
    for measured in compare(&a, &b, &options).expect("compares").measured {
        let null = measured.null.expect("was asked for");
        assert_eq!(null.permutations, 60);
        assert!(null.sd > 0.0 && null.p > 0.0 && null.p <= 1.0);
        // The limit law of CCA is good to about 1/n; the others are exact.
        if let Some(floor) = measured.floor {
            let error = 4.0 * null.sd / 60f64.sqrt() + 0.005;
            assert!(
                (null.mean - floor).abs() < error,
                "{}: {} for {floor}",
                measured.measure,
                null.mean
            );
        }
    }
}

/// Maps whose images have an own mean that both sides share, and positions that depend on it.
fn related(draw: &mut Normal, images: usize, shared: f64) -> [Doubles; 2] {
    let mut sides = [Vec::new(), Vec::new()];
    for _ in 0..images {
        let common = draw.take(2);
        let own = [draw.take(2), draw.take(2)];
        for (side, own) in sides.iter_mut().zip(own) {
            for _ in 0..6 {
                for channel in 0..2 {
                    let mean =
                        shared.sqrt() * common[channel] + (1.0 - shared).sqrt() * own[channel];
                    side.push(mean + 0.3 * draw.next());
                }
            }
        }
    }
    sides.map(|values| Doubles::new([images, 3, 2, 2], values))
}

/// Positions of one image are alike, so only whole images may be shuffled: with shuffled
/// datapoints nearly every p-value would be the least possible.
#[test]
fn p_values_of_independent_maps_are_uniform() {
    let mut draw = Normal::new(7);
    let measures = vec![
        Measure::MeanCca,
        Measure::DebiasedCka,
        Measure::MutualNeighbours(5),
        Measure::AngularProcrustes,
    ];
    for positions in [None, Some(2)] {
        let mut p = vec![Vec::new(); measures.len()];
        for seed in 0..40 {
            let [a, b] = related(&mut draw, 40, 0.0);
            let options = Options {
                measures: measures.clone(),
                positions,
                permutations: 39,
                groups: 0,
                pairwise_datapoints: 80,
                seed,
                ..Options::default()
            };
            let compared = compare(&a, &b, &options).expect("compares");
            for (p, measured) in p.iter_mut().zip(compared.measured) {
                p.push(measured.null.expect("was asked for").p);
            }
        }
        for (measure, p) in measures.iter().zip(p) {
            let mean = p.iter().sum::<f64>() / 40.0;
            // Four standard errors of a uniform mean.
            assert!((mean - 0.51).abs() < 0.18, "{measure}: mean p {mean}");
            let small = p.iter().filter(|&&p| p <= 0.1).count();
            assert!(small <= 12, "{measure}: {small} of 40 below 0.1");
        }
    }
}

#[test]
fn related_maps_are_found() {
    let mut draw = Normal::new(8);
    let [a, b] = related(&mut draw, 60, 0.8);
    for convention in [
        Convention::Spatial,
        Convention::Flattened,
        Convention::Pooled,
    ] {
        let options = Options {
            measures: vec![
                Measure::DebiasedCka,
                Measure::AngularProcrustes,
                Measure::RbfCka(1.0),
            ],
            convention,
            permutations: 99,
            ..Options::default()
        };
        let compared = compare(&a, &b, &options).expect("compares");
        for measured in &compared.measured {
            assert_eq!(
                measured.null.expect("was asked for").p,
                0.01,
                "{}",
                measured.measure
            );
            let interval = measured.interval.expect("was asked for");
            let value = measured.value.clone().expect("a value");
            assert!(interval.low < value && value < interval.high && interval.groups == 20);
        }
        assert_eq!(
            compared.datapoints,
            if convention == Convention::Spatial {
                360
            } else {
                60
            }
        );
    }
}

#[test]
fn a_comparison_is_repeatable_and_depends_on_its_seed() {
    let mut draw = Normal::new(9);
    let [a, b] = related(&mut draw, 50, 0.3);
    let options = Options {
        measures: Measure::ALL.to_vec(),
        positions: Some(4),
        pairwise_datapoints: 70,
        ..Options::default()
    };
    let once = compare(&a, &b, &options).expect("compares");
    assert_eq!(once, compare(&a, &b, &options).expect("compares"));
    let other = Options { seed: 1, ..options };
    let other = compare(&a, &b, &other).expect("compares");
    assert_ne!(
        measured(&once, Measure::MeanCca).value,
        measured(&other, Measure::MeanCca).value
    );
}

#[test]
fn a_budget_lowers_permutations_and_groups_and_says_so() {
    let mut draw = Normal::new(10);
    let [a, b] = related(&mut draw, 50, 0.3);
    let options = Options {
        budget: 0.0,
        ..Options::default()
    };
    let compared = compare(&a, &b, &options).expect("compares");
    let null = measured(&compared, Measure::MeanCca)
        .null
        .expect("was asked for");
    let interval = measured(&compared, Measure::MeanCca)
        .interval
        .expect("was asked for");
    assert_eq!((null.permutations, interval.groups), (19, 10));
    for words in [
        "19 permutations instead of 99",
        "10 groups instead of 20",
        "not independent",
    ] {
        assert!(
            compared
                .warnings
                .iter()
                .any(|warning| warning.contains(words)),
            "{words}"
        );
    }
    assert_eq!(
        Options {
            budget: f64::INFINITY,
            ..options.clone()
        }
        .affordable(a.shape, b.shape)
        .groups,
        20
    );
}

#[test]
fn layers_pass_their_self_test() {
    let mut draw = Normal::new(11);
    let maps = draw.maps([120, 2, 2, 5]);
    for convention in [
        Convention::Spatial,
        Convention::Flattened,
        Convention::Pooled,
    ] {
        let options = Options {
            measures: Measure::ALL.to_vec(),
            convention,
            ..Options::default()
        };
        let tests = self_test(&maps, &options).expect("compares");
        assert_eq!(tests.len(), Measure::ALL.len() - 1);
        for test in tests {
            assert_eq!(test.problem, None, "{convention}");
        }
    }
}

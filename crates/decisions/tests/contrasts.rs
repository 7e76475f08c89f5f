//! Two arms against each other, several at once, and what is planned of them.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use decisions::{Arms, Best, Concludes, Contrast, ERROR, OfFolds, Planning, Shares, corrected};
use stats::{Delong, Estimate, Outcome, ResampledMean};

// Golden numbers: checks/stats/arms.py, which holds the same scores, shape [3, 16].
#[rustfmt::skip]
const A: [[f64; 16]; 3] = [
    [3.6, -2.6, 2.0, -0.6, 1.1, -0.2, -0.4, -0.2, 0.7, 3.3, 1.8, -0.4, 1.3, -0.7, 0.5, -0.4],
    [2.1, -0.2, 2.6, -0.2, 1.6, 1.5, 2.1, -0.5, 1.4, 0.5, 3.5, -0.3, 1.4, 1.0, 0.7, -0.3],
    [2.5, 0.6, 1.7, 0.7, -1.2, 1.0, 0.6, -1.7, 1.9, 0.7, 1.2, -1.1, 1.6, -0.1, 3.0, 0.7],
];
#[rustfmt::skip]
const B: [[f64; 16]; 3] = [
    [0.6, 1.1, 0.2, -0.9, 1.0, 0.6, 0.2, -0.8, 0.6, -2.5, 1.1, 0.5, -1.2, 0.1, -0.6, 0.8],
    [-1.6, -0.9, 1.1, 1.2, -1.8, -0.5, 0.7, -0.6, 2.0, -1.2, 0.8, -1.0, 1.8, -0.0, 0.0, -1.7],
    [2.1, 0.8, 1.2, 1.1, 0.7, -0.6, -0.4, -0.8, 1.8, -1.5, -0.2, -0.3, 0.6, 0.6, -0.8, -1.7],
];

fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-10,
        "{found} instead of {expected}"
    );
}

fn estimates(seeds: &[[f64; 16]]) -> Vec<Estimate> {
    let labels: Vec<bool> = (0..16).map(|case| case % 2 == 0).collect();
    let estimate = |scores| Delong::new(&labels, scores).unwrap().estimate().unwrap();
    seeds.iter().map(|scores| estimate(scores)).collect()
}

/// Estimates on 2000 cases; `shift` separates the classes, `noise` differs by seed.
fn large(shift: f64, noise: &[u64]) -> Vec<Estimate> {
    let labels: Vec<bool> = (0..2000).map(|case| case % 2 == 0).collect();
    let wave = |case: u64, period: u64| ((case * 7919 + 13) % period) as f64 / period as f64;
    let estimate = |&seed: &u64| {
        let scores: Vec<f64> = (0..2000u64)
            .map(|case| {
                let signal = if case % 2 == 0 { shift } else { 0.0 };
                signal + wave(case, 1009) + 0.02 * wave(case * seed, 997)
            })
            .collect();
        Delong::new(&labels, &scores).unwrap().estimate().unwrap()
    };
    noise.iter().map(estimate).collect()
}

type Run = (u64, Estimate);

fn numbered(seeds: Vec<Estimate>) -> Vec<Run> {
    (0..).zip(seeds).collect()
}

fn contrast(ours: &[Run], theirs: &[Run]) -> Contrast {
    Arms::new([(ours, 0), (theirs, 0)])
        .contrast([0, 1])
        .unwrap()
}

fn outcome(ours: &[Run], theirs: &[Run], margin: f64) -> Outcome {
    let contrast = contrast(ours, theirs);
    let after = corrected(&[&contrast], margin, ERROR).unwrap();
    after[0].outcome(contrast.difference.mean)
}

#[test]
fn a_contrast_pairs_seeds_and_patients() {
    let (a, b) = (numbered(estimates(&A)), numbered(estimates(&B)));
    let found = contrast(&a, &b);
    close(found.difference.mean, 0.1953125);
    close(found.difference.sampling_standard_error, 0.1027338209706529);
    close(
        found.difference.seeds.unwrap().standard_error,
        0.05487319662944135,
    );
    close(
        found.difference.degrees_of_freedom.unwrap(),
        8.9534761299878,
    );
    let interval = found.interval(0.95).unwrap();
    close(interval.lower, -0.043925771809973875);
    close(interval.upper, 0.4133650553532596);
    close(found.p_difference().unwrap(), 0.09714724041962998);
    close(found.p_equivalence(0.1).unwrap(), 0.8074237048250028);
}

#[test]
fn every_outcome_is_reached_and_none_with_two_seeds() {
    let runs = |shift, noise: &[u64]| numbered(large(shift, noise));
    let (low, high) = (runs(0.3, &[1, 2, 3]), runs(0.5, &[1, 2, 3]));
    let near = runs(0.305, &[1, 2, 3]);
    assert_eq!(outcome(&high, &low, 0.01), Outcome::Better);
    assert_eq!(outcome(&low, &high, 0.01), Outcome::Worse);
    // Real, yet too small to matter.
    assert_eq!(outcome(&near, &low, 0.02), Outcome::Equivalent);
    assert_eq!(outcome(&near, &low, 1e-4), Outcome::Better);
    assert_eq!(outcome(&high[..2], &low[..2], 0.01), Outcome::Undecided);
    assert_eq!(outcome(&high[..1], &low[..1], 0.01), Outcome::Undecided);
    let two = contrast(&high[..2], &low[..2]);
    assert_eq!((two.interval(0.95), two.p_difference()), (None, None));
    assert!(two.posterior(0.01).is_none() && Planning::new(&two, 0.01, ERROR, 1).is_none());
}

#[test]
fn no_variation_decides_nothing() {
    let same = numbered(estimates(&A));
    let found = contrast(&same, &same);
    assert_eq!((found.interval(0.95), found.p_difference()), (None, None));
    assert_eq!(outcome(&same, &same, 0.1), Outcome::Undecided);
}

#[test]
fn arms_on_other_cases_are_not_compared() {
    let (a, elsewhere) = (numbered(estimates(&A)), numbered(large(0.3, &[1, 2, 3])));
    assert!(
        Arms::new([(&a[..], 0), (&elsewhere[..], 0)])
            .contrast([0, 1])
            .is_none()
    );
}

#[test]
fn intervals_stay_within_one_and_agree_with_p_values() {
    let wild: Vec<Run> = numbered(
        large(0.9, &[1, 2, 3])
            .into_iter()
            .chain(large(0.02, &[4]))
            .collect(),
    );
    let tame = numbered(large(0.3, &[1, 2, 3, 4]));
    let found = contrast(&wild, &tame);
    for level in [0.5, 0.9, 0.999_999] {
        let interval = found.interval(level).unwrap();
        assert!(-1.0 < interval.lower && interval.lower < interval.upper && interval.upper < 1.0);
    }
    // The end of an interval is the difference that is just rejected.
    let interval = found.interval(0.9).unwrap();
    close(found.p_above(interval.lower).unwrap(), 0.05);
    close(1.0 - found.p_above(interval.upper).unwrap(), 0.05);
    let posterior = found.posterior(0.05).unwrap();
    close(
        posterior.worse + posterior.equivalent + posterior.better,
        1.0,
    );
    close(posterior.none_or_worse, found.p_above(0.0).unwrap());
    // What one-sided tests at either end of the margin leave.
    close(posterior.worse, found.p_above(-0.05).unwrap());
    close(posterior.better, 1.0 - found.p_above(0.05).unwrap());
    close(
        posterior.equivalent,
        found.p_above(0.05).unwrap() - found.p_above(-0.05).unwrap(),
    );
    let sure = |ours: &[Run], theirs: &[Run]| contrast(ours, theirs).posterior(0.01).unwrap();
    let high = numbered(large(0.6, &[1, 2, 3, 4]));
    assert!(sure(&high, &tame).better > 0.999 && sure(&high, &tame).none_or_worse < 0.001);
    assert!(sure(&tame, &high).worse > 0.999 && sure(&tame, &high).better < 0.001);
    let alike = numbered(large(0.3, &[5, 6, 7, 8]));
    assert!(sure(&alike, &tame).equivalent > 0.9);
}

#[test]
fn a_pair_is_the_same_both_ways() {
    let (a, b) = (numbered(estimates(&A)), numbered(estimates(&B)));
    let (one, other) = (contrast(&a, &b), contrast(&b, &a));
    close(one.p_difference().unwrap(), other.p_difference().unwrap());
    close(
        one.p_equivalence(0.1).unwrap(),
        other.p_equivalence(0.1).unwrap(),
    );
    close(
        one.interval(0.95).unwrap().lower,
        -other.interval(0.95).unwrap().upper,
    );
}

#[test]
fn p_values_in_far_tails_are_no_rounding() {
    let (low, high) = (
        numbered(large(0.3, &[1, 2, 3])),
        numbered(large(0.5, &[1, 2, 3])),
    );
    let (up, down) = (contrast(&high, &low), contrast(&low, &high));
    for (one, other) in [
        (up.p_difference(), down.p_difference()),
        (up.p_above(0.0), down.p_below(0.0)),
        (up.p_below(0.4), down.p_above(-0.4)),
    ] {
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(0.0 < one && one < 1e-20, "{one:e}");
        assert!((one / other - 1.0).abs() < 1e-9, "{one:e} {other:e}");
    }
}

#[test]
fn folds_that_disagree_widen_and_no_seed_helps() {
    let arms = [
        numbered(large(0.35, &[1, 2, 3])),
        numbered(large(0.3, &[1, 2, 3])),
    ];
    let bare = contrast(&arms[0], &arms[1]);
    let with_folds = |ahead: [f64; 3]| {
        let seeds = |ahead: [f64; 3]| (0..3).map(|seed| (seed, ahead.to_vec())).collect();
        let folds = OfFolds {
            arms: vec![seeds(ahead), seeds([0.0; 3])],
            test_to_train: 0.5,
        };
        Arms::new(arms.each_ref().map(|runs| (&runs[..], 0)))
            .with_folds(Some(folds))
            .contrast([0, 1])
            .unwrap()
    };
    let mean = bare.difference.mean;
    assert_eq!(with_folds([mean; 3]).interval(0.95), bare.interval(0.95));

    let apart = [mean - 0.1, mean, mean + 0.1];
    let wide = with_folds(apart);
    let by_folds = ResampledMean::new(&apart, 0.5).unwrap();
    // (1 / 3 + 1 / 2) of a variance of 0.01.
    close(by_folds.standard_error, (0.01f64 * 5.0 / 6.0).sqrt());
    let scaled = by_folds.standard_error / (1.0 - mean * mean);
    let reach = stats::t_quantile(0.975, 2.0).unwrap() * scaled;
    close(
        wide.interval(0.95).unwrap().upper,
        (mean.atanh() + reach).tanh(),
    );
    assert!(wide.p_difference().unwrap() > 0.5 && bare.p_difference().unwrap() < 0.05);
    let planning = Planning::new(&wide, 0.01, ERROR, 1).unwrap();
    assert_eq!(planning.difference.seeds, [None, None]);
    assert_eq!(planning.equivalence.patients, [None, None]);
}

#[test]
fn kin_strengthen_a_calm_arm_and_lend_nothing_to_a_wild_one() {
    let (a, b) = (numbered(estimates(&A)), numbered(estimates(&B)));
    let third = numbered(estimates(&[A[1], B[2], A[0]]));
    let alone = contrast(&a, &b);
    let beside = Arms::new([(&a[..], 0), (&b[..], 0), (&third[..], 0)])
        .contrast([0, 1])
        .unwrap();
    let apart = Arms::new([(&a[..], 0), (&b[..], 0), (&third[..], 1)])
        .contrast([0, 1])
        .unwrap();
    assert_eq!(apart, alone);
    let (with, without) = (
        beside.difference.spread.unwrap(),
        alone.difference.spread.unwrap(),
    );
    assert!(with.variance >= without.variance);
    assert!(with.degrees_of_freedom >= without.degrees_of_freedom);
}

#[test]
fn corrected_values_lie_between_the_p_value_and_holms() {
    let base = numbered(estimates(&B));
    let others: Vec<Vec<Run>> = [[A[0], A[1], A[2]], [A[1], B[0], A[2]], [B[1], A[0], A[1]]]
        .iter()
        .map(|seeds| numbered(estimates(seeds)))
        .collect();
    let all = [&base[..]]
        .into_iter()
        .chain(others.iter().map(|seeds| &seeds[..]));
    let arms = Arms::new(all.map(|seeds| (seeds, 0)));
    let contrasts: Vec<Contrast> = (1..4).map(|arm| arms.contrast([arm, 0]).unwrap()).collect();
    let p: Vec<_> = contrasts.iter().map(Contrast::p_difference).collect();
    let holm = stats::holm(&p).unwrap();
    let after = corrected(&contrasts.iter().collect::<Vec<_>>(), 0.05, ERROR).unwrap();
    for ((p, holm), after) in p.iter().zip(&holm).zip(&after) {
        assert!(
            *p <= after.difference && after.difference <= *holm,
            "{p:?} {after:?} {holm:?}"
        );
    }
    // Half the share, twice the p value.
    let half = corrected(&contrasts.iter().collect::<Vec<_>>(), 0.05, ERROR / 2.0).unwrap();
    close(
        half[0].equivalence.unwrap(),
        (2.0 * after[0].equivalence.unwrap()).min(1.0),
    );
}

#[test]
fn shares_are_all_of_the_error_whatever_is_asked() {
    for (on_speed, on_the_best, on_test_sets) in [
        (false, false, false),
        (true, false, true),
        (true, true, true),
    ] {
        let shares = Shares::of(Concludes {
            on_speed,
            on_the_best,
            on_test_sets,
        });
        let sum = shares.differences + shares.test_sets + shares.speed + shares.best;
        assert!((sum - ERROR).abs() < 1e-15);
        assert_eq!(
            [shares.speed > 0.0, shares.best > 0.0],
            [on_speed, on_the_best]
        );
    }
}

#[test]
fn the_best_is_told_from_what_is_far_below_only() {
    let top = numbered(large(0.6, &[1, 2, 3]));
    let near = numbered(large(0.6, &[5, 6, 7]));
    let far = numbered(large(0.2, &[1, 2, 3]));
    let arms = Arms::new([&far, &near, &top].map(|seeds| (&seeds[..], 0)));
    let best = Best::of(&arms, &[0, 1, 2], 0.02, 0.0025).unwrap();
    assert_eq!(best.possible, [1, 2]);
    // Either may be the best, and neither is worse than the other by much.
    assert!(best.within_margin.contains(&1) && best.within_margin.contains(&2));
    assert!(!best.within_margin.contains(&0));
    let interval = best.interval(&arms, best.highest).unwrap();
    let alone = arms
        .mean(best.highest)
        .unwrap()
        .logit_interval(0.95)
        .unwrap();
    assert!(interval.lower < alone.lower && alone.upper > interval.upper);
    // Exactly equal means: the first of the candidates, which are in the order of preference.
    let arms = Arms::new([&top, &top].map(|seeds| (&seeds[..], 0)));
    assert_eq!(Best::of(&arms, &[1, 0], 0.02, 0.0025).unwrap().highest, 1);
    // Two seeds tell nothing from anything.
    let arms = Arms::new([&far, &top].map(|seeds| (&seeds[..2], 0)));
    assert_eq!(
        Best::of(&arms, &[0, 1], 0.02, 0.0025).unwrap().possible,
        [0, 1]
    );
}

#[test]
fn what_would_settle_it() {
    let runs = |noise: &[u64]| numbered(large(0.3, noise));
    let found = contrast(&runs(&[1, 2, 3]), &runs(&[40, 50, 60]));
    let wide = Planning::new(&found, 0.3, ERROR, 1).unwrap();
    assert_eq!(wide.equivalence.seeds, [Some(3), Some(3)]);
    assert_eq!(wide.equivalence.patients, [Some(1.0), Some(1.0)]);
    // Greater differences are found more often; more comparisons make all of it dearer.
    let margin = 1.5 * found.difference.standard_error;
    let one = Planning::new(&found, margin, ERROR, 1).unwrap();
    let many = Planning::new(&found, margin, ERROR, 10).unwrap();
    let power = |planning: &Planning| planning.power.iter().map(|(_, p)| *p).collect::<Vec<_>>();
    let (one, many) = (power(&one), power(&many));
    assert!(one.is_sorted() && one[0] > many[0], "{one:?} {many:?}");
    // Nothing settles what is too fine.
    let fine = Planning::new(&found, 1e-7, ERROR, 1).unwrap();
    assert_eq!(fine.equivalence.seeds, [None, None]);
    assert_eq!(fine.equivalence.patients, [None, None]);
}

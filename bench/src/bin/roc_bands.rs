//! How long the mean curves of one arm and one question take, bands included:
//! `roc_bands CASES [SEEDS [RESAMPLES]]` prints seconds on all processors, with 5 seeds and 200
//! resamples unless told otherwise. One case in five is positive; scores have no ties.

use std::hint::black_box;
use std::time::Instant;

use anyhow::Context as _;
use curves::{ArmCurves, CurveGrid, SeedCurve};
use stats::{ClusterDraws, Clusters, Finding};

fn main() -> anyhow::Result<()> {
    let arguments = std::env::args().skip(1);
    let numbers: Vec<usize> = arguments
        .map(|text| text.parse().with_context(|| format!("{text} is no number")))
        .collect::<anyhow::Result<_>>()?;
    let cases = *numbers
        .first()
        .context("expected CASES [SEEDS [RESAMPLES]]")?;
    let of = |place: usize, default: usize| numbers.get(place).copied().unwrap_or(default);
    let clusters = Clusters::new((0..cases).map(|_| None))?;
    let start = Instant::now();
    let draws = ClusterDraws::new(&clusters, of(2, 200), 0)?;
    println!(
        "draws, once a study: {:.3} s",
        start.elapsed().as_secs_f64()
    );
    let seeds: Vec<Vec<SeedCurve>> = (0..of(1, 5)).map(|seed| vec![curve(cases, seed)]).collect();
    let start = Instant::now();
    let grid = CurveGrid::standard();
    let curves = ArmCurves::new(&seeds, &clusters, Some(&draws), None, &grid)?;
    black_box(&curves);
    println!(
        "one question of an arm: {:.3} s",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Scores of a multiplicative generator, a little higher for every fifth case.
fn curve(cases: usize, seed: usize) -> SeedCurve {
    let mut state = 2 * seed as u64 + 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let labels: Vec<bool> = (0..cases).map(|case| case % 5 == 0).collect();
    let scores = labels
        .iter()
        .map(|label| next() + 0.3 * f64::from(u8::from(*label)));
    SeedCurve {
        finding: Finding {
            cases: (0..cases).collect(),
            scores: scores.collect(),
            labels,
        },
        threshold: Some(0.8),
    }
}

use rand::RngExt as _;
use rayon::prelude::*;

use super::seed_curves::check_pairs;
use crate::discrimination::ranking::Ranking;
use crate::input::all_finite;
use crate::{Clusters, Finding, StatsError, auc};
use streams::stream;

/// Most permutations that are worth their time.
const MOST_PERMUTATIONS: usize = 1_000_000;
/// Up to this many seeds all sign flips are tried.
const MOST_EXACT_SEEDS: usize = 20;

/// Whether two arms order the same patients equally well: a permutation test over patients.
///
/// If the arms do not differ, it does not matter which of them scored a patient. So the scores of
/// a patient are swapped between the arms, in all pictures, seeds and curves together, for a
/// random half of the patients; the mean difference in AUC is taken again; and `p` is the share of
/// such swaps that give a difference at least as large, `(1 + b) / (1 + B)` with the observed one
/// among them (Bandos, Rockette and Gur, Statistics in Medicine 2005). Scores are first replaced
/// by their ranks within arm, seed and curve (Venkatraman and Begg, Biometrika 1996), as scores of
/// two networks need not have one scale.
///
/// It holds for these networks and new patients; it does not know how seeds vary. It tests whether
/// the arms are exchangeable: equal AUCs with curves of very different shape are not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PatientPermutation {
    /// Mean AUC of the arm less that of the baseline.
    pub difference: f64,
    /// Two-sided p value, in `1 / (1 + permutations) ..= 1`.
    pub p: f64,
    /// Permutations that were drawn.
    pub permutations: usize,
}

impl PatientPermutation {
    /// `arm`, `baseline`: for each seed the curves whose mean is its statistic, entry `i` of both
    /// from the same seed, with the same curves of the same cases (positions within `clusters`,
    /// ascending). `permutations`: 1 to 1,000,000, usually 2000; `seed`: of the draw.
    pub fn new(
        arm: &[Vec<Finding>],
        baseline: &[Vec<Finding>],
        clusters: &Clusters,
        permutations: usize,
        seed: u64,
    ) -> Result<Self, StatsError> {
        if !(1..=MOST_PERMUTATIONS).contains(&permutations) {
            return Err(StatsError::Parameter {
                parameter: "number of permutations",
                expected: "1 to 1000000",
                found: permutations as f64,
            });
        }
        if arm.is_empty() {
            return Err(StatsError::Empty { what: "seeds" });
        }
        check_pairs(arm, baseline)?;
        let mut pairs = Vec::new();
        let mut difference = 0.0;
        for (arm, baseline) in arm.iter().zip(baseline) {
            if arm.is_empty() {
                return Err(StatsError::Empty {
                    what: "curves of a seed",
                });
            }
            for (one, other) in arm.iter().zip(baseline) {
                pairs.push(RankedPair::new(one, other, arm.len(), clusters)?);
                let areas = [
                    auc(&one.labels, &one.scores)?,
                    auc(&other.labels, &other.scores)?,
                ];
                difference += (areas[0] - areas[1]) / arm.len() as f64;
            }
        }
        let count = arm.len() as f64;
        let none = vec![false; clusters.count()];
        let observed = sum(&pairs, &none).abs();
        let at_least: usize = (0..permutations as u64)
            .into_par_iter()
            .map_init(
                || none.clone(),
                |swapped, index| {
                    let mut random = stream(seed, "swaps of patients", index);
                    swapped.iter_mut().for_each(|swap| *swap = random.random());
                    usize::from(sum(&pairs, swapped).abs() >= observed - 1e-12)
                },
            )
            .sum();
        Ok(Self {
            difference: difference / count,
            p: (1 + at_least) as f64 / (1 + permutations) as f64,
            permutations,
        })
    }
}

/// The sum over curves of factor × (AUC of the arm − AUC of the baseline) after swaps.
fn sum(pairs: &[RankedPair], swapped: &[bool]) -> f64 {
    pairs.iter().map(|pair| pair.difference(swapped)).sum()
}

/// One curve of both arms: the ranks of both in one order.
struct RankedPair {
    factor: f64,
    entries: Vec<Entry>,
}

/// A case as one of the arms ranked it.
struct Entry {
    cluster: u32,
    of_arm: bool,
    positive: bool,
    /// Whether the next entry ranks higher.
    ends_tie: bool,
}

impl RankedPair {
    fn new(
        arm: &Finding,
        baseline: &Finding,
        curves: usize,
        clusters: &Clusters,
    ) -> Result<Self, StatsError> {
        let outside = arm.cases.iter().find(|case| **case >= clusters.cases());
        if let Some(&case) = outside {
            return Err(StatsError::Parameter {
                parameter: "position of a case",
                expected: "below the number of cases of the clusters",
                found: case as f64,
            });
        }
        let mut ranked: Vec<(u64, bool, usize)> = Vec::with_capacity(2 * arm.cases.len());
        for (finding, of_arm) in [(arm, true), (baseline, false)] {
            let ranking = Ranking::new(&finding.labels, &finding.scores)?;
            let mut below = 0u64;
            for group in ranking.groups() {
                let tied = group.cases.len() as u64;
                // Twice the midrank, which is whole.
                let rank = 2 * below + tied + 1;
                ranked.extend(group.cases.iter().map(|&(_, at)| (rank, of_arm, at)));
                below += tied;
            }
        }
        ranked.sort_unstable();
        let entry = |at: usize| {
            let (rank, of_arm, case) = ranked[at];
            Entry {
                cluster: clusters.of_case()[arm.cases[case]] as u32,
                of_arm,
                positive: arm.labels[case],
                ends_tie: ranked.get(at + 1).is_none_or(|next| next.0 > rank),
            }
        };
        let entries = (0..ranked.len()).map(entry).collect();
        Ok(Self {
            factor: (curves as f64).recip(),
            entries,
        })
    }

    /// Both areas in one walk; swapping keeps the numbers of positive and negative cases.
    fn difference(&self, swapped: &[bool]) -> f64 {
        let mut below = [0i64; 2];
        let mut tied = [[0i64; 2]; 2];
        let mut half_pairs = [0i128; 2];
        let mut positives = 0i64;
        for entry in &self.entries {
            let side = usize::from(entry.of_arm ^ swapped[entry.cluster as usize]);
            tied[side][usize::from(entry.positive)] += 1;
            positives += i64::from(entry.positive);
            if entry.ends_tie {
                for side in 0..2 {
                    let [negative, positive] = tied[side];
                    half_pairs[side] += i128::from(positive * (2 * below[side] + negative));
                    below[side] += negative;
                }
                tied = [[0; 2]; 2];
            }
        }
        let pairs = (positives / 2) as f64 * below[0] as f64;
        self.factor * (half_pairs[1] - half_pairs[0]) as f64 / (2.0 * pairs)
    }
}

/// Whether the paired differences of seeds centre on zero: a permutation test over seeds.
///
/// If the arms do not differ, each seed's difference could as well have come out with the other
/// sign. `p` is the share of all `2ᵏ` choices of signs whose sum is at least as large, either way
/// (Fisher 1935). It takes the differences as symmetric and nothing else. Up to 20 seeds exact,
/// beyond by `permutations` draws, `(1 + b) / (1 + B)`.
///
/// It holds for these patients and new seeds, and **it cannot be small with few seeds**: see
/// [`smallest_p`](Self::smallest_p).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SeedPermutation {
    /// Two-sided p value.
    pub p: f64,
    /// The smallest p value that so many seeds can give, `2 / 2ᵏ`: 0.25 with three, 0.0625 with
    /// five; six are needed to pass below 0.05. By draws, `1 / (1 + permutations)`.
    pub smallest_p: f64,
    /// Whether all choices of signs were tried.
    pub exact: bool,
}

impl SeedPermutation {
    /// `differences`: one per seed, finite. `permutations` (1 to 1,000,000) and `seed` are used
    /// above 20 seeds only.
    pub fn new(differences: &[f64], permutations: usize, seed: u64) -> Result<Self, StatsError> {
        if differences.is_empty() {
            return Err(StatsError::Empty {
                what: "differences of seeds",
            });
        }
        all_finite("differences of seeds", differences)?;
        if !(1..=MOST_PERMUTATIONS).contains(&permutations) {
            return Err(StatsError::Parameter {
                parameter: "number of permutations",
                expected: "1 to 1000000",
                found: permutations as f64,
            });
        }
        // Of size 1 at most, so that no sum overflows.
        let largest = differences.iter().fold(0.0f64, |l, d| l.max(d.abs()));
        let scaled: Vec<f64> = differences
            .iter()
            .map(|d| if largest > 0.0 { d / largest } else { 0.0 })
            .collect();
        let size = |sign: &dyn Fn(usize) -> bool| {
            let signed = scaled.iter().enumerate();
            signed
                .map(|(at, d)| if sign(at) { -d } else { *d })
                .sum::<f64>()
                .abs()
        };
        let least = size(&|_| false) - 1e-12;
        let seeds = scaled.len();
        if seeds <= MOST_EXACT_SEEDS {
            // The first sign stays, as turning all signs changes nothing.
            let choices = 1u32 << (seeds - 1);
            let extreme = (0..choices).filter(|c| size(&|at| c << 1 >> at & 1 == 1) >= least);
            let share = f64::from(choices).recip();
            return Ok(Self {
                p: extreme.count() as f64 * share,
                smallest_p: share,
                exact: true,
            });
        }
        let draw = |index: u64| {
            let mut random = stream(seed, "signs of seeds", index);
            let signs: Vec<bool> = (0..seeds).map(|_| random.random()).collect();
            usize::from(size(&|at| signs[at]) >= least)
        };
        let extreme: usize = (0..permutations as u64).into_par_iter().map(draw).sum();
        let total = (1 + permutations) as f64;
        Ok(Self {
            p: (1 + extreme) as f64 / total,
            smallest_p: total.recip(),
            exact: false,
        })
    }
}

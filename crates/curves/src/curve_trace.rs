use stats::{Clusters, Finding, StatsError};

/// Where curves are read: the same places for every curve, so that curves can be averaged.
#[derive(Debug, Clone, PartialEq)]
pub struct CurveGrid {
    /// Shares of the negative cases that are called positive, ascending, in `0..=1`.
    pub false_positive_rates: Vec<f64>,
    /// Shares of the positive cases that are called positive, ascending, above 0, up to 1.
    pub recalls: Vec<f64>,
}

impl CurveGrid {
    /// 41 false-positive rates `(i / 40)²`, close together where curves are steep, and 40 recalls
    /// `i / 40`.
    pub fn standard() -> Self {
        let part = |i: u32| f64::from(i) / 40.0;
        Self {
            false_positive_rates: (0..=40).map(|i| f64::from(i * i) / 1600.0).collect(),
            recalls: (1..=40).map(part).collect(),
        }
    }

    /// Refuses places outside their ranges or out of order.
    pub fn check(&self) -> Result<(), StatsError> {
        for (what, places) in [
            ("false-positive rate of a grid", &self.false_positive_rates),
            ("recall of a grid", &self.recalls),
        ] {
            for place in places {
                if !(0.0..=1.0).contains(place) {
                    return Err(StatsError::Parameter {
                        parameter: what,
                        expected: "a number between 0 and 1",
                        found: *place,
                    });
                }
            }
            if let Some(pair) = places.windows(2).find(|pair| pair[0] >= pair[1]) {
                return Err(StatsError::Parameter {
                    parameter: what,
                    expected: "larger than the place before it",
                    found: pair[1],
                });
            }
        }
        match self.recalls.first() {
            Some(0.0) => Err(StatsError::Parameter {
                parameter: "recall of a grid",
                expected: "above 0, as nothing has a precision before the first positive case",
                found: 0.0,
            }),
            _ => Ok(()),
        }
    }

    /// Numbers of a trace: sensitivities, precisions, average precision, sensitivity and
    /// specificity of the threshold.
    pub fn numbers(&self) -> usize {
        self.false_positive_rates.len() + self.recalls.len() + 3
    }
}

/// Scores of one curve from the highest down, each with the cluster of its case.
pub struct RankedCases {
    cases: Vec<RankedCase>,
    /// Cases at or above the threshold; none without one.
    called: Option<usize>,
    /// Clusters with a positive case, and with a negative one.
    pub clusters: [usize; 2],
    /// Share of the positive cases.
    pub prevalence: f64,
}

struct RankedCase {
    cluster: u32,
    positive: bool,
    /// Whether the next case scores lower.
    ends_tie: bool,
}

impl RankedCases {
    /// The curve of `finding`, whose cases are positions within `clusters`.
    pub fn new(
        finding: &Finding,
        threshold: Option<f64>,
        clusters: &Clusters,
    ) -> Result<Self, StatsError> {
        let positives = checked(finding, clusters)?;
        let mut order: Vec<usize> = (0..finding.scores.len()).collect();
        order.sort_unstable_by(|a, b| finding.scores[*b].total_cmp(&finding.scores[*a]));
        let cases = order.iter().enumerate().map(|(at, &case)| RankedCase {
            cluster: clusters.of_case()[finding.cases[case]] as u32,
            positive: finding.labels[case],
            // By `==`, so that both zeros tie.
            ends_tie: order
                .get(at + 1)
                .is_none_or(|next| finding.scores[*next] != finding.scores[case]),
        });
        let cases: Vec<RankedCase> = cases.collect();
        let with = |answer: bool| {
            let such = cases.iter().filter(|case| case.positive == answer);
            let mut of: Vec<u32> = such.map(|case| case.cluster).collect();
            of.sort_unstable();
            of.dedup();
            of.len()
        };
        let called = |threshold: f64| finding.scores.iter().filter(|s| **s >= threshold).count();
        Ok(Self {
            called: threshold.map(called),
            clusters: [with(true), with(false)],
            prevalence: positives as f64 / cases.len() as f64,
            cases,
        })
    }

    /// Adds to `traced` the curve of the cases repeated by `weight`, times `factor`: the
    /// [numbers](CurveGrid::numbers) of `grid`. False, with `traced` undefined, where the positive or
    /// the negative cases have no weight.
    pub fn trace(
        &self,
        weight: impl Fn(u32) -> u64,
        grid: &CurveGrid,
        factor: f64,
        traced: &mut [f64],
    ) -> bool {
        let mut totals = [0u64; 2];
        for case in &self.cases {
            let weight = weight(case.cluster);
            totals[0] += weight * u64::from(case.positive);
            totals[1] += weight * u64::from(!case.positive);
        }
        if totals.contains(&0) {
            return false;
        }
        let [positives, negatives] = totals.map(|total| total as f64);
        let (rates, rest) = traced.split_at_mut(grid.false_positive_rates.len());
        let (precisions, single) = rest.split_at_mut(grid.recalls.len());
        let mut walk = Walk {
            rates: Reading::new(&grid.false_positive_rates, negatives),
            recalls: Reading::new(&grid.recalls, positives),
            above: [0; 2],
            precision: 0.0,
        };
        let mut tie = [0u64; 2];
        for (at, case) in self.cases.iter().enumerate() {
            let weight = weight(case.cluster);
            // Without a branch, as labels and resamples are unpredictable.
            tie[0] += weight * u64::from(case.positive);
            tie[1] += weight * u64::from(!case.positive);
            if case.ends_tie {
                walk.pass(tie, totals, factor, rates, precisions);
                tie = [0; 2];
                if self.called == Some(at + 1) {
                    single[1] += factor * walk.above[0] as f64 / positives;
                    single[2] += factor * (1.0 - walk.above[1] as f64 / negatives);
                }
            }
        }
        if self.called == Some(0) {
            single[2] += factor;
        }
        // What is left is the rate 1, at which all positive cases are found.
        rates[walk.rates.next..]
            .iter_mut()
            .for_each(|rate| *rate += factor);
        single[0] += factor * (walk.precision / positives).min(1.0);
        true
    }

    /// Whether it has a threshold.
    pub fn has_threshold(&self) -> bool {
        self.called.is_some()
    }
}

/// The positive cases of a curve that can be traced: as many labels and finite scores as cases, of
/// both kinds, each case once among those of the clusters.
fn checked(finding: &Finding, clusters: &Clusters) -> Result<usize, StatsError> {
    finding.check_places(clusters)?;
    let cases = finding.cases.len();
    if finding.scores.len() != cases {
        return Err(StatsError::LengthMismatch {
            what: "scores of a curve",
            expected: cases,
            found: finding.scores.len(),
        });
    }
    if let Some(index) = finding.scores.iter().position(|score| !score.is_finite()) {
        return Err(StatsError::NonFinite {
            what: "scores of a curve",
            index,
            found: finding.scores[index],
        });
    }
    let positives = finding.labels.iter().filter(|label| **label).count();
    let negatives = cases - positives;
    match positives.min(negatives) {
        0 => Err(StatsError::OneClass {
            positives,
            negatives,
        }),
        _ => Ok(positives),
    }
}

/// A walk down the scores of a curve.
struct Walk<'g> {
    rates: Reading<'g>,
    recalls: Reading<'g>,
    /// Weight of the positive and the negative cases passed.
    above: [u64; 2],
    /// Sum of precisions at the positive cases passed.
    precision: f64,
}

/// The next place of a grid, in cases.
struct Reading<'g> {
    places: &'g [f64],
    total: f64,
    next: usize,
    /// Cases at the next place; infinite after the last.
    at: f64,
}

impl<'g> Reading<'g> {
    fn new(places: &'g [f64], total: f64) -> Self {
        let mut reading = Self {
            places,
            total,
            next: 0,
            at: 0.0,
        };
        reading.at = reading.cases();
        reading
    }

    /// A place that is a whole number of cases but for rounding is that number, as a curve jumps
    /// there.
    fn cases(&self) -> f64 {
        let Some(place) = self.places.get(self.next) else {
            return f64::INFINITY;
        };
        let cases = place * self.total;
        match cases.round() {
            whole if (cases - whole).abs() < 1e-9 * whole.max(1.0) => whole,
            _ => cases,
        }
    }

    fn step(&mut self) {
        self.next += 1;
        self.at = self.cases();
    }

    /// Whether `found` of all cases are a share of at least the next place. By division, which is
    /// exact where the place is the quotient of whole numbers: 7 of 10 are 0.7.
    fn is_reached(&self, found: f64) -> bool {
        found >= self.at - 1.0
            && self
                .places
                .get(self.next)
                .is_some_and(|place| found / self.total >= *place)
    }
}

impl Walk<'_> {
    /// Passes all cases of one score, `tie` positive and negative ones.
    fn pass(
        &mut self,
        tie: [u64; 2],
        totals: [u64; 2],
        factor: f64,
        rates: &mut [f64],
        precisions: &mut [f64],
    ) {
        let before = self.above;
        self.above = [before[0] + tie[0], before[1] + tie[1]];
        let [found, alarms] = self.above.map(|count| count as f64);
        if tie[1] > 0 {
            while self.rates.at < alarms {
                let share = (self.rates.at - before[1] as f64).max(0.0) / tie[1] as f64;
                let reached = before[0] as f64 + share * tie[0] as f64;
                rates[self.rates.next] += factor * reached / totals[0] as f64;
                self.rates.step();
            }
        }
        if tie[0] > 0 {
            let precision = found / (found + alarms);
            self.precision += tie[0] as f64 * precision;
            while self.recalls.is_reached(found) {
                precisions[self.recalls.next] += factor * precision;
                self.recalls.step();
            }
        }
    }
}

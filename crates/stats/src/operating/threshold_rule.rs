use crate::StatsError;
use crate::discrimination::ranking::Ranking;
use crate::input::check_share;

/// How to choose a threshold on **validation** cases, to be used as it is on test cases.
///
/// The candidates are the scores that occur; a case counts as positive when its score is at least
/// the threshold. Chosen on the cases that it is then measured on, a threshold flatters itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ThresholdRule {
    /// The highest `sensitivity + specificity − 1` (Youden 1950), which takes a missed case and a
    /// false alarm as equally bad per case of their kind. Among equals the highest threshold, so
    /// the fewest calls. With useless scores the best may be 0: see [`ChosenThreshold::youden`].
    Youden,
    /// The highest threshold with at least this sensitivity, in `0..=1`, and so of those the
    /// highest specificity. Always reached, if need be by calling every case positive.
    SensitivityAtLeast(f64),
    /// The lowest threshold with at least this specificity, in `0..=1`, and so of those the
    /// highest sensitivity. An error if the cases with the highest score hold too many negatives.
    SpecificityAtLeast(f64),
}

/// A threshold with what it gives on the cases it was chosen on, which is more than it will on
/// others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChosenThreshold {
    /// The lowest score that counts as positive.
    pub threshold: f64,
    /// Share of the positive cases at or above it, in `0..=1`.
    pub sensitivity: f64,
    /// Share of the negative cases below it, in `0..=1`.
    pub specificity: f64,
}

impl ChosenThreshold {
    /// `sensitivity + specificity − 1`, in `−1..=1`; 0 is chance.
    pub fn youden(&self) -> f64 {
        self.sensitivity + self.specificity - 1.0
    }
}

impl ThresholdRule {
    /// `labels`: true for positive cases, at least one of each kind; `scores`: one finite number
    /// per case, higher meaning more likely positive. `O(n log n)`.
    pub fn choose(self, labels: &[bool], scores: &[f64]) -> Result<ChosenThreshold, StatsError> {
        match self {
            Self::Youden => {}
            Self::SensitivityAtLeast(share) => check_share("sensitivity to reach", share)?,
            Self::SpecificityAtLeast(share) => check_share("specificity to reach", share)?,
        }
        let ranking = Ranking::new(labels, scores)?;
        let (m, n) = (ranking.positives as i128, ranking.negatives as i128);
        let mut candidates = candidates(&ranking);
        let chosen = match self {
            // In whole numbers, so that ties are ties. The first of the highest.
            Self::Youden => candidates.reduce(|best, next| {
                let gain = |c: &Candidate| c.found as i128 * n - c.alarms as i128 * m;
                if gain(&next) > gain(&best) {
                    next
                } else {
                    best
                }
            }),
            Self::SensitivityAtLeast(share) => {
                candidates.find(|c| c.found as f64 / m as f64 >= share)
            }
            Self::SpecificityAtLeast(share) => {
                let specific = |c: &Candidate| (n - c.alarms as i128) as f64 / n as f64;
                let mut candidates = candidates.peekable();
                let most = candidates.peek().map_or(0.0, specific);
                let last = candidates.take_while(|c| specific(c) >= share).last();
                if last.is_none() {
                    return Err(StatsError::Unreachable {
                        what: "specificity",
                        asked: share,
                        most,
                    });
                }
                last
            }
        };
        // Two cases at least, so there is a candidate; the last one finds all positives.
        let chosen = chosen.ok_or(StatsError::Empty { what: "scores" })?;
        Ok(ChosenThreshold {
            threshold: chosen.threshold,
            sensitivity: chosen.found as f64 / m as f64,
            specificity: (n - chosen.alarms as i128) as f64 / n as f64,
        })
    }
}

/// A threshold with the positive and the negative cases at or above it.
#[derive(Clone, Copy)]
struct Candidate {
    threshold: f64,
    found: usize,
    alarms: usize,
}

/// Every score that occurs as a threshold, from the highest to the lowest.
fn candidates(ranking: &Ranking<'_>) -> impl Iterator<Item = Candidate> {
    let (mut found, mut alarms) = (0, 0);
    ranking.groups().rev().filter_map(move |group| {
        found += group.positives;
        alarms += group.negatives;
        let (threshold, _) = *group.cases.first()?;
        Some(Candidate {
            threshold,
            found,
            alarms,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RocCurve;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_choice_is_the_best_point_of_the_curve(
            cases in prop::collection::vec((any::<bool>(), -6i32..6), 2..60), share in 0.0f64..=1.0
        ) {
            let labels: Vec<bool> = cases.iter().map(|c| c.0).collect();
            let scores: Vec<f64> = cases.iter().map(|c| f64::from(c.1)).collect();
            let Ok(curve) = RocCurve::new(&labels, &scores) else {
                return Ok(());
            };
            let points = &curve.points()[1..];
            let youden = ThresholdRule::Youden.choose(&labels, &scores).unwrap();
            let most = points.iter().map(|p| p.sensitivity + p.specificity - 1.0).fold(-1.0, f64::max);
            prop_assert!((youden.youden() - most).abs() < 1e-12);

            let sensitive = ThresholdRule::SensitivityAtLeast(share).choose(&labels, &scores).unwrap();
            prop_assert!(sensitive.sensitivity >= share);
            let enough = points.iter().filter(|p| p.sensitivity >= share);
            prop_assert_eq!(sensitive.specificity, enough.map(|p| p.specificity).fold(0.0, f64::max));

            let at = curve.sensitivity_at(share).unwrap();
            match ThresholdRule::SpecificityAtLeast(share).choose(&labels, &scores) {
                Ok(found) => prop_assert_eq!((Some(found.threshold), found.sensitivity),
                    (at.threshold, at.sensitivity)),
                Err(StatsError::Unreachable { most, .. }) => {
                    prop_assert!(most < share && at.threshold.is_none());
                }
                Err(other) => prop_assert!(false, "{}", other),
            }
        }
    }

    #[test]
    fn equal_gains_call_the_fewest() {
        let labels = [true, false, true, false];
        let chosen = ThresholdRule::Youden
            .choose(&labels, &[4.0, 3.0, 2.0, 1.0])
            .unwrap();
        assert_eq!((chosen.threshold, chosen.youden()), (4.0, 0.5));
        let error = ThresholdRule::SpecificityAtLeast(0.9)
            .choose(&labels, &[1.0; 4])
            .unwrap_err();
        assert!(error.to_string().contains("specificity of 0.9"), "{error}");
        assert!(
            ThresholdRule::SensitivityAtLeast(1.5)
                .choose(&labels, &[1.0; 4])
                .is_err()
        );
    }
}

//! Rates that nobody tried.

use record::results::*;
use study::{Candidate, TuneKey, TuneMetric};

/// Two arms, `baseline` and another, that tried three rates; one trial failed.
pub fn tried(results: &mut Results, [baseline, arm]: [&str; 2], words: &str) {
    results.tuned = Some(TunedResult {
        metric: TuneMetric::ValidationAuc,
        keys: vec![TuneKey::Lr],
        seeds: vec![7, 8],
    });
    results.tuning = [baseline, arm].map(|label| of_arm(label, words)).into();
    let points = [(0, 0.03), (1, -0.02)].map(|(candidate, difference)| SpecificationPoint {
        candidate,
        seeds: 3,
        difference,
        interval: Some([difference - 0.01, difference + 0.01]),
        is_chosen_by_arm: candidate == 1,
        is_chosen_by_baseline: candidate == 0,
    });
    results.specification_curve = Some(SpecificationCurve {
        comparisons: vec![SpecificationResult {
            arm: arm.into(),
            baseline: baseline.into(),
            points: points.into(),
            ahead: 1,
            behind: 1,
        }],
        readings: vec![SpecificationReading {
            arms: vec![arm.into(), baseline.into()],
            text: words.into(),
        }],
    });
}

fn of_arm(label: &str, words: &str) -> TuningResult {
    let candidates = [(1e-4, Some(0.7)), (1e-3, Some(0.8)), (1e-2, None)];
    TuningResult {
        arm: label.into(),
        candidates: candidates
            .map(|(lr, auc)| TriedResult {
                candidate: Candidate {
                    lr,
                    weight_decay: 0.0,
                    max_steps: 100,
                },
                trials: [7, 8]
                    .map(|seed| TrialResult {
                        seed,
                        validation_auc: auc,
                        error: auc.is_none().then(|| words.into()),
                    })
                    .into(),
                mean: auc,
            })
            .into(),
        chosen: Some(1),
        edges: vec![EdgeResult {
            key: TuneKey::Lr,
            is_largest: true,
        }],
        steps: 400,
    }
}

//! Two studies beside each other: their arms aligned by label.

use decisions::{Arms, FEWEST_SEEDS};
use record::results::{
    Agreement, ArmBeside, Beside, ComparisonBeside, ComparisonResult, Estimate, Fact, Outcome,
    Results, Shift,
};
use record::{RecordError, StudyDirectory};
use study::StudyPlan;

use super::collect::collect;
use super::finished::{self, ArmRuns};

/// Level of the intervals of differences between studies.
const LEVEL: f64 = 0.95;

/// The studies of two directories, by what is finished in each.
pub fn beside(directories: [&StudyDirectory; 2]) -> Result<Beside, RecordError> {
    let [a, b] = directories;
    let results = [collect(a)?.results, collect(b)?.results];
    let plans = [a.plan()?, b.plan()?];
    let arms = [
        finished::read(a, &plans[0])?.0,
        finished::read(b, &plans[1])?.0,
    ];
    let shares_test = shares_test(&arms);
    let [first, second] = &results;
    let find = |label: &str| second.arms.iter().position(|arm| arm.label == label);
    let both = first.arms.iter().enumerate();
    let both = both.filter_map(|(place, arm)| Some(([place, find(&arm.label)?], arm)));
    let aligned = both.map(|([ours, theirs], arm)| {
        let aucs = [arm.auc, second.arms[theirs].auc];
        let joint = || contrast([&arms[0][ours], &arms[1][theirs]]);
        ArmBeside {
            label: arm.label.clone(),
            aucs,
            difference: match shares_test {
                true => joint().or_else(|| apart(aucs)),
                false => apart(aucs),
            },
        }
    });
    Ok(Beside {
        titles: [first, second].map(|r| r.title.clone()),
        leads: [first, second].map(|r| r.verdict.lead.clone()),
        facts: facts([first, second], [&plans[0], &plans[1]]),
        shares_test,
        arms: aligned.collect(),
        comparisons: comparisons([first, second]),
        alone: [alone(first, second), alone(second, first)],
    })
}

/// Whether both test on the same pictures of the same patients with the same labels, in one order.
fn shares_test(arms: &[Vec<ArmRuns>; 2]) -> bool {
    let tested = arms.each_ref().map(|arms| {
        let mut runs = arms.iter().flat_map(|arm| &arm.runs);
        runs.next().map(|run| (&run.test, run.fold))
    });
    let [Some((ours, None)), Some((theirs, None))] = tested else {
        return false;
    };
    (&ours.images, &ours.patients, &ours.labels)
        == (&theirs.images, &theirs.patients, &theirs.labels)
}

/// The difference over the seeds that both arms have, patients shared.
fn contrast([ours, theirs]: [&ArmRuns; 2]) -> Option<Shift> {
    let [ours, theirs] = [ours.aucs(), theirs.aucs()];
    let contrast = Arms::new([(&theirs[..], 0), (&ours[..], 0)]).contrast([0, 1])?;
    let is_enough = contrast.difference.values.len() >= FEWEST_SEEDS;
    let interval = contrast.interval(LEVEL).filter(|_| is_enough);
    Some(Shift {
        value: contrast.difference.mean,
        low: interval.map(|i| i.lower),
        high: interval.map(|i| i.upper),
    })
}

/// The difference of two arms that share no patient, from their own intervals: MOVER, the method of
/// variance estimates recovery (Zou and Donner, Statistics in Medicine 2008),
/// `L = d − √((b − l_b)² + (u_a − a)²)` and `U = d + √((u_b − b)² + (a − l_a)²)` for d = b − a.
/// Where patients are shared after all it is too wide, as long as they move both arms alike.
fn apart([a, b]: [Option<Estimate>; 2]) -> Option<Shift> {
    let (a, b) = (a?, b?);
    let value = b.value - a.value;
    let ends = a.interval().zip(b.interval());
    let ends = ends.map(|([low_a, high_a], [low_b, high_b])| {
        [
            value - (b.value - low_b).hypot(high_a - a.value),
            value + (high_b - b.value).hypot(a.value - low_a),
        ]
    });
    Some(Shift {
        value,
        low: ends.map(|[low, _]| low),
        high: ends.map(|[_, high]| high),
    })
}

fn comparisons([first, second]: [&Results; 2]) -> Vec<ComparisonBeside> {
    let twin = |ours: &ComparisonResult| {
        let mut theirs = second.comparisons.iter();
        theirs.find(|c| (&c.arm, &c.baseline) == (&ours.arm, &ours.baseline))
    };
    let both = first.comparisons.iter();
    let both = both.filter_map(|ours| Some([ours, twin(ours)?]));
    let told = both.map(|pair| ComparisonBeside {
        arm: pair[0].arm.clone(),
        baseline: pair[0].baseline.clone(),
        differences: pair.map(|c| c.difference),
        outcomes: pair.map(|c| c.outcome),
        agreement: agreement(pair.map(|c| c.outcome)),
    });
    told.collect()
}

/// Two decided outcomes agree or disagree; an undecided one does neither.
fn agreement(outcomes: [Outcome; 2]) -> Agreement {
    match outcomes {
        [Outcome::Undecided, _] | [_, Outcome::Undecided] => Agreement::CannotTell,
        [ours, theirs] if ours == theirs => Agreement::Agrees,
        _ => Agreement::Disagrees,
    }
}

fn alone(own: &Results, other: &Results) -> Vec<String> {
    let is_shared = |label: &str| other.arms.iter().any(|arm| arm.label == label);
    let own = own.arms.iter().map(|arm| arm.label.clone());
    own.filter(|label| !is_shared(label)).collect()
}

fn facts(results: [&Results; 2], plans: [&StudyPlan; 2]) -> Vec<Fact> {
    let fact = |name: &str, of: &dyn Fn(&Results) -> String| Fact {
        name: name.into(),
        values: results.map(of),
    };
    let planned = |name: &str, of: &dyn Fn(&StudyPlan) -> String| Fact {
        name: name.into(),
        values: plans.map(of),
    };
    let part = |name: &'static str| {
        move |results: &Results| {
            let parts = &results.data.partitions;
            let found = parts.iter().find(|part| part.name == name);
            found.map_or("–".into(), |part| match part.patients {
                Some(patients) => format!("{} of {patients} patients", part.images),
                None => part.images.to_string(),
            })
        }
    };
    vec![
        fact("Data", &|r| r.data.name.clone()),
        fact("Fingerprint of the data", &|r| short(&r.data.sha256)),
        fact("Headline", &|r| r.headline.clone()),
        fact("Size", &|r| format!("{}", r.data.size)),
        fact("Split", &|r| r.data.split.clone()),
        fact("Training pictures", &part("training")),
        fact("Test pictures", &part("test")),
        fact("Baseline", &|r| r.baseline.clone()),
        fact("Margin", &|r| r.margin.to_string()),
        planned("Steps", &|p| p.train.max_steps.to_string()),
        planned("Batch", &|p| p.train.batch_size.to_string()),
        fact("Arms", &|r| r.arms.len().to_string()),
        fact("Runs done", &|r| {
            format!("{} of {}", r.progress.done, r.progress.planned)
        }),
        fact("Version", &|r| r.version.clone()),
    ]
}

/// The first digits of a digest, enough to tell two apart.
fn short(digest: &str) -> String {
    digest.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(value: f64, low: f64, high: f64) -> Estimate {
        Estimate {
            value,
            low: Some(low),
            high: Some(high),
            seeds: 3,
            seed_sd: None,
            sampling_se: 0.01,
        }
    }

    #[test]
    fn arms_apart_add_their_errors() {
        let (a, b) = (estimate(0.8, 0.76, 0.83), estimate(0.9, 0.87, 0.92));
        let shift = apart([Some(a), Some(b)]).expect("two estimates");
        assert!((shift.value - 0.1).abs() < 1e-12);
        // By hand: √(0.03² + 0.03²) below and √(0.02² + 0.04²) above.
        assert!((shift.low.expect("an end") - (0.1 - 0.0018f64.sqrt())).abs() < 1e-12);
        assert!((shift.high.expect("an end") - (0.1 + 0.002f64.sqrt())).abs() < 1e-12);
        let mirrored = apart([Some(b), Some(a)]).expect("two estimates");
        assert!((mirrored.low.expect("an end") + shift.high.expect("an end")).abs() < 1e-12);
        let open = Estimate { low: None, ..a };
        assert_eq!(apart([Some(open), Some(b)]).expect("a value").low, None);
        assert_eq!(apart([None, Some(b)]), None);
    }

    #[test]
    fn only_decided_outcomes_agree() {
        use Outcome::{Better, Equivalent, Undecided, Worse};
        for (pair, found) in [
            ([Better, Better], Agreement::Agrees),
            ([Better, Worse], Agreement::Disagrees),
            ([Better, Equivalent], Agreement::Disagrees),
            ([Undecided, Undecided], Agreement::CannotTell),
            ([Better, Undecided], Agreement::CannotTell),
        ] {
            assert_eq!(agreement(pair), found);
        }
    }
}

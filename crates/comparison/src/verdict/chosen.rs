//! Which arm to use, and which cannot be told from the best.

use decisions::words::told_from_best;
use decisions::{Arms, Best, FEWEST_SEEDS};
use record::results::{
    Advice, ArmResult, Bound, Clause, Estimate, LabelSaving, Outcome, Results, SpeedUpResult,
};

use super::clauses::clause;

/// The arms that may be used, and what is known of the best of them.
pub(super) struct Chosen<'a> {
    pub(super) results: &'a Results,
    pub(super) best: Best,
    /// The arm that would be used.
    arm: usize,
    /// Its AUC, the interval allowing for its having been chosen.
    pub(super) auc: Estimate,
    reference: f64,
}

impl<'a> Chosen<'a> {
    /// Of the arms trained on the most pictures, their seeds in `arms`; none without a finished run
    /// of any. `error`: how often the best may be told from the rest falsely; `reference`: the AUC
    /// that an arm must be shown to exceed.
    pub(super) fn of(
        results: &'a Results,
        arms: &Arms,
        error: f64,
        reference: f64,
    ) -> Option<Self> {
        let most = results.arms.iter().map(|a| a.train_size).max();
        let is_candidate = |a: &ArmResult| Some(a.train_size) == most && a.auc.is_some();
        let mut candidates: Vec<usize> = (0..results.arms.len())
            .filter(|place| is_candidate(&results.arms[*place]))
            .collect();
        candidates.sort_by_key(|place| (cost(results, *place), *place));
        let mut best = Best::of(arms, &candidates, results.margin, error)?;
        // What the comparisons show needs no second test.
        let highest = best.highest;
        best.possible
            .retain(|arm| *arm == highest || !is_beaten(results, &candidates, *arm));
        let is_as_good = |place: &&usize| {
            **place == best.highest
                || best.within_margin.contains(place)
                || is_equivalent(results, **place, best.highest)
        };
        // Candidates are in the order of their cost.
        let arm = *candidates.iter().find(is_as_good)?;
        // Where nothing varied, what the arm has is all there is.
        let own = results.arms[arm].auc?;
        let auc = match best.interval(arms, arm) {
            Some(interval) => Estimate {
                low: Some(interval.lower),
                high: Some(interval.upper),
                ..own
            },
            None => own,
        };
        Some(Self {
            results,
            best,
            arm,
            auc,
            reference,
        })
    }

    pub(super) fn result(&self) -> &ArmResult {
        &self.results.arms[self.arm]
    }

    /// Whether the arm is shown to exceed the reference: without an interval nothing is.
    pub(super) fn is_shown(&self) -> bool {
        self.auc.low.is_some_and(|low| low > self.reference)
    }

    /// Label of the arm, where it is to be used.
    pub(super) fn recommended(&self) -> Option<&str> {
        self.is_shown().then_some(self.result().label.as_str())
    }

    /// The first sentences of the verdict.
    pub(super) fn clauses(&self) -> Vec<Clause> {
        let mut all = match self.is_shown() {
            true => self.use_it(),
            false => vec![self.use_none()],
        };
        all.extend(self.set());
        all
    }

    fn use_it(&self) -> Vec<Clause> {
        let arm = self.result();
        let trained = match arm.regime.beside_full() {
            None => String::new(),
            Some(regime) => format!(", trained by {regime}"),
        };
        let text = format!(
            "Use {} from {} initialisation{trained}: test AUC {}",
            arm.model,
            arm.init,
            self.auc_in_words()
        );
        let number = |place: usize| format!("/arms/{place}/auc");
        if self.arm == self.best.highest {
            let text = format!("{text}, the highest mean of the study.");
            return vec![clause("use", text, vec![number(self.arm)], "arms")];
        }
        let top = &self.results.arms[self.best.highest];
        let cheaper = format!(
            "{} has the highest mean, {}, but {} is shown to be worse than the best by less than {}, so it is preferred as the cheaper one.",
            top.label,
            top.auc.map_or("not known".into(), |auc| in_words(&auc)),
            arm.label,
            self.results.margin
        );
        vec![
            clause("use", format!("{text}."), vec![number(self.arm)], "arms"),
            clause(
                "cheaper",
                cheaper,
                vec![number(self.best.highest), format!("/costs/{}", self.arm)],
                "costs",
            ),
        ]
    }

    /// What an arm must be shown to exceed, in words.
    pub(super) fn reference_in_words(&self) -> String {
        match self.reference == 0.5 {
            true => "chance".into(),
            false => format!("an AUC of {}", self.reference),
        }
    }

    fn use_none(&self) -> Clause {
        let arm = self.result();
        let reference = self.reference_in_words();
        let text = match self.auc.seeds {
            few @ (1 | 2) => format!(
                "No arm is recommended yet: {} nothing of others, at least three are needed. The highest mean so far is that of {}, test AUC {:.3}.",
                if few == 1 {
                    "one seed of an arm says"
                } else {
                    "two seeds of an arm say"
                },
                arm.label,
                self.auc.value
            ),
            _ => format!(
                "No arm is recommended, as none is shown to exceed {reference}: the highest mean is that of {}, test AUC {}.",
                arm.label,
                self.auc_in_words()
            ),
        };
        let numbers = vec![format!("/arms/{}/auc", self.arm)];
        clause("use", text, numbers, "arms")
    }

    /// Who may be the best.
    fn set(&self) -> Option<Clause> {
        let count = self.best.candidates.len();
        if self.auc.seeds < FEWEST_SEEDS {
            return None;
        }
        let highest = &self.results.arms[self.best.highest].label;
        let text = told_from_best(highest, &self.others(), count, "worse")?;
        let numbers = vec!["/verdict/possible".into()];
        Some(clause("set", text, numbers, "arms"))
    }

    /// Labels of the arms that cannot be told from the best, in the order of the study.
    pub(super) fn possible(&self) -> Vec<String> {
        let mut possible = self.best.possible.clone();
        possible.sort_unstable();
        let labels = possible.into_iter();
        labels
            .map(|place| self.results.arms[place].label.clone())
            .collect()
    }

    /// Labels of the arms that cannot be told from the best, but for the highest.
    pub(super) fn others(&self) -> Vec<&str> {
        let possible = self.best.possible.iter();
        let others = possible.filter(|place| **place != self.best.highest);
        others
            .map(|place| self.results.arms[*place].label.as_str())
            .collect()
    }

    pub(super) fn auc_in_words(&self) -> String {
        let candidates = self.best.candidates.len();
        match (self.auc.interval(), candidates) {
            (Some([low, high]), 2..) if self.auc.low != self.result().auc.and_then(|a| a.low) => {
                format!(
                    "{:.3} (95% interval {low:.3} to {high:.3}, allowing for the choice among {candidates} arms)",
                    self.auc.value
                )
            }
            _ => in_words(&self.auc),
        }
    }

    /// The same in numbers; none where no arm is to be used.
    pub(super) fn advice(&self) -> Option<Advice> {
        self.recommended()?;
        let (results, arm) = (self.results, self.result());
        let against = results.against_baseline(arm);
        let savings = results.label_efficiency.iter();
        let of_arm = savings
            .filter(|s| (&s.model, &s.init, &s.regime) == (&arm.model, &arm.init, &arm.regime));
        let labels = of_arm
            .flat_map(|saving| &saving.savings)
            .filter(|saving| saving.bound == Bound::Exact)
            .max_by_key(|saving| saving.train_size);
        let highest = self.best.highest;
        Some(Advice {
            arm: arm.label.clone(),
            model: arm.model.clone(),
            init: arm.init.clone(),
            up_to_block: arm.up_to_block.clone(),
            auc: Some(self.auc),
            gain: against.map(|c| c.difference),
            outcome: against.map(|c| c.outcome),
            cheaper_than: (self.arm != highest).then(|| results.arms[highest].label.clone()),
            candidates: self.best.candidates.len(),
            speed_up: speed_up(results, arm),
            labels: labels.map(|saving| LabelSaving {
                train_size: saving.train_size,
                factor: saving.factor,
                low: saving.low,
                high: saving.high,
            }),
        })
    }
}

/// Whether a candidate is shown to be worse than another where the two are compared.
fn is_beaten(results: &Results, candidates: &[usize], arm: usize) -> bool {
    let label = |place: usize| results.arms[place].label.as_str();
    let is_candidate = |other: &str| candidates.iter().any(|place| label(*place) == other);
    results.comparisons.iter().any(|c| match c.outcome {
        Outcome::Worse => c.arm == label(arm) && is_candidate(&c.baseline),
        Outcome::Better => c.baseline == label(arm) && is_candidate(&c.arm),
        Outcome::Equivalent | Outcome::Undecided => false,
    })
}

/// Whether two arms are shown to be equivalent where they are compared.
fn is_equivalent(results: &Results, one: usize, other: usize) -> bool {
    let label = |place: usize| results.arms[place].label.as_str();
    let pair = [label(one), label(other)];
    results.comparisons.iter().any(|c| {
        let compared = [c.arm.as_str(), c.baseline.as_str()];
        let is_pair = compared == pair || compared == [pair[1], pair[0]];
        is_pair && c.outcome == Outcome::Equivalent
    })
}

/// How much sooner an arm is at the highest threshold that tells.
fn speed_up(results: &Results, arm: &ArmResult) -> Option<SpeedUpResult> {
    let against = results.against_baseline(arm)?;
    let speeds = against.speed_up.iter().rev();
    speeds.flatten().next().cloned()
}

/// Multiply-adds, then whether pretrained weights are needed.
fn cost(results: &Results, place: usize) -> (u64, bool) {
    let arm = &results.arms[place];
    let macs = results
        .models
        .iter()
        .find(|m| m.label == arm.model)
        .map_or(u64::MAX, |m| m.macs);
    (macs, arm.needs_weights)
}

/// `0.853 (95% interval 0.821 to 0.880)`.
fn in_words(auc: &Estimate) -> String {
    match auc.interval() {
        Some([low, high]) => format!("{:.3} (95% interval {low:.3} to {high:.3})", auc.value),
        None => format!("{:.3} ({})", auc.value, auc.why_no_interval()),
    }
}

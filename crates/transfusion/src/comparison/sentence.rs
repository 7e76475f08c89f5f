//! What the verdict says of comparisons: a sentence each, or one for many against the same arm.

use std::fmt::Write as _;

use super::results::{ArmResult, ComparisonResult, Results};

/// Comparisons with one arm that still get a sentence each.
const SINGLE: usize = 3;
/// Sentences that a paragraph may hold; more are counted by outcome.
const MOST: usize = 12;
/// In the order of the sentence.
const OUTCOMES: [&str; 4] = ["better", "worse", "equivalent", "undecided"];

/// Comparisons with one arm, in the same words.
struct Group<'a> {
    /// What the others are compared with, in words.
    other: String,
    /// The arm that it is.
    baseline: Option<&'a ArmResult>,
    /// What is compared with it: its words, the arm, the numbers.
    members: Vec<(String, &'a ArmResult, &'a ComparisonResult)>,
}

/// Writes the sentences of all comparisons, in the order of the results; where they would be too
/// many to read, those of the arm `recommended`, and how many comparisons ended how.
pub(super) fn sentences(results: &Results, recommended: Option<&str>, paragraph: &mut String) {
    let mut groups: Vec<Group> = Vec::new();
    let find = |label: &str| results.arms.iter().find(|a| a.label == label);
    for comparison in &results.comparisons {
        let Some(arm) = find(&comparison.arm) else {
            continue;
        };
        let baseline = find(&comparison.baseline);
        let [this, other] = sides(arm, baseline, &results.baseline);
        let is_with = |g: &&mut Group| {
            let with = g.members.iter().map(|(.., c)| &c.baseline).next();
            g.other == other && with == Some(&comparison.baseline)
        };
        let member = (this, arm, comparison);
        match groups.iter_mut().find(is_with) {
            Some(group) => group.members.push(member),
            None => groups.push(Group {
                other,
                baseline,
                members: vec![member],
            }),
        }
    }
    if groups.iter().map(Group::sentences).sum::<usize>() > MOST {
        for group in &mut groups {
            let is_told = |arm: &ArmResult| Some(arm.label.as_str()) == recommended;
            group.members.retain(|(_, arm, _)| is_told(arm));
            group.one_by_one(paragraph);
        }
        paragraph.push_str(&tally(results));
        return;
    }
    for group in groups {
        match group.members.len() {
            0..=SINGLE => group.one_by_one(paragraph),
            _ => group.together(paragraph),
        }
    }
}

/// How many comparisons ended how.
fn tally(results: &Results) -> String {
    let count = |outcome: &str| {
        let of_outcome = results.comparisons.iter().filter(|c| c.outcome == outcome);
        format!("{} {outcome}", of_outcome.count())
    };
    format!(
        "All {} comparisons of arms: {} (within ± {}); each has its difference and interval in the table of arms. ",
        results.comparisons.len(),
        OUTCOMES.map(count).join(", "),
        results.margin
    )
}

impl Group<'_> {
    /// Sentences that its members take.
    fn sentences(&self) -> usize {
        match self.members.len() {
            few @ 0..=SINGLE => few,
            _ => 1,
        }
    }

    fn one_by_one(&self, paragraph: &mut String) {
        for (this, arm, comparison) in &self.members {
            let _ = write!(
                paragraph,
                "For {}, {this} changes AUC by {} against {}: {}",
                place(arm),
                change(comparison),
                self.other,
                comparison.outcome
            );
            let speeds = self.speeds(arm);
            if !speeds.is_empty() {
                let _ = write!(paragraph, "; it reaches {}", speeds.join(", and "));
            }
            paragraph.push_str(". ");
        }
    }

    fn together(&self, paragraph: &mut String) {
        let Some((_, first, _)) = self.members.first() else {
            return;
        };
        let mut parts = Vec::new();
        for outcome in OUTCOMES {
            let of_outcome = self.members.iter().filter(|(.., c)| c.outcome == outcome);
            let listed: Vec<_> = of_outcome
                .map(|(this, _, c)| format!("{this} {}", change(c)))
                .collect();
            if !listed.is_empty() {
                parts.push(format!("{outcome} with {}", listed.join(", ")));
            }
        }
        let (place, other) = (place(first), &self.other);
        let _ = write!(
            paragraph,
            "For {place}, AUC against {other} is {}. ",
            parts.join("; ")
        );
        paragraph.push_str(&self.soonest());
    }

    /// Who reaches the highest threshold that any of them reaches, and when.
    fn soonest(&self) -> String {
        let arms = self.members.iter().map(|(this, arm, _)| (this, *arm));
        let all = arms.chain(self.baseline.map(|b| (&self.other, b)));
        let reached = all.flat_map(|(name, arm)| {
            let crossings = arm.convergence.iter();
            crossings.filter_map(move |c| Some((c.threshold, c.median?, name)))
        });
        let best = reached.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)));
        let Some((threshold, steps, name)) = best else {
            return String::new();
        };
        let of_baseline = self.baseline.and_then(|b| {
            let crossing = b.convergence.iter().find(|c| c.threshold == threshold);
            crossing?.median
        });
        let instead = match of_baseline {
            _ if *name == self.other => String::new(),
            Some(steps) => format!(" instead of {steps:.0}"),
            None => format!(", which {} does not reach", self.other),
        };
        format!(
            "Validation AUC {threshold} is reached soonest by {name}, after {steps:.0} steps{instead}. "
        )
    }

    /// When `arm` reaches each threshold that it or the other reaches.
    fn speeds(&self, arm: &ArmResult) -> Vec<String> {
        let theirs = self.baseline.map_or(&[][..], |b| &b.convergence);
        let other = &self.other;
        let crossings = arm.convergence.iter().zip(theirs);
        let words = crossings.filter_map(|(ours, theirs)| {
            let threshold = ours.threshold;
            Some(match (ours.median, theirs.median) {
                (Some(a), Some(b)) => {
                    format!("validation AUC {threshold} after {a:.0} steps instead of {b:.0}")
                }
                (Some(a), None) => format!(
                    "validation AUC {threshold} after {a:.0} steps, which {other} does not reach"
                ),
                (None, Some(b)) => {
                    format!("validation AUC {threshold} not at all, {other} after {b:.0} steps")
                }
                (None, None) => return None,
            })
        });
        words.collect()
    }
}

/// The model, with the training size where it is not all.
fn place(arm: &ArmResult) -> String {
    match arm.is_all {
        true => arm.model.clone(),
        false => format!("{} with {} images", arm.model, arm.train_size),
    }
}

fn change(comparison: &ComparisonResult) -> String {
    let d = comparison.difference;
    format!("{:+.3} ({:+.3} to {:+.3})", d.value, d.low, d.high)
}

/// The two sides of a comparison in words: initialisations, regimes from one initialisation, or a
/// part of a network and the whole.
fn sides(arm: &ArmResult, other: Option<&ArmResult>, baseline: &str) -> [String; 2] {
    match other {
        Some(other) if other.model != arm.model => [
            arm.setup(),
            format!("{} of the whole {}", other.setup(), other.model),
        ],
        Some(other) if other.regime != arm.regime => [
            format!("{} from {}", arm.regime, arm.init),
            format!("{} training", other.regime),
        ],
        Some(other) => [arm, other].map(ArmResult::setup),
        None => [arm.setup(), baseline.into()],
    }
}

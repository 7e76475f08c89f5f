//! What the verdict says of comparisons: a clause each, or one for many against the same arm.

use crate::attribution::difference;
use record::results::{
    ArmResult, Clause, ComparisonResult, Convergence, Outcome, Results, SpeedOutcome, SpeedUpResult,
};

/// Comparisons with one arm that still get a sentence each.
const SINGLE: usize = 3;
/// Sentences that a paragraph may hold; more are counted by outcome.
const MOST: usize = 12;

/// Comparisons with one arm, in the same words.
struct Group<'a> {
    /// What the others are compared with, in words.
    other: String,
    /// The arm that it is, and its position.
    baseline: Option<(usize, &'a ArmResult)>,
    /// What is compared with it.
    members: Vec<Member<'a>>,
}

/// One side of a comparison.
struct Member<'a> {
    /// In words.
    words: String,
    /// The arm, and its position.
    arm: (usize, &'a ArmResult),
    /// The numbers, and their position.
    comparison: (usize, &'a ComparisonResult),
}

/// The clauses of all comparisons, in the order of the results; where they would be too many to
/// read, those of the arm `recommended`, and how many comparisons ended how.
pub(crate) fn clauses(results: &Results, recommended: Option<&str>) -> Vec<Clause> {
    let mut groups = groups(results);
    if groups.iter().map(Group::sentences).sum::<usize>() <= MOST {
        let of_group = |group: &Group| match group.members.len() {
            0..=SINGLE => group.one_by_one(),
            _ => group.together(),
        };
        return groups.iter().flat_map(of_group).collect();
    }
    for group in &mut groups {
        let is_told = |member: &Member| Some(member.arm.1.label.as_str()) == recommended;
        group.members.retain(is_told);
    }
    let told = groups.iter().flat_map(Group::one_by_one);
    told.chain([tally(results)]).collect()
}

fn groups(results: &Results) -> Vec<Group<'_>> {
    let mut groups: Vec<Group> = Vec::new();
    let find = |label: &str| {
        let mut arms = results.arms.iter().enumerate();
        arms.find(|(_, arm)| arm.label == label)
    };
    for (place, comparison) in results.comparisons.iter().enumerate() {
        let Some(arm) = find(&comparison.arm) else {
            continue;
        };
        let baseline = find(&comparison.baseline);
        let [words, other] = sides(arm.1, baseline.map(|b| b.1), &results.baseline);
        let is_with = |g: &&mut Group| {
            let with = g.members.iter().map(|m| &m.comparison.1.baseline).next();
            g.other == other && with == Some(&comparison.baseline)
        };
        let member = Member {
            words,
            arm,
            comparison: (place, comparison),
        };
        match groups.iter_mut().find(is_with) {
            Some(group) => group.members.push(member),
            None => groups.push(Group {
                other,
                baseline,
                members: vec![member],
            }),
        }
    }
    groups
}

/// How many comparisons ended how.
fn tally(results: &Results) -> Clause {
    let count = |outcome: Outcome| {
        let of_outcome = results.comparisons.iter().filter(|c| c.outcome == outcome);
        format!("{} {outcome}", of_outcome.count())
    };
    Clause {
        rule: "tally".into(),
        text: format!(
            "All {} comparisons of arms: {} (within ± {}); each has its difference and interval in the table of arms.",
            results.comparisons.len(),
            Outcome::ALL.map(count).join(", "),
            results.margin
        ),
        numbers: vec!["/comparisons".into()],
        section: "comparisons".into(),
    }
}

impl Group<'_> {
    /// Sentences that its members take.
    fn sentences(&self) -> usize {
        match self.members.len() {
            few @ 0..=SINGLE => few,
            _ => 1,
        }
    }

    fn one_by_one(&self) -> Vec<Clause> {
        let members = self.members.iter();
        members
            .map(|member| {
                let (place, comparison) = member.comparison;
                let mut text = format!(
                    "For {}, {} changes AUC by {} against {}: {}",
                    self::place(member.arm.1),
                    member.words,
                    change(comparison),
                    self.other,
                    outcome(comparison)
                );
                let speeds = self.speeds(member);
                if !speeds.is_empty() {
                    text.push_str(&format!("; it reaches {}", speeds.join(", and ")));
                }
                text.push('.');
                Clause {
                    rule: "compare".into(),
                    text,
                    numbers: vec![format!("/comparisons/{place}")],
                    section: "comparisons".into(),
                }
            })
            .collect()
    }

    fn together(&self) -> Vec<Clause> {
        let Some(first) = self.members.first() else {
            return Vec::new();
        };
        let mut parts = Vec::new();
        for outcome in Outcome::ALL {
            let is_such = |m: &&Member| m.comparison.1.outcome == outcome;
            let of_outcome = self.members.iter().filter(is_such);
            let listed: Vec<_> = of_outcome
                .map(|m| format!("{} {}", m.words, change(m.comparison.1)))
                .collect();
            if !listed.is_empty() {
                parts.push(format!("{outcome} with {}", listed.join(", ")));
            }
        }
        let (place, other) = (place(first.arm.1), &self.other);
        let members = self.members.iter();
        let all = Clause {
            rule: "compare".into(),
            text: format!("For {place}, AUC against {other} is {}.", parts.join("; ")),
            numbers: members
                .map(|m| format!("/comparisons/{}", m.comparison.0))
                .collect(),
            section: "comparisons".into(),
        };
        [all].into_iter().chain(self.soonest()).collect()
    }

    /// Who is sooner than the other at the highest threshold that tells.
    fn soonest(&self) -> Option<Clause> {
        let told = |at: usize, m: &&Member| {
            let speed = m.comparison.1.speed_up.get(at);
            speed.is_some_and(Option::is_some)
        };
        let thresholds = self.members.iter().map(|m| m.comparison.1.speed_up.len());
        let at = (0..thresholds.max()?)
            .rev()
            .find(|at| self.members.iter().any(|m| told(*at, &m)))?;
        let threshold = self.members.first()?.arm.1.convergence.get(at)?.threshold;
        let speeds = self.members.iter().filter(|m| told(at, m));
        let speeds: Vec<(&Member, &SpeedUpResult)> = speeds
            .filter_map(|m| Some((m, m.comparison.1.speed_up.get(at)?.as_ref()?)))
            .collect();
        let mut parts = Vec::new();
        for outcome in SpeedOutcome::ALL {
            let of_outcome = speeds.iter().filter(|(_, speed)| speed.outcome == outcome);
            let listed: Vec<String> = of_outcome
                .map(|(member, speed)| format!("{} ({})", member.words, times(speed)))
                .collect();
            if !listed.is_empty() {
                parts.push(format!("{outcome} with {}", listed.join(", ")));
            }
        }
        Some(Clause {
            rule: "soonest".into(),
            text: format!(
                "Against {}, validation AUC {threshold} is reached {}.",
                self.other,
                parts.join("; ")
            ),
            numbers: speeds
                .iter()
                .map(|(member, _)| format!("/comparisons/{}/speed_up/{at}", member.comparison.0))
                .collect(),
            section: "convergence".into(),
        })
    }

    /// When a member reaches each threshold that it or the other reaches.
    fn speeds(&self, member: &Member) -> Vec<String> {
        let theirs = self.baseline.map_or(&[][..], |(_, b)| &b.convergence);
        let crossings = member.arm.1.convergence.iter().zip(theirs);
        let speed_ups = &member.comparison.1.speed_up;
        let words = crossings.enumerate().filter_map(|(at, (ours, theirs))| {
            let speed_up = speed_ups.get(at).and_then(Option::as_ref);
            self.speed(ours, theirs, speed_up)
        });
        words.collect()
    }

    fn speed(
        &self,
        ours: &Convergence,
        theirs: &Convergence,
        speed_up: Option<&SpeedUpResult>,
    ) -> Option<String> {
        let (threshold, other) = (ours.threshold, &self.other);
        let Some(speed) = speed_up else {
            // Nothing is known of steps before the second evaluation.
            let by = ours.early.max(theirs.early)?;
            return Some(format!(
                "validation AUC {threshold} too soon to compare, before the evaluation at step {by}"
            ));
        };
        let (a, b) = (speed.arm_steps, speed.baseline_steps);
        let times = times(speed);
        let outcome = speed.outcome;
        Some(match (ours.reached(), theirs.reached()) {
            (0, 0) => return None,
            (0, _) => format!(
                "validation AUC {threshold} not within {:.0} steps, {other} after {b:.0} ({times}: {outcome})",
                speed.horizon
            ),
            (_, 0) => format!(
                "validation AUC {threshold} after {a:.0} steps, which {other} does not within {:.0} ({times}: {outcome})",
                speed.horizon
            ),
            _ => format!(
                "validation AUC {threshold} after {a:.0} steps instead of {b:.0} ({times}: {outcome})"
            ),
        })
    }
}

/// `2.4 times as soon, 1.5 to 3.8`.
fn times(speed_up: &SpeedUpResult) -> String {
    format!("{}, {}", ratio(speed_up), ratio_interval(speed_up))
}

/// `at least 2.4 times as soon`.
pub(crate) fn ratio(speed_up: &SpeedUpResult) -> String {
    let bound = speed_up.bound.words();
    format!("{bound}{:.1} times as soon", speed_up.value)
}

/// `1.5 to 3.8`, or that there is none.
pub(crate) fn ratio_interval(speed_up: &SpeedUpResult) -> String {
    match (speed_up.low, speed_up.high) {
        (Some(low), Some(high)) => {
            let low = match low {
                tiny if tiny < 0.05 => "under 0.1".into(),
                low => format!("{low:.1}"),
            };
            let high = match high {
                huge if huge > 20.0 => "over 20".into(),
                high => format!("{high:.1}"),
            };
            format!("{low} to {high}")
        }
        _ => "no interval".into(),
    }
}

/// The same with what may be concluded.
pub(crate) fn sooner(speed_up: &SpeedUpResult) -> String {
    format!("{}: {}", times(speed_up), speed_up.outcome)
}

/// The outcome, with what correction took from it.
fn outcome(comparison: &ComparisonResult) -> String {
    match comparison.outcome == comparison.uncorrected {
        true => comparison.outcome.to_string(),
        false => format!(
            "{} after correction ({} alone)",
            comparison.outcome, comparison.uncorrected
        ),
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
    difference(&comparison.difference)
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

//! The short list beside the lead of the verdict: a line for each kind of conclusion, with the word
//! of its outcome.

use record::results::{
    ArmResult, AttributionResult, Badge, Clause, ComparisonResult, Helps, Outcome, PartResult,
    Point, Results,
};

use crate::attribution::difference;
use crate::sentence::{ratio, ratio_interval};

/// Lines on what helps; more are in its section.
const ATTRIBUTIONS: usize = 3;

/// The list. `recommended`: label of the arm to use; `cautions`: clauses that a reader must not miss.
pub(super) fn points(
    results: &Results,
    recommended: Option<&str>,
    cautions: &[Clause],
) -> Vec<Point> {
    let arm = recommended.and_then(|label| results.arms.iter().find(|arm| arm.label == label));
    let mut points = Vec::new();
    if let Some(arm) = arm {
        points.extend(accuracies(results, arm));
        points.extend(speed(results, arm));
        points.extend(labels(results, arm));
        points.extend(cost(results, arm));
    }
    let helps = results.attributions.iter().enumerate().take(ATTRIBUTIONS);
    points.extend(helps.map(|(place, found)| attribution(place, found)));
    points.extend(tally(results));
    points.extend(cautions.iter().map(caution));
    points
}

fn point(
    rule: &str,
    about: &str,
    badge: Option<Badge>,
    text: String,
    numbers: Vec<String>,
) -> Point {
    let section = match rule {
        "speed" => "convergence",
        "labels" => "labels",
        "cost" => "costs",
        "helps" => "attributions",
        _ => "comparisons",
    };
    Point {
        rule: rule.into(),
        about: about.into(),
        badge,
        text,
        numbers,
        section: section.into(),
    }
}

/// The comparisons of an arm with their places in the results, that with the baseline first.
fn comparisons<'a>(results: &'a Results, arm: &'a ArmResult) -> Vec<(usize, &'a ComparisonResult)> {
    let all = results.comparisons.iter().enumerate();
    let mut of_arm: Vec<_> = all.filter(|(_, c)| c.arm == arm.label).collect();
    let baseline = results.baseline_of(arm).map(|b| b.label.as_str());
    of_arm.sort_by_key(|(_, c)| Some(c.baseline.as_str()) != baseline);
    of_arm
}

/// The differences of the arm to what it is compared with.
fn accuracies(results: &Results, arm: &ArmResult) -> Vec<Point> {
    let compared = comparisons(results, arm).into_iter();
    let told = compared.map(|(place, comparison)| {
        let badge = Badge::new(comparison.outcome.word(), comparison.outcome);
        let text = format!(
            "test AUC {} against {}",
            difference(&comparison.difference),
            comparison.baseline
        );
        point(
            "accuracy",
            "Accuracy",
            Some(badge),
            text,
            vec![format!("/comparisons/{place}")],
        )
    });
    told.collect()
}

/// How soon the arm is, at the highest threshold that tells.
fn speed(results: &Results, arm: &ArmResult) -> Option<Point> {
    let (place, comparison) = comparisons(results, arm).into_iter().next()?;
    let told = comparison.speed_up.iter().enumerate().rev();
    let (at, speed) = told
        .into_iter()
        .find_map(|(at, found)| Some((at, found.as_ref()?)))?;
    let threshold = results.thresholds.get(at)?;
    let text = format!(
        "{} ({}) at validation AUC {threshold} against {}",
        ratio(speed),
        ratio_interval(speed),
        comparison.baseline
    );
    let badge = Badge::new(speed.outcome.word(), speed.outcome.like());
    let numbers = vec![format!("/comparisons/{place}/speed_up/{at}")];
    Some(point("speed", "Speed", Some(badge), text, numbers))
}

/// How many labels the arm saves, at its largest training size that tells.
fn labels(results: &Results, arm: &ArmResult) -> Option<Point> {
    let mut all = results.label_efficiency.iter().enumerate();
    let (place, found) = all.find(|(_, found)| {
        (&found.model, &found.init, &found.regime) == (&arm.model, &arm.init, &arm.regime)
    })?;
    let (at, saving) = found.savings.iter().enumerate().next_back()?;
    let sign = saving.bound.words();
    let interval = match (saving.low, saving.high) {
        (Some(low), Some(high)) => format!("{low:.1} to {high:.1}"),
        (Some(low), None) => format!("{low:.1} or more"),
        (None, Some(high)) => format!("{high:.1} or less"),
        (None, None) => "no interval".into(),
    };
    let text = format!(
        "{} labels are worth {sign}{:.1} times as many of {} ({interval})",
        saving.train_size, saving.factor, results.baseline
    );
    let badge = Badge::new(saving.outcome.word(), saving.outcome.like());
    let numbers = vec![format!("/label_efficiency/{place}/savings/{at}")];
    Some(point("labels", "Labels", Some(badge), text, numbers))
}

/// What the arms cost, where networks differ.
fn cost(results: &Results, arm: &ArmResult) -> Option<Point> {
    let least = results.costs.iter().min_by_key(|cost| cost.macs)?;
    let most = results.costs.iter().max_by_key(|cost| cost.macs)?;
    if least.macs == most.macs {
        return None;
    }
    let place = results
        .costs
        .iter()
        .position(|cost| cost.arm == arm.label)?;
    let own = results.costs[place].macs as f64;
    let (badge, text) = match results.costs[place].macs {
        macs if macs == least.macs => (
            Badge::new("cheapest", Outcome::Better),
            format!(
                "the fewest multiply-adds of the networks compared, {:.1} times fewer than the most",
                most.macs as f64 / own
            ),
        ),
        _ => (
            Badge::new("dearer", Outcome::Worse),
            format!(
                "{:.1} times the multiply-adds of the cheapest network compared",
                own / least.macs as f64
            ),
        ),
    };
    Some(point(
        "cost",
        "Cost",
        Some(badge),
        text,
        vec![format!("/costs/{place}")],
    ))
}

/// What of the pretrained weights helps.
fn attribution(place: usize, found: &AttributionResult) -> Point {
    let part = |name: &str, part: &PartResult| {
        format!("{name} {} {}", difference(&part.difference), part.outcome)
    };
    let (word, like) = match found.helps {
        Helps::Features => ("features", Outcome::Better),
        Helps::Scale => ("scale", Outcome::Better),
        Helps::FeaturesAndScale => ("both", Outcome::Better),
        Helps::Nothing => ("nothing", Outcome::Equivalent),
        Helps::Harm => ("harm", Outcome::Worse),
        Helps::Undecided => ("undecided", Outcome::Undecided),
    };
    let text = format!(
        "in the pretrained weights of {}: {}, {}",
        found.place(),
        part("features", &found.features),
        part("scale", &found.scale)
    );
    let numbers = vec![format!("/attributions/{place}")];
    point(
        "helps",
        "What helps",
        Some(Badge::new(word, like)),
        text,
        numbers,
    )
}

/// How many comparisons ended how, where there are several.
fn tally(results: &Results) -> Option<Point> {
    let count = results.comparisons.len();
    if count < 2 {
        return None;
    }
    let of = |outcome: Outcome| {
        let such = results.comparisons.iter().filter(|c| c.outcome == outcome);
        (such.count(), outcome)
    };
    let told = Outcome::ALL
        .map(of)
        .into_iter()
        .filter(|(count, _)| *count > 0);
    let told: Vec<String> = told
        .map(|(count, outcome)| format!("{count} {outcome}"))
        .collect();
    let text = format!(
        "{count} comparisons: {} (a difference of {} or less would not matter)",
        told.join(", "),
        results.margin
    );
    Some(point(
        "tally",
        "All arms",
        None,
        text,
        vec!["/comparisons".into()],
    ))
}

/// What a reader must not miss.
fn caution(clause: &Clause) -> Point {
    Point {
        rule: clause.rule.clone(),
        about: "Caution".into(),
        badge: None,
        text: clause.text.trim_end_matches('.').into(),
        numbers: clause.numbers.clone(),
        section: clause.section.clone(),
    }
}

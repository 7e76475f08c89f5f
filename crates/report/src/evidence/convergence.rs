//! How soon arms learn, in steps, pictures, multiply-adds and seconds.

use super::cell::Cell;
use super::section::{Section, Sheet, arm_row, columns};
use crate::number::{self, UNKNOWN, fixed, signed, steps};
use crate::palette::Palette;
use figures::{Axis, Category, Figure, Look, Place, Point, Reference, Series};
use record::results::{ArmResult, Convergence, OverSeeds, Results, SpeedUpResult, Timing};

/// Factor within which two arms are as soon as each other.
const AS_SOON: f64 = 1.25;

/// The section; none before a curve is there.
pub fn section(results: &Results, timing: &[Timing], palette: &Palette) -> Option<Section> {
    let arms: Vec<(usize, &ArmResult)> = results
        .arms
        .iter()
        .enumerate()
        .filter(|(_, arm)| !arm.seeds.is_empty())
        .collect();
    arms.first()?;
    let mut sheets: Vec<Sheet> = results
        .thresholds
        .iter()
        .enumerate()
        .map(|(place, threshold)| {
            let rows = arms.iter().map(|(index, arm)| {
                let cells = cells(results, timing, *index, place);
                arm_row(results, palette, arm, cells)
            });
            Sheet {
                caption: format!("Validation AUC {}", fixed(*threshold, 2)),
                is_folded: false,
                columns: columns([
                    "Arm",
                    "Steps",
                    "Seeds that reach it",
                    "As soon as the baseline",
                    "Outcome",
                    "Pictures",
                    "Multiply-adds",
                    "Time",
                ]),
                rows: rows.collect(),
            }
        })
        .collect();
    let rows = arms.iter().map(|(_, arm)| {
        let against = results
            .against_baseline(arm)
            .and_then(|c| c.learning_curve.as_ref());
        let cells = vec![
            over_seeds(arm.learning_curve.as_ref(), fixed),
            over_seeds(against, |value, _| signed(value)),
        ];
        arm_row(results, palette, arm, cells)
    });
    sheets.push(Sheet {
        caption: "Mean height of the validation curve (area under it over its length)".into(),
        is_folded: false,
        columns: columns(["Arm", "Over seeds", "Against the baseline"]),
        rows: rows.collect(),
    });
    Some(Section {
        id: "convergence",
        word: "Convergence",
        title: "How soon?",
        note: "Steps until the validation AUC arrives at a threshold to stay: in the isotonic fit of each run's curve, interpolated between two evaluations, geometric mean over seeds. A seed that does not arrive counts at the last step that is known of all (≥). A threshold that is reached before the second evaluation tells no step. The ratio is of the same means over paired seeds, with an interval over seeds and validation patients, where every patient moves all evaluations of a run as they moved its best; “≥” and “≤” mark where seeds that do not arrive make it a bound. “As soon”: within a factor of 1.25. Outcomes are part of the one family. Pictures, multiply-adds (forward and backward) and time are those of the steps.".into(),
        plots: speeds(results, palette),
        sheets,
    })
}

fn cells(results: &Results, timing: &[Timing], index: usize, place: usize) -> Vec<Cell> {
    let arm = &results.arms[index];
    let Some(found) = arm.convergence.get(place) else {
        return Vec::new();
    };
    let cost = results.costs.get(index);
    let per_step = timing.iter().find(|t| t.arm == arm.label).and_then(|t| {
        let seconds = number::median(&t.seconds)?;
        let taken: Vec<f64> = arm.seeds.iter().map(|seed| seed.steps as f64).collect();
        Some(seconds / number::median(&taken)?.max(1.0))
    });
    let mean = found.mean;
    let against = results.against_baseline(arm);
    let speed_up = against.and_then(|c| c.speed_up.get(place)?.as_ref());
    vec![
        arrival(found),
        Cell::new(format!("{} of {}", found.reached(), found.steps.len())),
        match speed_up {
            Some(speed_up) => ratio(speed_up),
            None if arm.init == results.baseline => Cell::new("baseline"),
            None => Cell::new(UNKNOWN),
        },
        speed_up.map_or_else(|| Cell::new(UNKNOWN), outcome),
        Cell::new(match (mean, cost) {
            (Some(mean), Some(cost)) => number::magnitude((mean * cost.step_images as f64) as u64),
            _ => UNKNOWN.into(),
        }),
        Cell::new(match (mean, cost) {
            (Some(mean), Some(cost)) => number::magnitude((mean * cost.step_macs) as u64),
            _ => UNKNOWN.into(),
        }),
        Cell::new(match (mean, per_step) {
            (Some(mean), Some(per_step)) => number::seconds(mean * per_step),
            _ => UNKNOWN.into(),
        }),
    ]
}

/// Steps of an arm, or why there are none.
fn arrival(found: &Convergence) -> Cell {
    match (found.mean, found.early) {
        (Some(mean), _) if found.is_bound() => Cell::new(format!("≥ {}", steps(mean))),
        (Some(mean), _) => Cell::new(steps(mean)),
        (None, Some(by)) => Cell::new(format!("before {by}")),
        (None, None) => Cell::new("not reached"),
    }
}

/// `2.4×` with its interval; `≥` or `≤` where it is a bound.
fn ratio(speed_up: &SpeedUpResult) -> Cell {
    let sign = speed_up.bound.sign();
    let small = match (speed_up.low, speed_up.high) {
        (Some(low), Some(high)) => format!("{} to {}", fixed(low, 2), fixed(high, 2)),
        _ => "no interval".into(),
    };
    Cell::with(format!("{sign}{}×", fixed(speed_up.value, 2)), small)
}

/// What may be concluded of a ratio, with what it was before correction.
fn outcome(speed_up: &SpeedUpResult) -> Cell {
    let alone = match speed_up.outcome == speed_up.uncorrected {
        true => String::new(),
        false => format!("{} alone", speed_up.uncorrected),
    };
    Cell::speed(speed_up.outcome, alone)
}

fn over_seeds(found: Option<&OverSeeds>, number: impl Fn(f64, usize) -> String) -> Cell {
    let Some(found) = found else {
        return Cell::new(UNKNOWN);
    };
    let small = match found.interval {
        Some([low, high]) => format!("{} to {}", number(low, 3), number(high, 3)),
        None => "no interval".into(),
    };
    Cell::with(number(found.mean, 3), small)
}

/// One chart a threshold: how soon every arm is there, as a multiple of the baseline's speed.
fn speeds(results: &Results, palette: &Palette) -> Vec<Figure> {
    let numbered = results.thresholds.iter().enumerate();
    let all = numbered.filter_map(|(place, threshold)| {
        let arms: Vec<&ArmResult> = results
            .arms
            .iter()
            .filter(|arm| is_compared(results, arm))
            .collect();
        let points: Vec<Point> = arms
            .iter()
            .enumerate()
            .filter_map(|(row, arm)| {
                let speed_up = speed_up(results, arm, place)?;
                let ends = speed_up
                    .low
                    .zip(speed_up.high)
                    .map(|(low, high)| [low, high]);
                let note = format!("{}{}", speed_up.bound.sign(), speed_up.outcome);
                let point = Point::new(speed_up.value, row as f64)
                    .between(ends)
                    .noting(note);
                Some(point.looking(palette.look(&arm.setup())))
            })
            .collect();
        if points.is_empty() {
            return None;
        }
        let names = arms.iter().map(|arm| {
            let name = Category::new(&arm.label);
            match (arm.seeds.is_empty(), speed_up(results, arm, place)) {
                (true, _) => name.without_values("no run yet"),
                (false, None) => name.without_values("no ratio"),
                (false, Some(_)) => name,
            }
        });
        let threshold = fixed(*threshold, 2);
        Figure::new(
            &format!("speed-{}", place + 1),
            format!("Speed to a validation AUC of {threshold}"),
            "Right of 1 an arm is there sooner than its baseline; within the zone, as soon.",
            [
                Axis::logarithmic("times as soon as the baseline").digits(2),
                Axis::categories("arm", names),
            ],
        )
        .with(Series::dots(
            "ratio of mean steps, 95% interval",
            Look::BASELINE,
            points,
        ))
        .against(Reference::new(
            Place::BetweenX([1.0 / AS_SOON, AS_SOON]),
            "",
        ))
        .against(Reference::new(Place::X(1.0), "as soon"))
        .drawable()
    });
    all.collect()
}

/// Whether an arm has a baseline that it is compared with.
fn is_compared(results: &Results, arm: &ArmResult) -> bool {
    arm.init != results.baseline || results.against_baseline(arm).is_some()
}

fn speed_up<'a>(results: &'a Results, arm: &ArmResult, place: usize) -> Option<&'a SpeedUpResult> {
    results.against_baseline(arm)?.speed_up.get(place)?.as_ref()
}

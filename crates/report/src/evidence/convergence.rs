//! How soon arms learn, in steps, pictures, multiply-adds and seconds.

use super::cell::Cell;
use super::section::{Section, Sheet, arm_row, columns};
use crate::number::{self, UNKNOWN, fixed, signed, steps};
use crate::palette::Palette;
use record::results::{ArmResult, OverSeeds, Results, SpeedUpResult, Timing};

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
                    "Median steps",
                    "Restricted mean",
                    "Seeds that reach it",
                    "As soon as the baseline",
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
        note: "Steps until the validation AUC reaches a threshold, interpolated between evaluations. A seed that never does is censored at its last step: the median is Kaplan and Meier's with Brookmeyer and Crowley's 95% interval, and the restricted mean counts it at the last step that is known. The ratio is of restricted means over paired seeds, with an interval from leaving out a seed at a time; “≥” and “≤” mark where censoring makes it a bound. Pictures, multiply-adds (forward and backward) and time are those of the restricted mean.".into(),
        plots: Vec::new(),
        sheets,
    })
}

fn cells(results: &Results, timing: &[Timing], index: usize, place: usize) -> Vec<Cell> {
    let arm = &results.arms[index];
    let Some(found) = arm.convergence.get(place) else {
        return Vec::new();
    };
    let end = |value: Option<f64>| value.map_or("…".into(), steps);
    let interval = format!("{} to {}", end(found.median_low), end(found.median_high));
    let reached = found.steps.iter().flatten().count();
    let cost = results.costs.get(index);
    let per_step = timing.iter().find(|t| t.arm == arm.label).and_then(|t| {
        let seconds = number::median(&t.seconds)?;
        let taken: Vec<f64> = arm.seeds.iter().map(|seed| seed.steps as f64).collect();
        Some(seconds / number::median(&taken)?.max(1.0))
    });
    let mean = found.restricted_mean;
    vec![
        match found.median {
            Some(median) => Cell::with(steps(median), interval),
            None => Cell::new("not reached"),
        },
        Cell::with(
            mean.map_or(UNKNOWN.into(), steps),
            found
                .horizon
                .map_or(String::new(), |h| format!("up to {}", steps(h))),
        ),
        Cell::new(format!("{reached} of {}", found.steps.len())),
        match results
            .against_baseline(arm)
            .and_then(|c| c.speed_up.get(place)?.as_ref())
        {
            Some(speed_up) => ratio(speed_up),
            None if arm.init == results.baseline => Cell::new("baseline"),
            None => Cell::new(UNKNOWN),
        },
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

/// `2.4×` with its interval; `≥` or `≤` where it is a bound.
fn ratio(speed_up: &SpeedUpResult) -> Cell {
    let sign = speed_up.bound.sign();
    let small = match (speed_up.low, speed_up.high) {
        (Some(low), Some(high)) => format!("{} to {}", fixed(low, 2), fixed(high, 2)),
        _ => "no interval".into(),
    };
    Cell::with(format!("{sign}{}×", fixed(speed_up.value, 2)), small)
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

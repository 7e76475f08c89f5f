//! What arms cost, and which of them no other beats at their cost.

use super::cell::Cell;
use super::section::{Section, Sheet, arm_row, columns};
use crate::number::{self, UNKNOWN, count, fixed, magnitude};
use crate::palette::Palette;
use figures::{Axis, Figure, Point, Series};
use record::results::{ArmResult, CostResult, Results, Timing};

/// Bytes of a number of an activation.
const BYTES: f64 = 4.0;

/// The section; none where costs are not known.
pub fn section(results: &Results, timing: &[Timing], palette: &Palette) -> Option<Section> {
    let arms: Vec<(&ArmResult, &CostResult)> = results.arms.iter().zip(&results.costs).collect();
    if results.trains_nothing() || arms.is_empty() {
        return None;
    }
    let time = |arm: &ArmResult, of: fn(&Timing) -> &Vec<f64>| {
        let timing = timing.iter().find(|t| t.arm == arm.label)?;
        number::median(of(timing))
    };
    // Memory once taken is kept, so the first run of a network tells most.
    let memory = |arm: &ArmResult| {
        let of_model = results.arms.iter().filter(|other| other.model == arm.model);
        let timings = of_model.filter_map(|a| timing.iter().find(|t| t.arm == a.label));
        let peaks = timings.flat_map(|t| t.peak_mib.iter().copied());
        peaks.reduce(f64::min)
    };
    let has_trials = arms.iter().any(|(_, cost)| cost.tuning_steps.is_some());
    let rows = arms.iter().map(|(arm, cost)| {
        let star = |is_on: bool, text: String| match is_on {
            true => Cell::with(text, "★ front"),
            false => Cell::new(text),
        };
        let mib = cost.activations as f64 * BYTES / f64::from(1 << 20);
        let known = |value: Option<f64>, text: &dyn Fn(f64) -> String| {
            value.map_or_else(|| UNKNOWN.to_string(), text)
        };
        let mut cells = vec![
            Cell::new(arm.auc.map_or(UNKNOWN.into(), |auc| fixed(auc.value, 3))),
            star(cost.front.parameters, magnitude(cost.parameters as u64)),
            star(cost.front.macs, magnitude(cost.macs)),
            star(cost.front.activations, format!("{} MiB", fixed(mib, 1))),
            Cell::new(known(time(arm, |t| &t.seconds), &number::seconds)),
            Cell::new(known(time(arm, |t| &t.inference_ms), &|ms| {
                format!("{} ms", fixed(ms, 2))
            })),
            Cell::new(known(memory(arm), &|mib| format!("{} MiB", fixed(mib, 0)))),
        ];
        if has_trials {
            cells.push(Cell::new(cost.tuning_steps.map_or(UNKNOWN.into(), count)));
        }
        arm_row(results, palette, arm, cells)
    });
    let rows = rows.collect();
    let plots = [
        plot(&arms, palette, "parameters", |cost| cost.parameters as f64),
        plot(&arms, palette, "multiply-adds an image", |cost| {
            cost.macs as f64
        }),
    ];
    let mut names = columns([
        "Arm",
        "Test AUC",
        "Parameters",
        "Multiply-adds",
        "Activations",
        "Time a run",
        "Inference an image",
        "Peak memory",
    ]);
    names.extend(has_trials.then(|| "Training steps of trials".into()));
    Some(Section {
        id: "costs",
        word: "Costs",
        title: "What does it cost?",
        note: "Parameters and multiply-adds of one picture's forward pass; activations are what one picture's pass writes, which training keeps for every picture of a batch. Times and the process's peak memory were measured on the machine that ran the study (medians over seeds; memory is the smallest over a network's runs that had the process to themselves, an upper bound where a larger network trained before in the same process). ★: no arm of the same training size has as high a mean AUC at a lower cost that is counted, not measured. Means alone decide a front; the intervals say how far to trust it.".into(),
        plots: plots.into_iter().flatten().collect(),
        sheets: vec![Sheet {
            caption: String::new(),
            is_folded: false,
            columns: names,
            rows,
        }],
    })
}

/// Mean AUCs with their intervals against one cost.
fn plot(
    arms: &[(&ArmResult, &CostResult)],
    palette: &Palette,
    name: &str,
    cost: fn(&CostResult) -> f64,
) -> Option<Figure> {
    let dots = arms.iter().filter_map(|(arm, costs)| {
        let auc = arm.auc?;
        let point = Point::new(cost(costs), auc.value).between(auc.interval());
        Some(Series::dots(
            &arm.label,
            palette.look(&arm.setup()),
            [point],
        ))
    });
    Figure::new(
        &format!("cost-{name}"),
        format!("Test AUC against {name}"),
        format!("Means over seeds with 95% intervals; to the left, an arm has fewer {name}."),
        [
            Axis::logarithmic(name),
            Axis::straight("test AUC").digits(3),
        ],
    )
    .with_all(dots)
    .drawable()
}

//! Two studies on one page: arms aligned, differences.

use askama::Template;
use record::results::{Agreement, Beside, ComparisonBeside, Estimate, Shift};

use super::interval_bar::{Axis, IntervalBar};
use super::number;
use super::page::{TABLES, policy_of, style};

/// The page.
#[derive(Template)]
#[template(path = "beside.html", config = "askama.toml")]
pub struct BesidePage<'a> {
    beside: &'a Beside,
    arms: Vec<Row>,
    comparisons: Vec<Pair<'a>>,
    axis: Option<Axis>,
    style: String,
    tables: &'static str,
    security_policy: String,
    version: &'static str,
}

/// An arm that both studies have.
struct Row {
    label: String,
    aucs: [String; 2],
    intervals: [String; 2],
    difference: String,
    interval: String,
    bar: Option<IntervalBar>,
}

/// A comparison that both studies have.
struct Pair<'a> {
    comparison: &'a ComparisonBeside,
    values: [String; 2],
    intervals: [String; 2],
    class: &'static str,
}

impl<'a> BesidePage<'a> {
    /// The page of two studies.
    pub fn new(beside: &'a Beside) -> Self {
        let shifts = beside.arms.iter().filter_map(|arm| arm.difference);
        let ends = shifts
            .flat_map(|s| [Some(s.value), s.low, s.high])
            .flatten();
        let axis = Axis::around(ends.chain([0.0]), 0.01, 2);
        Self {
            arms: beside
                .arms
                .iter()
                .map(|arm| Row {
                    label: arm.label.clone(),
                    aucs: arm.aucs.map(|auc| number::metric(auc.map(|auc| auc.value))),
                    intervals: arm
                        .aucs
                        .map(|auc| auc.map_or(String::new(), |auc| number::interval(&auc))),
                    difference: arm
                        .difference
                        .map_or(number::UNKNOWN.into(), |shift| number::signed(shift.value)),
                    interval: arm.difference.map_or(String::new(), interval),
                    bar: axis.and_then(|axis| {
                        let bar = IntervalBar::of(&axis, &estimate(arm.difference?))?;
                        Some(bar.with_reference(&axis, Some(0.0)))
                    }),
                })
                .collect(),
            comparisons: beside
                .comparisons
                .iter()
                .map(|comparison| Pair {
                    comparison,
                    values: comparison.differences.map(|d| number::signed(d.value)),
                    intervals: comparison.differences.map(|d| number::signed_interval(&d)),
                    class: match comparison.agreement {
                        Agreement::Agrees => "agrees",
                        Agreement::Disagrees => "disagrees",
                        Agreement::CannotTell => "undecided",
                    },
                })
                .collect(),
            beside,
            axis,
            style: style(),
            tables: TABLES,
            security_policy: policy_of(&[TABLES]),
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

fn interval(shift: Shift) -> String {
    match (shift.low, shift.high) {
        (Some(low), Some(high)) => format!("{} to {}", number::signed(low), number::signed(high)),
        _ => "no interval".into(),
    }
}

/// As a bar is drawn of it.
fn estimate(shift: Shift) -> Estimate {
    Estimate {
        value: shift.value,
        low: shift.low,
        high: shift.high,
        seeds: 1,
        seed_sd: None,
        sampling_se: 0.0,
    }
}

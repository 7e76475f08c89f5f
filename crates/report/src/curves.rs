//! Learning curves: one chart of validation AUC and one of training loss for every model and
//! training size.

use super::facet::{self, facet};
use super::interval_bar::Axis as Ends;
use super::number;
use super::palette::Palette;
use figures::{Axis, Figure, Place, Point, Reference, Series};
use record::results::{ArmResult, CurvePoint, Results};

/// The charts of the section.
#[derive(Default)]
pub struct Curves {
    /// Validation AUC, one per model and training size.
    pub auc: Vec<Figure>,
    /// Training loss, in the same order, where it is known.
    pub loss: Vec<Figure>,
}

/// Which of the two a chart shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Auc,
    Loss,
}

impl Shown {
    fn of(self, point: &CurvePoint) -> &[Option<f64>] {
        match self {
            Self::Auc => &point.auc,
            Self::Loss => &point.loss,
        }
    }
}

impl Curves {
    /// The charts of the results.
    pub fn new(results: &Results, palette: &Palette) -> Self {
        let mut facets: Vec<Vec<&ArmResult>> = Vec::new();
        for arm in &results.arms {
            let is_of = |arms: &&mut Vec<&ArmResult>| facet(arms[0]) == facet(arm);
            match facets.iter_mut().find(is_of) {
                Some(arms) => arms.push(arm),
                None => facets.push(vec![arm]),
            }
        }
        let figures = |shown: Shown| -> Vec<Figure> {
            let numbered = facets.iter().enumerate();
            let all = numbered.filter_map(|(number, arms)| {
                figure(results, palette, arms, number + 1, shown).drawable()
            });
            all.collect()
        };
        Self {
            auc: figures(Shown::Auc),
            loss: figures(Shown::Loss),
        }
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Figure> {
        self.auc.iter().chain(&self.loss)
    }
}

fn figure(
    results: &Results,
    palette: &Palette,
    arms: &[&ArmResult],
    number: usize,
    shown: Shown,
) -> Figure {
    let lines: Vec<Series> = arms.iter().map(|arm| line(arm, palette, shown)).collect();
    let (id, title, what) = match shown {
        Shown::Auc => ("auc", "Validation AUC", "validation AUC"),
        Shown::Loss => ("loss", "Training loss", "training loss"),
    };
    let (up, best) = match shown {
        Shown::Auc => (auc_axis(results), extreme(&lines, f64::max)),
        Shown::Loss => (Axis::straight(what).digits(3), extreme(&lines, f64::min)),
    };
    let steps = lines.iter().flat_map(|line| &line.points);
    let last = steps.map(|point| point.x).fold(1.0, f64::max);
    let end = match shown {
        Shown::Auc => "highest",
        Shown::Loss => "lowest",
    };
    let sentence = best.map_or_else(
        || format!("No {what} yet."),
        |(name, step, value)| {
            let (step, value) = (number::steps(step), number::fixed(value, 3));
            format!("The {end} mean {what} is {value}, of {name} at step {step}.")
        },
    );
    let axes = [
        Axis::straight("training step").between(0.0, last).digits(0),
        up,
    ];
    let title = format!("{title}, {}", facet::title(arms[0]));
    let mut figure = Figure::new(&format!("curves-{number}-{id}"), title, sentence, axes);
    if shown == Shown::Auc {
        for threshold in &results.thresholds {
            let name = number::fixed(*threshold, 2);
            figure = figure.against(Reference::new(Place::Y(*threshold), name));
        }
    }
    let waiting = arms
        .iter()
        .filter(|arm| arm.seeds.is_empty() && arm.curve.is_empty());
    let waiting: Vec<String> = waiting.map(|arm| arm.setup()).collect();
    if !waiting.is_empty() {
        figure = figure.noting(format!("No run yet: {}.", waiting.join(", ")));
    }
    figure.with_all(lines)
}

/// Tenths around all validation AUCs, so that all charts have the same axis.
fn auc_axis(results: &Results) -> Axis {
    let points = results.arms.iter().flat_map(|arm| &arm.curve);
    let aucs = points.flat_map(|point| point.auc.iter().flatten());
    let ends = Ends::around(aucs.chain(&results.thresholds).copied(), 0.1, 1);
    let axis = Axis::straight("validation AUC").digits(3);
    match ends.map(|ends| ends.ends()) {
        Some([low, high]) => axis.between(low, high),
        None => axis,
    }
}

/// Mean over seeds, from the smallest to the largest of them.
fn line(arm: &ArmResult, palette: &Palette, shown: Shown) -> Series {
    let points = arm.curve.iter().filter_map(|point| {
        let values = shown.of(point).iter().flatten().copied();
        let values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
        let mean = number::mean(values.iter().copied())?;
        let end = |choose: fn(f64, f64) -> f64| values.iter().copied().fold(mean, choose);
        let is_partial = values.len() < arm.seeds.len();
        let point = Point::new(point.step as f64, mean)
            .between((values.len() > 1).then(|| [end(f64::min), end(f64::max)]))
            .partial(is_partial);
        Some(match is_partial {
            true => point.noting(format!("{} of {} seeds", values.len(), arm.seeds.len())),
            false => point,
        })
    });
    let setup = arm.setup();
    Series::band(&setup, palette.look(&setup), points.collect::<Vec<_>>())
}

/// Name, step and value of the best mean.
fn extreme(lines: &[Series], better: fn(f64, f64) -> f64) -> Option<(&str, f64, f64)> {
    let all = lines.iter().flat_map(|line| {
        let points = line.drawn();
        points.map(|point| (line.name.as_str(), point.x, point.y))
    });
    all.reduce(|best, other| match better(best.2, other.2) == best.2 {
        true => best,
        false => other,
    })
}

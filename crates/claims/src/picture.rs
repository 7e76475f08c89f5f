//! One picture a claim: its parts with their intervals, and the margin.

use figures::{Axis, Category, Figure, Look, Place, Point, Reference, Series};

use crate::finding::Finding;
use crate::part::Part;
use crate::rule::Rule;

/// The parts of a claim as rows; none where nothing was found.
pub fn picture(finding: &Finding) -> Option<Figure> {
    let parts = &finding.parts;
    if parts.iter().all(|part| part.value.is_none()) {
        return None;
    }
    let is_ratio = parts.iter().any(|part| part.rule.is_of_ratio());
    let names = parts.iter().map(|part| {
        let name = Category::new(format!("{} ({})", part.what, part.outcome.word()));
        match (&part.value, &part.reason) {
            (None, Some(_)) => name.without_values("not run"),
            _ => name,
        }
    });
    let x = match is_ratio {
        true => Axis::logarithmic("times as soon").digits(2),
        false => Axis::straight("effect").digits(3),
    };
    let rows = parts.iter().enumerate();
    let points = rows.filter_map(|(row, part)| {
        let point = Point::new(part.value?, row as f64).between(part.interval);
        Some(point.looking(Look::of(1)))
    });
    let mut figure = Figure::new(
        finding.claim.word(),
        format!("{}: {}", finding.claim, finding.outcome.word()),
        finding.says.clone(),
        [x, Axis::categories("part", names)],
    )
    .with(Series::dots("effect, 95% interval", Look::BASELINE, points).unnamed());
    // The line lies on the ground.
    if let Some(ends) = margin(parts) {
        figure = figure.against(Reference::new(Place::BetweenX(ends), ""));
    }
    let nothing = if is_ratio { 1.0 } else { 0.0 };
    figure = figure.against(Reference::new(Place::X(nothing), ""));
    figure.drawable()
}

/// The ground that does not matter: the same for all parts of a study, the narrowest of several.
fn margin(parts: &[Part]) -> Option<[f64; 2]> {
    let margins = parts.iter().filter_map(|part| {
        let margin = part.rule.margin()?;
        Some(match part.rule {
            Rule::WithinFactor { .. } | Rule::AboveOne { .. } => [margin.recip(), margin],
            _ => [-margin, margin],
        })
    });
    margins.reduce(|least, other| if other[1] < least[1] { other } else { least })
}

//! Whether probabilities can be taken at their word, and what acting on them is worth.

use super::cell::over_seeds;
use super::section::{Section, Sheet, arm_row, columns, of_question};
use super::shown::{shown_arm, shown_run};
use crate::palette::Palette;
use figures::{Axis, Figure, Look, Place, Point, Reference, Series};
use record::results::{
    CalibrationResult, NetBenefit, QuestionResult, RescaledResult, Results, SeedResult,
};

/// Questions that are drawn.
const DRAWN: usize = 4;

/// The section; none where no run has one.
pub fn section(results: &Results, palette: &Palette) -> Option<Section> {
    let arm = shown_arm(results)?;
    let run = shown_run(arm)?;
    let look = palette.look(&arm.setup());
    let mut shown: Vec<&QuestionResult> = run
        .questions
        .iter()
        .filter(|q| q.calibration.is_some())
        .collect();
    shown.sort_by_key(|q| std::cmp::Reverse(q.positives.min(q.negatives)));
    shown.first()?;
    shown.truncate(DRAWN);
    let numbered = shown.iter().enumerate();
    let plots = numbered.flat_map(|(number, question)| {
        let drawn = [reliability, decision].map(|draw| draw(question, look, number + 1));
        drawn.into_iter().flatten()
    });
    let plots = plots.collect();
    let arms = results.arms.iter().filter(|arm| !arm.seeds.is_empty());
    let rows = arms.flat_map(|arm| {
        (0..arm.questions.len()).map(move |place| {
            let of = |seed: &SeedResult| seed.questions.get(place)?.calibration.clone();
            let after = |seed: &SeedResult| seed.questions.get(place)?.rescaled;
            let mean = |value: &dyn Fn(CalibrationResult) -> Option<f64>| {
                over_seeds(arm.seeds.iter().map(|seed| value(of(seed)?)), 3)
            };
            let mean_after = |value: &dyn Fn(RescaledResult) -> Option<f64>| {
                over_seeds(arm.seeds.iter().map(|seed| value(after(seed)?)), 3)
            };
            let row = arm_row(
                results,
                palette,
                arm,
                vec![
                    mean(&|c| Some(c.slope?.value)),
                    mean(&|c| Some(c.intercept?.value)),
                    mean(&|c| Some(c.brier)),
                    mean(&|c| Some(c.ece)),
                    mean(&|c| Some(c.ece_if_right)),
                    mean_after(&|r| Some(r.temperature)),
                    mean_after(&|r| r.slope),
                    mean_after(&|r| Some(r.ece)),
                ],
            );
            of_question(row, arm, place)
        })
    });
    let is_long = arm.questions.len() > 1;
    Some(Section {
        id: "calibration",
        word: "Calibration",
        title: "Can the probabilities be taken at their word?",
        note: format!(
            "Drawings: {}, seed {}, the run with the highest validation AUC{}. Slope below 1: too extreme; intercept (with the slope at 1) below 0: too high. The expected calibration error (ECE, ten bins of as many pictures) is never 0 by chance: beside it stands what it would be on average were the probabilities right. The temperature is fitted on the validation partition; it leaves AUC as it is. Net benefit (Vickers 2006) weighs true against false positives as the threshold does; above both other lines, acting on the network would have served these patients better than acting on all or none. The lines carry no interval, so small distances say nothing.",
            arm.label,
            run.seed,
            if is_long {
                ", questions with the most positive pictures"
            } else {
                ""
            }
        ),
        plots,
        sheets: vec![Sheet {
            caption: "Mean over seeds, smallest and largest".into(),
            is_folded: is_long,
            columns: columns([
                "Arm",
                "Slope",
                "Intercept",
                "Brier score",
                "ECE",
                "ECE if right",
                "Temperature",
                "Slope after",
                "ECE after",
            ]),
            rows: rows.collect(),
        }],
    })
}

fn reliability(question: &QuestionResult, look: Look, number: usize) -> Option<Figure> {
    let bins = &question.calibration.as_ref()?.reliability;
    let most = bins.iter().map(|bin| bin.predicted.max(bin.observed.high));
    let end = most.fold(0.0, f64::max).clamp(0.1, 1.0);
    let share = |name| Axis::straight(name).between(0.0, end).digits(3);
    let points = bins.iter().map(|bin| {
        Point::new(bin.predicted, bin.observed.value)
            .between(Some([bin.observed.low, bin.observed.high]))
            .noting(format!("{} pictures", bin.images))
    });
    let above = bins.iter().filter(|bin| bin.predicted > bin.observed.high);
    let below = bins.iter().filter(|bin| bin.predicted < bin.observed.low);
    let sentence = format!(
        "Of {} bins, {} are predicted too high and {} too low for their 95% intervals.",
        bins.len(),
        above.count(),
        below.count()
    );
    Figure::new(
        &format!("calibration-{number}"),
        format!("{}: observed against predicted", question.name),
        sentence,
        [share("mean predicted probability"), share("observed share")],
    )
    .with(Series::dots("bins of predictions, 95% intervals", look, points).unnamed())
    .against(Reference::new(Place::Diagonal, ""))
    .drawable()
}

fn decision(question: &QuestionResult, look: Look, number: usize) -> Option<Figure> {
    let curve = &question.decision_curve;
    let prevalence = question.positives as f64 / (question.positives + question.negatives) as f64;
    let lowest = curve.iter().map(|point| point.model).fold(0.0, f64::min);
    let [low, high] = [lowest.min(-0.15 * prevalence), 1.08 * prevalence];
    let best = curve.iter().filter(|p| p.model > p.all.max(0.0)).count();
    let line = |name, look, value: fn(&NetBenefit) -> f64| {
        Series::line(name, look, curve.iter().map(|p| [p.threshold, value(p)]))
    };
    Figure::new(
        &format!("decision-{number}"),
        format!("{}: net benefit", question.name),
        format!(
            "The network is worth more than treating all or none at {best} of {} thresholds.",
            curve.len()
        ),
        [
            Axis::straight("threshold on the probability")
                .between(0.0, 0.7)
                .digits(2),
            Axis::straight("net benefit").between(low, high).digits(4),
        ],
    )
    .with(line("treat all", Look::BASELINE.dashed(), |point| {
        point.all
    }))
    .with(line("treat none", Look::BASELINE, |_| 0.0))
    .with(line("this network", look, |point| point.model))
    .drawable()
}

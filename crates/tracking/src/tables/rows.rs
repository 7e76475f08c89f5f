//! The rows of every table.

use record::metrics::METRICS;
use record::results::{ArmResult, ComparisonResult, Results};
use record::{FinishedRun, JobDirectory, JobKind, RecordError};
use study::StudyPlan;

use crate::cell::Cell;
use crate::mirrored_run::MirroredRun;
use crate::settings::settings;

/// One row.
pub(super) type Row = Vec<Cell>;

pub(super) fn arm(arm: &ArmResult, results: &Results) -> Row {
    let auc = arm.auc.as_ref();
    let number = |of: fn(&record::results::Estimate) -> Option<f64>| Cell::maybe(auc.and_then(of));
    let is_recommended = results.verdict.recommended.as_deref() == Some(&arm.label);
    vec![
        Cell::text(&arm.label),
        Cell::text(&arm.model),
        Cell::text(&arm.init),
        Cell::text(&arm.regime),
        Cell::count(arm.train_size as u64),
        Cell::count(arm.seed_count() as u64),
        number(|auc| Some(auc.value)),
        number(|auc| auc.low),
        number(|auc| auc.high),
        number(|auc| auc.seed_sd),
        number(|auc| Some(auc.sampling_se)),
        Cell::count(is_recommended.into()),
    ]
}

/// An arm of a study that has not been reported.
pub(super) fn planned_arm(plan: &StudyPlan, arm: &study::PlannedArm) -> Row {
    let model = plan.models.get(arm.model);
    let mut row = vec![
        Cell::text(&arm.label),
        model.map_or(Cell::Empty, |model| Cell::text(&model.described.label)),
        Cell::text(&arm.init.name),
        Cell::text(&arm.regime.name),
        Cell::count(arm.train_size as u64),
        Cell::count(0),
    ];
    row.extend(std::iter::repeat_n(Cell::Empty, 5));
    row.push(Cell::count(0));
    row
}

pub(super) fn comparison(comparison: &ComparisonResult) -> Row {
    let (difference, p) = (&comparison.difference, &comparison.p);
    vec![
        Cell::text(&comparison.arm),
        Cell::text(&comparison.baseline),
        comparison
            .question
            .as_deref()
            .map_or(Cell::Empty, Cell::text),
        Cell::Number(difference.value),
        Cell::maybe(difference.low),
        Cell::maybe(difference.high),
        Cell::count(difference.seeds as u64),
        Cell::text(comparison.outcome.word()),
        Cell::text(comparison.uncorrected.word()),
        Cell::maybe(p.difference),
        Cell::maybe(p.equivalence),
        Cell::maybe(p.difference_corrected),
        Cell::maybe(p.equivalence_corrected),
    ]
}

pub(super) fn run(run: &MirroredRun) -> Row {
    let test = run.result.as_ref().map(|result| &result.test);
    let auc = test.and_then(|test| test.auc);
    let count = |count: Option<u64>| count.map_or(Cell::Empty, Cell::count);
    let mut row = vec![
        Cell::text(&run.spec.id),
        kind(run),
        Cell::text(run.standing.word()),
    ];
    row.extend(settings(run).into_iter().map(|(_, cell)| cell));
    row.extend([
        count(test.map(|test| test.steps)),
        count(test.map(|test| test.best_step)),
        Cell::maybe(run.result.as_ref().map(|result| result.validation_auc)),
        Cell::maybe(auc.map(|auc| auc.value)),
        Cell::maybe(auc.map(|auc| auc.low)),
        Cell::maybe(auc.map(|auc| auc.high)),
    ]);
    let metrics = METRICS.iter();
    row.extend(metrics.map(|metric| Cell::maybe(test.and_then(|test| test.metrics.get(metric)))));
    let timing = run.timing.as_ref();
    let device = timing.map(|timing| timing.device.to_string());
    row.extend([
        Cell::maybe(run.seconds()),
        device
            .filter(|device| !device.is_empty())
            .map_or(Cell::Empty, Cell::Text),
        run.error.as_deref().map_or(Cell::Empty, Cell::text),
    ]);
    row
}

pub(super) fn evaluations(run: &MirroredRun) -> impl Iterator<Item = Row> {
    run.evaluations.iter().map(|evaluation| {
        vec![
            Cell::text(&run.spec.id),
            kind(run),
            Cell::text(&run.spec.label),
            Cell::count(run.spec.seed),
            fold(run),
            Cell::count(evaluation.step),
            Cell::count(evaluation.images),
            Cell::Number(evaluation.lr),
            Cell::maybe(evaluation.train_loss),
            Cell::Number(evaluation.validation_auc),
            Cell::Number(evaluation.validation_loss),
        ]
    })
}

/// One row a picture and class, of every part of a run that is done, each part through `to`.
pub(super) fn predictions(
    run: &MirroredRun,
    plan: &StudyPlan,
    place: &JobDirectory,
    to: &mut dyn FnMut(Row) -> Result<(), crate::error::TrackError>,
) -> Result<(), crate::error::TrackError> {
    let Some(finished) = FinishedRun::open(place, &run.spec.id)? else {
        return Ok(());
    };
    let table = finished.predictions(plan)?;
    let classes = &plan.data.described.classes;
    let sets = plan.data.split.test_sets.iter();
    let sets = sets.map(|set| set.name.as_str());
    for part in ["validation", "test"].into_iter().chain(sets) {
        let found = table.part(part).map_err(RecordError::from)?;
        let rows = found.probabilities.chunks_exact(classes.len().max(1));
        for (place, row) in rows.enumerate() {
            for (index, (class, probability)) in classes.iter().zip(row).enumerate() {
                let truth = found.labels[place].has(index);
                let patient = found.patients[place].as_deref();
                to(vec![
                    Cell::text(&run.spec.id),
                    Cell::text(&run.spec.label),
                    Cell::count(run.spec.seed),
                    fold(run),
                    Cell::text(part),
                    Cell::text(&found.images[place]),
                    patient.map_or(Cell::Empty, Cell::text),
                    Cell::text(class),
                    truth.map_or(Cell::Empty, |truth| Cell::count(truth.into())),
                    Cell::Number(*probability),
                ])?;
            }
        }
    }
    Ok(())
}

fn kind(run: &MirroredRun) -> Cell {
    Cell::text(match run.kind {
        JobKind::Tune => "trial",
        _ => "run",
    })
}

fn fold(run: &MirroredRun) -> Cell {
    let fold = run.spec.fold.map(|fold| fold.short());
    fold.map_or(Cell::Empty, Cell::Text)
}

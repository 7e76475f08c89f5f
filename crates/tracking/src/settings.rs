//! How a run was trained, as names and texts or numbers.

use regimes::Rule;

use crate::cell::Cell;
use crate::mirrored_run::MirroredRun;

/// What a run is and how it is trained, by the name that tools show.
pub(crate) fn settings(run: &MirroredRun) -> Vec<(&'static str, Cell)> {
    let (spec, train) = (&run.spec, &run.spec.train);
    let optimizer = match &train.rule {
        Rule::Sgd { .. } => "sgd",
        Rule::Adam {
            decoupled: false, ..
        } => "adam",
        Rule::Adam { .. } => "adamw",
    };
    let fold = spec.fold.map(|fold| fold.short());
    let weights = match train.class_weights {
        study::ClassWeights::None => "none",
        study::ClassWeights::Balanced => "balanced",
    };
    vec![
        ("arm", Cell::text(&spec.label)),
        ("model", Cell::text(&spec.model.label())),
        ("init", Cell::text(&spec.init.name)),
        ("regime", Cell::text(&spec.regime.name)),
        ("train_size", Cell::count(spec.train_size as u64)),
        ("seed", Cell::count(spec.seed)),
        ("fold", fold.map_or(Cell::Empty, Cell::Text)),
        ("optimizer", Cell::text(optimizer)),
        ("lr", Cell::Number(train.schedule.peak())),
        ("schedule", Cell::Text(train.schedule.describe())),
        ("weight_decay", Cell::Number(train.weight_decay)),
        ("batch_size", Cell::count(train.batch_size as u64)),
        ("max_steps", Cell::count(train.max_steps)),
        ("eval_every", Cell::count(train.eval_every)),
        ("patience", Cell::count(train.patience)),
        ("class_weights", Cell::text(weights)),
    ]
}

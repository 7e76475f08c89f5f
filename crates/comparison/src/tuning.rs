//! What every arm tried before its runs, and what it chose.

use record::results::{
    Clause, CostResult, EdgeResult, Failure, Results, TrialResult, TriedResult, TunedResult,
    TuningResult,
};
use record::{RecordError, StudyDirectory, Trial, TrialOutcome, Tuning};
use study::{Candidate, RunSpec, StudyPlan, TuningPlan};

/// Arms whose choices are named in the verdict; of more it says that each chose.
const NAMED: usize = 4;

/// What the trials of a study say.
pub(crate) struct Tuned {
    /// What was tried; none where the study does not tune.
    pub tuned: Option<TunedResult>,
    /// By arm.
    pub arms: Vec<TuningResult>,
    /// Trials that failed.
    pub failures: Vec<Failure>,
}

/// Reads the trials of the study at `directory`.
pub(crate) fn collect(directory: &StudyDirectory, plan: &StudyPlan) -> Result<Tuned, RecordError> {
    let mut found = Tuned {
        tuned: None,
        arms: Vec::new(),
        failures: Vec::new(),
    };
    let Some(tuning) = &plan.tuning else {
        return Ok(found);
    };
    let settings = &tuning.settings;
    found.tuned = Some(TunedResult {
        metric: settings.metric,
        keys: settings.keys.clone(),
        seeds: settings.seeds.clone(),
    });
    for run in firsts(plan) {
        let read = Tuning::read(directory, tuning, run)?;
        found.failures.extend(failures(tuning, run, &read));
        found.arms.push(of_arm(tuning, run, &read));
    }
    Ok(found)
}

/// The first run of each choice that is made.
fn firsts(plan: &StudyPlan) -> Vec<&RunSpec> {
    let mut firsts: Vec<&RunSpec> = Vec::new();
    for run in &plan.runs {
        let is_same = |other: &&RunSpec| (other.arm, &other.tuning) == (run.arm, &run.tuning);
        if !firsts.iter().any(is_same) {
            firsts.push(run);
        }
    }
    firsts
}

fn of_arm(plan: &TuningPlan, run: &RunSpec, read: &Tuning) -> TuningResult {
    let settings = &plan.settings;
    let chosen = read.chosen(settings);
    let edges = chosen.map_or_else(Vec::new, |chosen| read.edges(settings, chosen));
    let trials = read.tried.iter().flat_map(|tried| &tried.trials);
    let steps = trials.map(|trial| match trial.outcome {
        TrialOutcome::Done { steps, .. } => steps,
        TrialOutcome::Open | TrialOutcome::Failed(_) => 0,
    });
    let tried = settings.candidates.iter().zip(&read.tried);
    TuningResult {
        arm: run.label.clone(),
        steps: steps.sum(),
        candidates: tried
            .map(|(candidate, tried)| TriedResult {
                candidate: *candidate,
                trials: tried.trials.iter().map(trial_result).collect(),
                mean: tried.mean(),
            })
            .collect(),
        chosen,
        edges: edges
            .into_iter()
            .map(|(key, is_largest)| EdgeResult { key, is_largest })
            .collect(),
    }
}

fn trial_result(trial: &Trial) -> TrialResult {
    let (validation_auc, error) = match &trial.outcome {
        TrialOutcome::Open => (None, None),
        TrialOutcome::Done { validation_auc, .. } => (Some(*validation_auc), None),
        TrialOutcome::Failed(error) => (None, Some(error.clone())),
    };
    TrialResult {
        seed: trial.seed,
        validation_auc,
        error,
    }
}

fn failures(plan: &TuningPlan, run: &RunSpec, read: &Tuning) -> Vec<Failure> {
    let failed = plan.of(run).filter_map(|planned| {
        let tried = read.tried.get(planned.candidate)?;
        let trial = tried.trials.iter().find(|t| t.seed == planned.run.seed)?;
        let TrialOutcome::Failed(error) = &trial.outcome else {
            return None;
        };
        Some(Failure {
            run: planned.run.number,
            arm: format!("trial of {}", planned.describe(&plan.settings)),
            seed: trial.seed,
            fold: planned.run.fold,
            error: error.clone(),
        })
    });
    failed.collect()
}

/// Adds to the cost of every arm what its trials took.
pub(crate) fn charge(costs: &mut [CostResult], tuning: &[TuningResult]) {
    for cost in costs {
        let of_arm = tuning.iter().filter(|found| found.arm == cost.arm);
        cost.tuning_steps = of_arm.map(|found| found.steps).reduce(|a, b| a + b);
    }
}

/// What runs were trained with, and by what it was chosen; none until an arm has chosen.
pub(crate) fn clause(results: &Results) -> Option<Clause> {
    let tuned = results.tuned.as_ref()?;
    let chosen: Vec<_> = results
        .tuning
        .iter()
        .filter_map(|found| Some((found, found.choice()?)))
        .collect();
    let (first, alike) = *chosen.first()?;
    let what = tuned.keys.iter().map(ToString::to_string);
    let mut text = format!(
        "Every arm is trained with the {} that did best for it on the validation pictures, of the same {} with {} for all",
        what.collect::<Vec<_>>().join(" and "),
        first.candidates.len(),
        match tuned.seeds.len() {
            1 => "one seed".into(),
            seeds => format!("{seeds} seeds"),
        },
    );
    let values = |choice: &Candidate| {
        let values = tuned.keys.iter().map(|key| choice.value(*key));
        values.collect::<Vec<_>>().join(" and ")
    };
    let is_alike = chosen.iter().all(|(_, choice)| *choice == alike);
    if is_alike && chosen.len() == results.tuning.len() {
        text.push_str(&format!(": {} for each", values(alike)));
    } else if chosen.len() <= NAMED {
        let named = chosen
            .iter()
            .map(|(found, choice)| format!("{} for {}", values(choice), found.arm));
        text.push_str(&format!(": {}", named.collect::<Vec<_>>().join(", ")));
    }
    text.push('.');
    Some(Clause {
        rule: "tuned".into(),
        text,
        numbers: vec!["/tuning".into()],
        section: "tuning".into(),
    })
}

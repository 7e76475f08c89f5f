//! `[tune]`: which trials a study plans, and what identities cover.

use std::path::Path;

use study::{StudyPlan, StudySpec, TuneKey, check, parse};

const STUDY: &str = r#"
    title = "t"
    data  = { source = "phantom-fundus", task = "ordinal", size = 16, count = 60 }
    grid  = { model = ["cbr-tiny"], init = ["random", "glorot-normal"], seeds = 2 }
    train = { batch_size = 8, max_steps = 4, eval_every = 2 }
"#;

fn try_plan(text: &str) -> Result<StudyPlan, String> {
    let spec: StudySpec = parse(text, Path::new("study.toml")).map_err(|e| e.to_string())?;
    let study = check(&spec, Path::new(".")).map_err(|e| format!("{e:#}"))?;
    Ok(study.plan)
}

fn plan(tune: &str) -> StudyPlan {
    try_plan(&format!("{STUDY}\n{tune}")).expect("a plan")
}

fn run_ids(plan: &StudyPlan) -> Vec<&str> {
    plan.runs.iter().map(|run| run.id.as_str()).collect()
}

#[test]
fn every_arm_tries_the_same_with_seeds_of_its_own() {
    let plan = plan("tune = { lr = [1e-3, 1e-2], max_steps = [4, 8], seeds = 3 }");
    let tuning = plan.tuning.as_ref().expect("a tuning");
    assert_eq!(tuning.settings.keys, [TuneKey::Lr, TuneKey::MaxSteps]);
    assert_eq!(tuning.trials.len(), 2 * 4 * 3);
    for run in &plan.runs {
        let trials: Vec<_> = tuning.of(run).collect();
        assert_eq!(trials.len(), 4 * 3);
        for trial in trials {
            let candidate = tuning.settings.candidates[trial.candidate];
            assert_eq!(trial.run.train.max_steps, candidate.max_steps);
            assert_eq!(trial.run.train.schedule.lr(0), candidate.lr);
            assert_eq!(trial.run.arm, run.arm);
            assert!(plan.runs.iter().all(|other| other.seed != trial.run.seed));
        }
        // Until its trials choose, a run is planned to be as long as it may become.
        assert_eq!(run.train.max_steps, 8);
    }
}

#[test]
fn identities_cover_what_is_tried_and_nothing_else() {
    let two = plan("tune = { lr = [1e-3, 1e-2] }");
    let more = plan("tune = { lr = [1e-3, 3e-3, 1e-2] }");
    let fewer_seeds = plan("tune = { lr = [1e-3, 1e-2], seeds = 1 }");
    let untuned = plan("");
    let all = [&two, &more, &fewer_seeds, &untuned].map(run_ids);
    for (place, ids) in all.iter().enumerate() {
        let others = all[..place].iter().flatten();
        assert!(others.clone().all(|other| !ids.contains(other)));
    }
    // Trials of the same candidates are reused, whatever else is tried.
    let trials = |plan: &StudyPlan| -> Vec<String> {
        let tuning = plan.tuning.as_ref().expect("a tuning");
        tuning.trials.iter().map(|t| t.run.id.clone()).collect()
    };
    let known = trials(&more);
    assert!(trials(&two).iter().all(|id| known.contains(id)));
    // What the list replaces does not matter, and neither do more seeds of the study.
    let text = format!("{STUDY}\ntune = {{ lr = [1e-3, 1e-2] }}");
    let other_rate = text.replace("batch_size = 8,", "batch_size = 8, lr = 0.5,");
    assert_eq!(
        run_ids(&try_plan(&other_rate).expect("a plan")),
        run_ids(&two)
    );
    let grown = try_plan(&text.replace("seeds = 2", "seeds = 3")).expect("a plan");
    assert!(run_ids(&two).iter().all(|id| run_ids(&grown).contains(id)));
    // Without the section a plan says nothing of it.
    let bytes = serde_json::to_string(&untuned).expect("JSON");
    assert!(!bytes.contains("tuning"));
}

#[test]
fn a_plan_is_read_as_it_was_written() {
    let plan = plan("tune = { lr = [1e-3, 1e-2], weight_decay = [0, 1e-4], seeds = 1 }");
    let bytes = serde_json::to_string(&plan).expect("JSON");
    let read: StudyPlan = serde_json::from_str(&bytes).expect("a plan");
    assert_eq!(read, plan);
}

#[test]
fn what_cannot_be_tried_is_refused() {
    for (tune, part) in [
        ("{ }", "`tune`: expected 2 to 64 combinations"),
        ("{ lr = [1e-3] }", "found 1"),
        (
            "{ lr = [] }",
            "`tune.lr`: expected at least one, a number above 0",
        ),
        ("{ lr = [1e-3, 0] }", "`tune.lr`: expected a number above 0"),
        ("{ lr = [1e-3, inf] }", "`tune.lr`"),
        ("{ lr = [1e-3, nan] }", "`tune.lr`"),
        ("{ lr = [1e-3, 0.001] }", "twice"),
        ("{ weight_decay = [0, -1] }", "`tune.weight_decay`"),
        ("{ max_steps = [0, 4] }", "`tune.max_steps`"),
        (
            "{ lr = [1e-3, 1e-2], seeds = 0 }",
            "`tune.seeds`: expected 1 to 100",
        ),
        (
            "{ lr = [1e-3, 1e-2], seeds = 18446744073709551615 }",
            "tune",
        ),
        (
            "{ lr = [1e-3, 1e-2], metric = \"test-auc\" }",
            "validation-auc",
        ),
        ("{ rate = [1e-3, 1e-2] }", "unknown field `rate`"),
    ] {
        let error = try_plan(&format!("{STUDY}\ntune = {tune}")).expect_err(tune);
        assert!(error.contains(part), "{tune}: {error}");
    }
    let many: Vec<String> = (1..=65).map(|n| format!("{n}e-4")).collect();
    let many = format!("{STUDY}\ntune = {{ lr = [{}] }}", many.join(", "));
    assert!(try_plan(&many).expect_err("too many").contains("found 65"));
    let untrained = format!("{STUDY}\nprobe = {{ only = true }}\ntune = {{ lr = [1e-3, 1e-2] }}");
    assert!(
        try_plan(&untrained)
            .expect_err("nothing to tune")
            .contains("`tune`: expected runs")
    );
}

//! `status`: how far a study is.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use transfusion::record::{
    AnalysisPart, MetricsLog, RunError, RunResult, StudyDirectory, read_json,
};
use transfusion::study::PlannedProbe;

use super::Exit;
use super::table::table;

/// Show how far a study is
#[derive(Debug, Args)]
pub struct Status {
    /// Directory of the study
    study: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row {
    /// `probe` or `run`.
    kind: &'static str,
    id: String,
    /// Label of the arm, or model and initialisation of the probe.
    arm: String,
    /// The seed; a probe's first.
    seed: u64,
    /// Seeds that a probe holds for; 1 for a run.
    seeds: usize,
    /// `done`, `failed`, `begun` or `waiting`.
    state: &'static str,
    /// Step of the last evaluation.
    step: Option<u64>,
    steps: u64,
    /// Validation AUC of the last evaluation.
    validation_auc: Option<f64>,
    error: Option<String>,
}

impl Status {
    pub fn run(self) -> anyhow::Result<Exit> {
        let directory = StudyDirectory::new(self.study);
        let plan = directory.plan()?;
        let mut rows = Vec::new();
        for probe in plan.probe.iter().flat_map(|p| &p.probes) {
            rows.push(Row::of_probe(&directory, probe)?);
        }
        for spec in &plan.runs {
            let run = directory.run(spec);
            let error = read_json::<RunError>(&run.file("error.json"))?.map(|e| e.error);
            let is_done = read_json::<RunResult>(&run.file("result.json"))?.is_some();
            let last = MetricsLog::new(run.file("metrics.jsonl")).read()?.pop();
            rows.push(Row {
                kind: "run",
                seeds: 1,
                id: spec.id.clone(),
                arm: spec.label.clone(),
                seed: spec.seed,
                state: match (is_done, &error, &last) {
                    (true, _, _) => "done",
                    (_, Some(_), _) => "failed",
                    (_, _, Some(_)) => "begun",
                    _ => "waiting",
                },
                step: last.as_ref().map(|e| e.step),
                steps: spec.train.max_steps,
                validation_auc: last.map(|e| e.validation_auc),
                error,
            });
        }
        let exit = if rows.iter().any(|r| r.state == "failed") {
            Exit::Findings
        } else {
            Exit::Done
        };
        if self.json {
            output!("{}", serde_json::to_string_pretty(&rows)?);
            return Ok(exit);
        }
        let (probes, runs): (Vec<_>, Vec<_>) = rows.iter().partition(|r| r.kind == "probe");
        if !probes.is_empty() {
            let header = ["probe", "features of", "seed", "state"];
            let cells = probes.iter().map(|r| {
                let seed = match r.seeds {
                    1 => r.seed.to_string(),
                    seeds => format!("all {seeds}"),
                };
                vec![r.id.clone(), r.arm.clone(), seed, r.state()]
            });
            output!("{}", table(&header, 4, cells));
            output!("{}: {}\n", plan.title, tally(&probes, "probes"));
        }
        if runs.is_empty() {
            output!("{}: nothing is trained", plan.title);
            return Ok(exit);
        }
        let header = ["run", "arm", "seed", "state", "step", "validation AUC"];
        let cells = runs.iter().map(|r| {
            vec![
                r.id.clone(),
                r.arm.clone(),
                r.seed.to_string(),
                r.state(),
                r.step.map_or("–".into(), |s| format!("{s}/{}", r.steps)),
                r.validation_auc.map_or("–".into(), |a| format!("{a:.3}")),
            ]
        });
        output!("{}", table(&header, 4, cells));
        output!("{}: {}", plan.title, tally(&runs, "runs"));
        let parts = AnalysisPart::all(&plan);
        if !parts.is_empty() {
            let count = |file: &dyn Fn(&AnalysisPart) -> PathBuf| {
                parts.iter().filter(|part| file(part).exists()).count()
            };
            let done = count(&|part| part.file(&directory));
            let failed = count(&|part| part.error_file(&directory));
            output!(
                "analysis: {done} of {} parts done, {failed} failed",
                parts.len()
            );
        }
        Ok(exit)
    }
}

impl Row {
    fn of_probe(directory: &StudyDirectory, probe: &PlannedProbe) -> anyhow::Result<Self> {
        let place = directory.probe(probe);
        let error = read_json::<RunError>(&place.file("error.json"))?.map(|e| e.error);
        let exists = |name| place.file(name).exists();
        Ok(Self {
            kind: "probe",
            id: probe.id.clone(),
            arm: probe.label.clone(),
            seed: probe.seeds[0],
            seeds: probe.seeds.len(),
            state: match (exists("result.json"), &error, exists("spec.json")) {
                (true, _, _) => "done",
                (_, Some(_), _) => "failed",
                (_, _, true) => "begun",
                _ => "waiting",
            },
            step: None,
            steps: 0,
            validation_auc: None,
            error,
        })
    }

    /// The state in words.
    fn state(&self) -> String {
        match &self.error {
            Some(error) => format!("failed: {error}"),
            None => self.state.to_string(),
        }
    }
}

fn tally(rows: &[&Row], what: &str) -> String {
    let count = |state: &str| rows.iter().filter(|r| r.state == state).count();
    let (done, failed, all) = (count("done"), count("failed"), rows.len());
    format!("{done} of {all} {what} done, {failed} failed")
}

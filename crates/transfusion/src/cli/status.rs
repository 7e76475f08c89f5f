//! `status`: how far a study is.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use transfusion::record::{MetricsLog, RunError, RunResult, StudyDirectory, read_json};

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
    id: String,
    arm: String,
    seed: u64,
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
        for spec in &plan.runs {
            let run = directory.run(spec);
            let error = read_json::<RunError>(&run.file("error.json"))?.map(|e| e.error);
            let is_done = read_json::<RunResult>(&run.file("result.json"))?.is_some();
            let last = MetricsLog::new(run.file("metrics.jsonl")).read()?.pop();
            rows.push(Row {
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
        let count = |state: &str| rows.iter().filter(|r| r.state == state).count();
        let (done, failed, all) = (count("done"), count("failed"), rows.len());
        let exit = if failed > 0 {
            Exit::Findings
        } else {
            Exit::Done
        };
        if self.json {
            output!("{}", serde_json::to_string_pretty(&rows)?);
            return Ok(exit);
        }
        let header = ["run", "arm", "seed", "state", "step", "validation AUC"];
        let cells = rows.iter().map(|r| {
            vec![
                r.id.clone(),
                r.arm.clone(),
                r.seed.to_string(),
                r.error
                    .as_ref()
                    .map_or(r.state.to_string(), |e| format!("failed: {e}")),
                r.step.map_or("–".into(), |s| format!("{s}/{}", r.steps)),
                r.validation_auc.map_or("–".into(), |a| format!("{a:.3}")),
            ]
        });
        output!("{}", table(&header, 4, cells));
        output!("{}: {done} of {all} runs done, {failed} failed", plan.title);
        Ok(exit)
    }
}

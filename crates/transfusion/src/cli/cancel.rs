//! `cancel`: stop all work on a study, here and with schedulers.

use std::path::PathBuf;

use clap::Args;
use cluster::{Handed, cancel, terms};
use durable::claims::Liveness;
use record::StudyDirectory;
use serde_json::json;

use super::exit::Exit;
use super::output::print_json;
use super::shell::word;
use super::table::counted;

/// Stop all work on a study: what waits with a scheduler is taken back, what runs stops after its step
#[derive(Debug, Args)]
pub struct Cancel {
    /// Directory of the study
    study: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Cancel {
    pub fn run(self) -> anyhow::Result<Exit> {
        let directory = StudyDirectory::new(self.study);
        directory.plan()?;
        let mut exit = Exit::Done;
        // First of all, so that no script puts back what is about to be taken away.
        let handed: Vec<Handed> = Handed::all(&directory)?
            .into_iter()
            .filter(|handed| !handed.is_cancelled())
            .collect();
        for handed in &handed {
            handed.mark_cancelled()?;
        }
        let working = directory.holders()?;
        let working = working
            .iter()
            .filter(|h| !matches!(h.liveness, Liveness::Dead))
            .count();
        if working > 0 {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            directory.ask_to_stop(&format!("cancel {}", now.unwrap_or_default().as_nanos()))?;
            if !self.json {
                output!(
                    "asked {} that somebody works on to stop after this step, with a checkpoint",
                    counted(working, "job")
                );
            }
        }
        let mut taken_back = Vec::new();
        for handed in &handed {
            let submitted = &handed.submitted;
            let jobs: Vec<&str> = submitted.jobs().collect();
            if jobs.is_empty() {
                continue;
            }
            let name = terms(submitted.scheduler).name;
            let cancelled = cancel(submitted.scheduler, &jobs);
            let error = cancelled.as_ref().err().map(ToString::to_string);
            taken_back.push(json!({ "scheduler": name, "jobs": jobs, "error": error }));
            match cancelled {
                Ok(()) if self.json => {}
                Ok(()) => output!("{name}: {} taken back", jobs.join(" ")),
                // It may have ended long ago; tasks that begin nevertheless end at once.
                Err(error) => {
                    warn!("warning: {error}; tasks of {name} that still begin will end at once");
                    exit = Exit::Findings;
                }
            }
        }
        if self.json {
            print_json(&json!({ "asked_to_stop": working, "taken_back": taken_back }))?;
            return Ok(exit);
        }
        if handed.is_empty() && working == 0 {
            output!("nobody works on it, and no scheduler has any of it");
        }
        output!(
            "what is done is kept; go on with transfusion run or submit {}",
            word(directory.path())
        );
        Ok(exit)
    }
}

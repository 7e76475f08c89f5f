//! Every probe of a plan that has no record yet, one after the other on all processors.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::probing::{ProbeEnd, ProbeFailure, execute};
use crate::progress::LINE_EVERY;
use crate::record::{ProbeDirectory, RunError, StudyDirectory, write_json};
use crate::study::{Material, PlannedProbe, StudyError};
use crate::training::{RunFailure, Tally, panic_message};

/// Works through the probes of a study.
pub struct ProbeRunner<'a> {
    /// What probes are made of.
    pub material: &'a Material,
    /// Where records go.
    pub directory: &'a StudyDirectory,
    /// Set to stop after the current batch or fit.
    pub stop: &'a AtomicBool,
}

impl ProbeRunner<'_> {
    /// Carries out every probe without a record. One that fails is recorded and the others go on;
    /// what cannot be recorded ends the study.
    pub fn run(&self) -> Result<Tally, StudyError> {
        let probes = Self::planned(self.material);
        for probe in probes {
            let directory = self.directory.probe(probe);
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            if !is_recorded(&directory) {
                self.one(probe, &directory, probes.len())?;
            }
        }
        let mut tally = Tally::default();
        for probe in probes {
            let directory = self.directory.probe(probe);
            match (
                is_recorded(&directory),
                directory.file("error.json").exists(),
            ) {
                (true, false) => tally.done += 1,
                (true, true) => tally.failed += 1,
                (false, _) => tally.pending += 1,
            }
        }
        Ok(tally)
    }

    /// The probes of a plan; none where it asks for none.
    pub fn planned(material: &Material) -> &[PlannedProbe] {
        material.plan.probe.as_ref().map_or(&[], |p| &p.probes)
    }

    fn one(
        &self,
        probe: &PlannedProbe,
        directory: &ProbeDirectory,
        all: usize,
    ) -> Result<(), StudyError> {
        let name = format!("[{}/{all}] probe of {}", probe.number + 1, of_seeds(probe));
        let shown = Mutex::new(Instant::now());
        let say = |what: String| {
            let mut shown = shown.lock().unwrap_or_else(|e| e.into_inner());
            if shown.elapsed() >= LINE_EVERY {
                eprintln!("{name}: {what}");
                *shown = Instant::now();
            }
        };
        let work = || execute(self.material, probe, directory, self.stop, &say);
        let error = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(ProbeEnd::Done)) => {
                eprintln!("{name}: done");
                return Ok(());
            }
            Ok(Ok(ProbeEnd::Interrupted)) => {
                eprintln!("{name}: interrupted, begins anew next time");
                return Ok(());
            }
            Ok(Err(ProbeFailure::Run(RunFailure::Record(error)))) => return Err(error),
            Ok(Err(failure)) => failure.to_string(),
            Err(panic) => format!("internal error: {}", panic_message(&*panic)),
        };
        eprintln!("{name}: failed: {error}");
        let id = probe.id.clone();
        write_json(&directory.file("error.json"), &RunError { id, error })
    }
}

fn is_recorded(directory: &ProbeDirectory) -> bool {
    ["result.json", "error.json"].map(|name| directory.file(name).exists()) != [false; 2]
}

fn of_seeds(probe: &PlannedProbe) -> String {
    match probe.seeds.as_slice() {
        [seed] => format!("{}, seed {seed}", probe.label),
        _ => format!("{}, every seed", probe.label),
    }
}

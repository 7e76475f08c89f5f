//! Every part of the analysis whose runs are done and that has no record yet, one after the other
//! on all processors.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use engine::Model;

use super::failure::AnalysisFailure;
use super::map::compare_blocks;
use super::networks::Networks;
use super::pair::{before_after, compare_pair, options};
use super::run::analyse_run;
use crate::record::{AnalysisPart, RunError, StudyDirectory, remove_temporaries, write_json};
use crate::study::{AnalysisPlan, Material, RunSpec, StudyError};
use crate::training::{RunFailure, Tally, panic_message};

/// Works through the analysis of a study.
pub struct AnalysisRunner<'a> {
    /// What runs are made of.
    pub material: &'a Material,
    /// Where records are and go.
    pub directory: &'a StudyDirectory,
    /// Set to stop after the current batch of pictures or block.
    pub stop: &'a AtomicBool,
}

impl AnalysisRunner<'_> {
    /// Carries out every part without a record whose runs are done. One that fails is recorded and
    /// the others go on; what cannot be recorded ends the study.
    pub fn run(&self) -> Result<Tally, StudyError> {
        let Some(analysis) = &self.material.plan.analysis else {
            return Ok(Tally::default());
        };
        let folder = self.directory.file("analysis");
        std::fs::create_dir_all(&folder).map_err(|source| StudyError::Io {
            action: "create",
            path: folder.clone(),
            source,
        })?;
        remove_temporaries(&folder)?;
        let plan = &self.material.plan;
        let parts = AnalysisPart::all(plan);
        let mut networks =
            Networks::new(self.material, self.directory, &analysis.settings, self.stop);
        for (place, part) in parts.iter().enumerate() {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            if self.is_recorded(part) || !self.is_ready(part) {
                continue;
            }
            let name = format!("[{}/{}] {}", place + 1, parts.len(), part.describe(plan));
            eprintln!("{name}");
            self.one(part, analysis, &mut networks, &name)?;
        }
        Ok(self.tally(&parts))
    }

    fn one(
        &self,
        part: &AnalysisPart,
        analysis: &AnalysisPlan,
        networks: &mut Networks,
        name: &str,
    ) -> Result<(), StudyError> {
        let work = || self.carry_out(part, analysis, networks);
        let error = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(AnalysisFailure::Run(RunFailure::Record(error)))) => return Err(error),
            Ok(Err(failure)) => failure.to_string(),
            Err(panic) => format!("internal error: {}", panic_message(&*panic)),
        };
        eprintln!("{name}: failed: {error}");
        let id = part.describe(&self.material.plan);
        let error = RunError { id, error };
        write_json(&part.error_file(self.directory), &error)
    }

    /// Writes the record of a part; nothing if it was asked to stop meanwhile.
    fn carry_out(
        &self,
        part: &AnalysisPart,
        analysis: &AnalysisPlan,
        networks: &mut Networks,
    ) -> Result<(), AnalysisFailure> {
        let runs = &self.material.plan.runs;
        let file = part.file(self.directory);
        match part {
            AnalysisPart::Run(spec) => {
                let settings = &analysis.settings;
                let is_first = |run: &&RunSpec| run.arm == spec.arm;
                let is_thorough = runs.iter().find(is_first) == Some(spec);
                let options = options(settings, is_thorough);
                let mut similar = |before: &Model, after: &Model| {
                    let captured = networks.capture_of(spec, before, after)?;
                    captured.map(|c| before_after(&c, &options)).transpose()
                };
                let (directory, stop) = (self.directory, self.stop);
                let record =
                    analyse_run(self.material, spec, directory, settings, &mut similar, stop);
                if let Some(record) = record? {
                    write_json(&file, &record)?;
                }
            }
            AnalysisPart::Pair(pair) => {
                let Some(a) = networks.capture(&runs[pair.a])? else {
                    return Ok(());
                };
                let Some(b) = networks.capture(&runs[pair.b])? else {
                    return Ok(());
                };
                let options = options(&analysis.settings, pair.is_thorough);
                write_json(&file, &compare_pair(&a, &b, &options)?)?;
            }
            AnalysisPart::Map(map) => {
                let Some(a) = networks.capture(&runs[map.a])? else {
                    return Ok(());
                };
                let Some(b) = networks.capture(&runs[map.b])? else {
                    return Ok(());
                };
                write_json(&file, &compare_blocks(&a.after, &b.after)?)?;
            }
        }
        Ok(())
    }

    fn is_recorded(&self, part: &AnalysisPart) -> bool {
        part.file(self.directory).exists() || part.error_file(self.directory).exists()
    }

    /// Whether all its runs are done.
    fn is_ready(&self, part: &AnalysisPart) -> bool {
        let is_done = |number: usize| {
            let run = self.directory.run(&self.material.plan.runs[number]);
            run.file("result.json").exists()
        };
        part.runs().into_iter().all(is_done)
    }

    fn tally(&self, parts: &[AnalysisPart]) -> Tally {
        let mut tally = Tally::default();
        for part in parts {
            if part.file(self.directory).exists() {
                tally.done += 1;
            } else if part.error_file(self.directory).exists() {
                tally.failed += 1;
            } else if self.is_ready(part) {
                tally.pending += 1;
            }
        }
        tally
    }
}

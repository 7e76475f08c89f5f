//! `verify`: hold a study against its own records.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use comparison::collect;
use durable::{Manifest, sealed_json};
use engine::Device;
use record::metrics::{Judged, measure};
use record::names::{PREDICTIONS, RESULTS, RUN_RESULT};
use record::results::SeedResult;
use record::{Finding, FinishedRun, Job, StudyDirectory, Verification, device_kind};
use runs::training::{Supply, predicted_again};
use serde_json::json;
use study::{OpenStudy, StudySpec, check, parse};

use super::device::DeviceOptions;
use super::exit::Exit;
use super::location::locate;
use super::output::print_json;
use super::table::counted;

/// Check that every file of a study is as it was written
///
/// Reads every byte, holds it against the digests in the study's records, and looks whether all rows
/// are there, probabilities sum to 1 and curves are complete. Changes nothing.
#[derive(Debug, Args)]
pub struct Verify {
    /// Directory of the study
    study: PathBuf,
    /// Also compute anew: predictions from weights, metrics from predictions, results from records
    #[arg(long)]
    deep: bool,
    #[command(flatten)]
    device: DeviceOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub fn run(self) -> anyhow::Result<Exit> {
        let directory = StudyDirectory::new(&self.study);
        let mut found = directory.verify()?;
        let is_deep = self.deep && found.findings.is_empty();
        if is_deep {
            let devices = self.device.open()?;
            compute_anew(&directory, &self.study, devices.first(), &mut found)?;
        }
        if self.json {
            print_json(&as_json(&found))?;
        } else {
            tell(&found);
            let what = match (found.findings.is_empty(), is_deep) {
                (true, false) => "all as they were written",
                (true, true) => "all as they were written, and the same when computed anew",
                (false, _) => "see above; `transfusion repair` makes what is damaged again",
            };
            output!(
                "{} of {}, {:.1} MB: {what}",
                counted(found.files, "file"),
                counted(found.jobs, "finished job"),
                found.bytes as f64 / 1e6
            );
        }
        Ok(match found.findings.is_empty() {
            true => Exit::Done,
            false => Exit::Findings,
        })
    }
}

/// Every finding on a line of stderr.
pub fn tell(found: &Verification) {
    for finding in &found.findings {
        warn!("{}: {}", finding.path.display(), finding.what);
    }
}

/// The same for programs.
pub fn as_json(found: &Verification) -> serde_json::Value {
    let finding = |f: &Finding| json!({ "path": f.path, "job": f.job, "what": f.what });
    json!({
        "jobs": found.jobs,
        "files": found.files,
        "bytes": found.bytes,
        "findings": found.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

/// The numbers once more, each from what it was computed from.
fn compute_anew(
    directory: &StudyDirectory,
    path: &std::path::Path,
    device: &dyn Device,
    found: &mut Verification,
) -> anyhow::Result<()> {
    let (config, base) = locate(path);
    let spec: StudySpec = parse(&directory.planned_study()?, &config)?;
    let study = check(&spec, &base).context("predictions are computed anew from the pictures")?;
    for job in Job::all(&study.plan) {
        if job.trains().is_some() && job.is_done(directory) {
            let findings = of_run(&study, directory, &job, device)?;
            found.findings.extend(findings);
        }
    }
    let (kept, results) = (RESULTS.path(directory.path()), collect(directory)?.results);
    let anew = sealed_json(&results, &Manifest::default());
    if kept.exists() && std::fs::read(&kept)? != anew {
        found.findings.push(Finding {
            path: kept,
            job: None,
            what: "its numbers are not those that the records give: `transfusion report` writes it anew (another version of the program may compute more)".into(),
        });
    }
    Ok(())
}

fn of_run(
    study: &OpenStudy,
    directory: &StudyDirectory,
    job: &Job,
    device: &dyn Device,
) -> anyhow::Result<Vec<Finding>> {
    let (Some(place), Some(spec)) = (job.training(directory), job.trains()) else {
        return Ok(Vec::new());
    };
    let Some(run) = FinishedRun::open(&place, &spec.id)? else {
        return Ok(Vec::new());
    };
    let mut findings = Vec::new();
    let mut differs = |path: PathBuf, what: &str| {
        findings.push(Finding {
            path,
            job: Some(job.id().into()),
            what: what.into(),
        });
    };
    let test = run.predictions(&study.plan)?.part("test")?;
    let judged = Judged {
        data: &run.spec()?.data,
        predictions: &test,
    };
    let kept = &run.result.test;
    let anew = SeedResult {
        run: kept.run,
        seed: kept.seed,
        fold: kept.fold,
        best_step: kept.best_step,
        steps: kept.steps,
        ..measure(&judged)
    };
    if *kept != anew {
        differs(
            place.file(RUN_RESULT),
            "its metrics are not those that its predictions give",
        );
    }
    let (here, trained) = (device.describe(), run.timing()?.device);
    if let Some(there) = trained.last()
        && device_kind(there) != device_kind(&here)
    {
        say!(
            "{}: its predictions are of {there}, and not computed anew on {here}",
            job.id()
        );
        return Ok(findings);
    }
    let again = predicted_again(&run, &Supply::of(study, spec), device)?;
    if run.files().read(place.path(), PREDICTIONS.name())? != again {
        differs(
            place.file(PREDICTIONS),
            "its probabilities are not those that its weights give here; another instruction set may change last digits",
        );
    }
    Ok(findings)
}

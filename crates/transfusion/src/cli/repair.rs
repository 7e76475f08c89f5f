//! `repair`: make again exactly what is damaged.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use clap::Args;
use record::names::{DECLARATIONS, EXAMPLES, GALLERY, PLAN, PRECISIONS, STUDY};
use record::{Job, StudyDirectory};
use runs::Share;
use study::{StudySpec, check, parse};

use super::begun::Begun;
use super::device::DeviceOptions;
use super::exit::Exit;
use super::location::locate;
use super::report::Printed;
use super::table::counted;
use super::{report, verify};

/// Make again what `verify` finds damaged, and nothing else
///
/// What is damaged is set aside in the study's folder `set-aside`, never removed. Jobs are done anew,
/// to the same bytes on a machine of the same kind; then the report is written.
#[derive(Debug, Args)]
pub struct Repair {
    /// Directory of the study
    study: PathBuf,
    /// Runs at once; results do not depend on it [default: what is faster here, by measurement and memory]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    #[command(flatten)]
    device: DeviceOptions,
}

impl Repair {
    pub fn run(self) -> anyhow::Result<Exit> {
        let devices = self.device.open_all()?;
        let directory = StudyDirectory::new(&self.study);
        let mut found = directory.verify()?;
        if found.findings.is_empty() {
            output!("nothing is damaged");
            return Ok(Exit::Done);
        }
        verify::tell(&found);
        let mut count = found.findings.len();
        let text = directory.intact_study()?.with_context(|| {
            format!(
                "{} was changed, and no whole copy of it is left: put the original back, or run the changed one with `transfusion run`",
                STUDY.path(directory.path()).display()
            )
        })?;
        let (config, base) = locate(&self.study);
        let spec: StudySpec = parse(&text, &config)?;
        let study = check(&spec, &base)?;

        let own = [PLAN.path(directory.path()), STUDY.path(directory.path())];
        let declared = DECLARATIONS.path(directory.path());
        let is_plan_damaged = found.names(&own[0]);
        if own.iter().chain([&declared]).any(|path| found.names(path)) {
            for path in own.iter().chain([&declared]) {
                if found.names(path) {
                    set_aside(&directory, path.clone())?;
                }
            }
            directory.restore(&study.plan, &text)?;
        }
        if is_plan_damaged {
            // Only with a plan can jobs be looked at.
            found = directory.verify()?;
            verify::tell(&found);
            count += found.findings.len();
        }
        let folders = [EXAMPLES, GALLERY].map(|folder| folder.path(directory.path()));
        for finding in &found.findings {
            if folders
                .iter()
                .any(|folder| finding.path.starts_with(folder))
                || finding.path == PRECISIONS.path(directory.path())
            {
                set_aside(&directory, finding.path.clone())?;
            }
        }
        let mut numbers = BTreeSet::new();
        let damaged: BTreeSet<&str> = found.damaged_jobs().into_iter().collect();
        for (number, job) in Job::all(&study.plan).iter().enumerate() {
            if damaged.contains(job.id()) {
                ensure!(
                    directory.set_job_aside(job)?,
                    "another process works on {}; wait for it, then repair again",
                    job.id()
                );
                numbers.insert(number);
            }
        }
        let redone = numbers.len();
        let begun = Begun::new(study, directory, &text, &base, devices)?;
        let tally = match numbers.is_empty() {
            true => runs::Tally::default(),
            false => begun.carry_out(Share::These(numbers), self.jobs, false, false)?,
        };
        report::finish(&begun.directory, Some(&begun.source()), Printed::Tables)?;
        let left = begun.directory.verify()?;
        verify::tell(&left);
        output!(
            "{} of {} made again, {} left",
            counted(redone, "damaged job"),
            counted(count, "finding"),
            counted(left.findings.len(), "finding"),
        );
        Ok(match left.findings.is_empty() {
            true => tally.into(),
            false => Exit::Findings,
        })
    }
}

fn set_aside(directory: &StudyDirectory, path: PathBuf) -> anyhow::Result<()> {
    if let Some(place) = directory.set_aside(&path)? {
        say!("{} is kept as {}", path.display(), place.display());
    }
    Ok(())
}

//! `submit`: hand what a study still lacks to a scheduler.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use cluster::{HandedIn, Prepared, Submitted, SubmittedArray, Wishes, hand_in, places, terms};
use devices::Devices;
use record::StudyDirectory;
use runs::{Estimate, Share};
use study::cluster::{ClusterSpec, Scheduler};
use study::{check, read_text};

use super::begun::Begun;
use super::changes::Changes;
use super::disk::size;
use super::exit::Exit;
use super::location::{locate, name, study_directory};
use super::shell::word;
use super::table::{counted, duration};

/// Hand what a study still lacks to a scheduler, as arrays of tasks, and the report after them
#[derive(Debug, Args)]
pub struct Submit {
    /// The study's configuration, or the directory of a study begun before
    study: PathBuf,
    /// Directory of the study, on a file system that all machines share [default: as of run]
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    changes: Changes,
    /// slurm, lsf, pbs, sge, kubernetes or hyperqueue [default: what [cluster] says]
    #[arg(long, value_parser = scheduler)]
    to: Option<Scheduler>,
    /// Print the scripts, and neither write nor submit anything
    #[arg(long)]
    print: bool,
    /// Write the scripts, and submit nothing
    #[arg(long, conflicts_with = "print")]
    write: bool,
    /// Do jobs that failed once more
    #[arg(long)]
    failed: bool,
    /// Partition, or queue
    #[arg(long)]
    partition: Option<String>,
    /// Whose allowance is used
    #[arg(long)]
    account: Option<String>,
    /// Time limit of a task, such as 4h [default: from the plan; longer runs are cut and go on]
    #[arg(long)]
    time: Option<String>,
    /// Memory of a task, such as 8GiB [default: from the plan]
    #[arg(long)]
    memory: Option<String>,
    /// Processors of a task [default: as many as here, 16 at most]
    #[arg(long)]
    cpus: Option<u32>,
    /// GPUs of a task [default: none]
    #[arg(long)]
    gpus: Option<u32>,
    /// Tasks download nothing: what they need was fetched here
    #[arg(long)]
    offline: bool,
    /// Tasks at a time [default: as many as the scheduler lets]
    #[arg(long)]
    at_once: Option<u32>,
    /// A template that stands in for the scheduler's own
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
}

/// A scheduler by its word.
fn scheduler(text: &str) -> Result<Scheduler, String> {
    let words: Vec<&str> = Scheduler::ALL.iter().map(|one| one.word()).collect();
    Scheduler::of(text).ok_or_else(|| format!("expected {}, found `{text}`", words.join(", ")))
}

impl Submit {
    pub fn run(self) -> anyhow::Result<Exit> {
        let (path, base) = locate(&self.study);
        let (text, spec) = self.changes.read(&path)?;
        let settings = self.settings().or(&spec.cluster);
        settings.check()?;
        let Some(scheduler) = self.to.or(settings.scheduler) else {
            bail!("expected a scheduler: --to slurm, or scheduler = \"slurm\" under [cluster]");
        };
        let study = check(&spec, &base)?;
        let default = match self.study.is_dir() {
            true => self.study.clone(),
            false => study_directory(None, &name(&path)),
        };
        let directory = self.out.clone().unwrap_or(default);
        let directory = StudyDirectory::new(std::path::absolute(directory)?);
        let template = self.template.as_deref().map(read_text).transpose()?;
        let program = match &settings.program {
            Some(program) => program.clone(),
            // An image has its own.
            None if settings.container.is_some() => "transfusion".into(),
            None => std::env::current_exe()?.to_string_lossy().into_owned(),
        };
        let folder = std::env::current_dir()?;
        let absolute = std::path::absolute(&base)?;
        let places = places(&text, &absolute, &[directory.path(), &folder]);
        let devices = Devices::processor();
        let wishes = Wishes {
            scheduler,
            template: template.as_deref(),
            program: &program,
            folder: &folder,
            places: &places,
        };
        let prepare = |study: &study::OpenStudy| -> anyhow::Result<Prepared> {
            let estimate = Estimate::of(study, devices.first())?;
            Ok(Prepared::of(
                study, &directory, &estimate, &settings, &wishes,
            )?)
        };
        if self.print {
            let prepared = prepare(&study)?;
            for file in prepared.files() {
                output!(
                    "# ── {} ──\n{}",
                    prepared.folder.join(&file.name).display(),
                    file.text
                );
            }
            return Ok(Exit::Done);
        }
        let begun = Begun::new(study, directory.clone(), &text, &base, Devices::processor())?;
        if self.failed {
            begun.forget_failures(&Share::All)?;
        }
        let prepared = prepare(&begun.study)?;
        prepared.write()?;
        tell(&prepared, scheduler);
        if self.write {
            output!(
                "scripts are in {}; nothing was submitted",
                word(&prepared.folder)
            );
            return Ok(Exit::Done);
        }
        submit(&prepared, scheduler)?;
        output!("transfusion status {}", word(directory.path()));
        Ok(Exit::Done)
    }

    /// What the command line says of a scheduler.
    fn settings(&self) -> ClusterSpec {
        ClusterSpec {
            partition: self.partition.clone(),
            account: self.account.clone(),
            time: self.time.clone(),
            memory: self.memory.clone(),
            cpus: self.cpus,
            gpus: self.gpus,
            at_once: self.at_once,
            offline: self.offline,
            ..ClusterSpec::default()
        }
    }
}

fn tell(prepared: &Prepared, scheduler: Scheduler) {
    let asked = prepared.asked;
    for (at, stage) in prepared.stages.iter().enumerate() {
        output!(
            "stage {}: {} in {}",
            at + 1,
            counted(stage.jobs, "job"),
            counted(stage.parcels.parcels.len(), "task"),
        );
    }
    output!(
        "about {} on this machine; asked for a task: {}, {}, {}",
        duration(prepared.seconds),
        duration(asked.seconds as f64),
        size(asked.memory),
        counted(asked.cpus as usize, "processor"),
    );
    output!("{}", terms(scheduler).restarts);
}

/// Each stage after the one before, and the report after all of them.
fn submit(prepared: &Prepared, scheduler: Scheduler) -> anyhow::Result<()> {
    let can_wait = !terms(scheduler).after.is_empty();
    let mut submitted = Submitted::to(scheduler);
    let mut before: Vec<HandedIn> = Vec::new();
    for (at, stage) in prepared.stages.iter().enumerate() {
        if at > 0 && !can_wait {
            output!(
                "{} lets no job wait for another from outside: submit again once stage {at} is over",
                terms(scheduler).name
            );
            return Ok(());
        }
        let mut now = Vec::new();
        for array in &stage.arrays {
            let script = prepared.folder.join(&array.file.name);
            let job = handed_in(&script, scheduler, &before)?;
            submitted.arrays.push(SubmittedArray {
                id: job.id.clone(),
                script: array.file.name.clone(),
                parcels: stage.name.clone(),
                offset: array.offset,
                tasks: array.tasks,
            });
            // At once: should the next one be refused, this one is known.
            submitted.write(&prepared.folder)?;
            now.push(job);
        }
        before = now;
    }
    let report = prepared.folder.join(&prepared.report.name);
    match can_wait {
        true => {
            submitted.report = Some(handed_in(&report, scheduler, &before)?.id);
            submitted.write(&prepared.folder)?;
        }
        false => output!("the report, once all of it is over: {}", word(&report)),
    }
    Ok(())
}

fn handed_in(script: &Path, scheduler: Scheduler, after: &[HandedIn]) -> anyhow::Result<HandedIn> {
    let job = hand_in(scheduler, script, after).with_context(|| {
        format!(
            "the scripts are in {}",
            word(script.parent().unwrap_or(script))
        )
    })?;
    output!("{} job {}: {}", terms(scheduler).name, job.id, word(script));
    Ok(job)
}

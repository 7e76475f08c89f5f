//! A study whose directory holds its plan, and the work on it.

use std::path::Path;

use anyhow::Context as _;
use audit::Severity;
use comparison::{Wanted, wanted};
use devices::Devices;
use durable::write;
use record::names::{ORIGIN, RUN_SPEC};
use record::{Adoption, AdoptionKind, Job, MeasuredPrecision, StudyDirectory};
use runs::training::{check_precision, measure_precisions};
use runs::{Listener, Pulses, Runner, Share, Tally, Workers};
use study::{OpenStudy, PrecisionName, RunSpec, StudyPlan};
use telling::{Events, Progress};

use super::device_memory;
use super::disk::{self, Disk};
use super::gallery::Source;
use super::output::print_json_line;
use super::shell::word;
use super::table::counted;
use super::version::program;
use super::{interrupt, report};

/// What is said when a study cannot go on.
const STOPPED: &str = "the study stopped; run it again once this is mended, finished work is kept";

/// Says what the user has to know before anything trains.
pub fn warn(plan: &StudyPlan) {
    for warning in &plan.warnings {
        say!("warning: {warning}");
    }
    let findings = plan
        .data
        .described
        .audit
        .iter()
        .flat_map(|audit| &audit.findings);
    for finding in findings.filter(|finding| finding.severity <= Severity::Warning) {
        say!("warning: {} {}", finding.found, finding.effect);
    }
}

/// A study whose directory holds its plan.
pub struct Begun {
    pub study: OpenStudy,
    pub directory: StudyDirectory,
    /// What it is computed on.
    pub devices: Devices,
}

impl Begun {
    /// Makes `directory` hold the plan of `study`, which `text` describes.
    pub fn new(
        study: OpenStudy,
        directory: StudyDirectory,
        text: &str,
        base: &Path,
        devices: Devices,
    ) -> anyhow::Result<Self> {
        for line in &study.said {
            say!("{line}");
        }
        warn(&study.plan);
        let folder = disk::standing(directory.path());
        let is_open = |job: &Job| !job.is_recorded(&directory);
        Disk::of(&study, is_open)?.check(&folder, disk::free(&folder))?;
        let adoption = directory.adopt(&study.plan, text)?;
        tell(&adoption, &directory);
        let absolute = std::path::absolute(base)?;
        // So that `transfusion run <directory>` finds the data again.
        write(
            &ORIGIN.path(directory.path()),
            absolute.to_string_lossy().as_bytes(),
        )?;
        report::draw_examples(&study, &directory)?;
        Ok(Self {
            study,
            directory,
            devices,
        })
    }

    /// What maps of saliency are drawn from.
    pub fn source(&self) -> Source<'_> {
        Source {
            study: &self.study,
            device: self.devices.first(),
        }
    }

    /// Does what its share of the study still lacks; where seeds are added until all is decided, look
    /// after look, as long as its share is all that a look waits for. With `json` stdout is told of
    /// every event.
    pub fn carry_out(
        &self,
        share: Share,
        workers: Option<u16>,
        retry: bool,
        json: bool,
    ) -> anyhow::Result<Tally> {
        let plan = &self.study.plan;
        let stop = interrupt::flag();
        if retry {
            self.forget_failures(&share)?;
        }
        let mut look = match share {
            Share::One(_) | Share::These(_) => None,
            Share::All | Share::Part { .. } => wanted(&self.directory, plan)?,
        };
        let below = |look: &Option<Wanted>| look.as_ref().map(|look| look.seeds as u64);
        let jobs = Job::all(plan);
        let to_do = |look: &Option<Wanted>| -> Vec<Job> {
            let is_pending = |(number, job): &(usize, &Job)| {
                share.holds(*number)
                    && !job.is_recorded(&self.directory)
                    && below(look).is_none_or(|seeds| job.is_of_seeds_below(seeds, plan))
            };
            let pending = jobs.iter().enumerate().filter(is_pending);
            pending.map(|(_, job)| *job).collect()
        };
        let progress = Progress::new(plan);
        let events = json.then(|| Events::new(plan, &progress, print_json_line));
        let program = program();
        let first = to_do(&look);
        if let Some(events) = &events {
            events.planned(&program, self.directory.path(), &first);
        }
        let pending: Vec<&RunSpec> = first.iter().filter_map(Job::trains).collect();
        let measured = self.workers(&pending, workers.is_some())?;
        let workers = match (workers, measured) {
            (None, Some(measured)) => measured,
            (asked, _) => Workers::asked(usize::from(asked.unwrap_or(1)).min(pending.len())),
        };
        if !pending.is_empty() {
            say!("{workers}");
        }
        let listener: &dyn Listener = match &events {
            Some(events) => events,
            None => &progress,
        };
        let pulses = Pulses::new(&self.directory, listener);
        let beating = pulses.beat(&stop, interrupt::tell);
        let mut runner = Runner {
            study: &self.study,
            directory: &self.directory,
            share: share.clone(),
            seeds_below: below(&look),
            workers: workers.runs,
            devices: &self.devices.all(),
            stop: &stop,
            listener: &pulses,
            program: &program,
        };
        loop {
            let tally = runner.run().context(STOPPED)?;
            let before = look;
            look = match &before {
                Some(_) => wanted(&self.directory, plan)?,
                None => None,
            };
            if look == before || look.as_ref().is_none_or(|look| look.is_over) {
                drop(beating);
                self.directory.clear_pulses(&jobs);
                return Ok(tally);
            }
            if let Some(Wanted { seeds, .. }) = look {
                say!("not all is decided: on to {seeds} seeds");
                if let Some(events) = &events {
                    events.seeds_added(seeds, &to_do(&look));
                }
            }
            runner.seeds_below = below(&look);
        }
    }

    /// What has to be known before runs train: the precision of their networks, whether the device
    /// has room for them, and, unless that `is_asked` already, how many are at work at once.
    fn workers(&self, pending: &[&RunSpec], is_asked: bool) -> anyhow::Result<Option<Workers>> {
        if !self.devices.is_processor() {
            let mut runs = pending.iter();
            if runs.any(|run| run.train.precision == PrecisionName::Bf16) {
                self.devices.check_bf16()?;
            }
            device_memory::check(&self.study, pending, &self.devices)?;
            let workers = device_memory::workers(&self.study, pending, &self.devices)?;
            return Ok(Some(workers));
        }
        check_precision(pending.iter().copied())?;
        for choice in measure_precisions(&self.directory, pending)? {
            say!("{}", chosen(&choice));
        }
        match is_asked {
            true => Ok(None),
            false => {
                let split = &self.study.plan.data.split;
                let measured = Workers::measured(pending, split);
                Ok(Some(measured.context("cannot measure a training step")?))
            }
        }
    }

    /// Removes the records of failures of a share, so that its jobs are done once more.
    pub fn forget_failures(&self, share: &Share) -> anyhow::Result<()> {
        for (number, job) in Job::all(&self.study.plan).iter().enumerate() {
            let path = job.error_file(&self.directory);
            if share.holds(number) && path.exists() && !self.has_chosen(job) {
                std::fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        Ok(())
    }

    /// Whether runs have begun with what a failed trial helped to choose: done once more it could
    /// choose otherwise for the rest of them.
    fn has_chosen(&self, job: &Job) -> bool {
        let Job::Trial(trial) = job else {
            return false;
        };
        let plan = &self.study.plan;
        let mut chosen_for = plan
            .runs
            .iter()
            .filter(|run| run.arm == trial.run.arm && run.tuning.as_ref() == Some(&trial.tuning));
        chosen_for.any(|run| RUN_SPEC.exists(self.directory.run(run).path()))
    }
}

/// What was found about a precision, in words.
fn chosen(choice: &MeasuredPrecision) -> String {
    let MeasuredPrecision {
        network,
        f32_seconds,
        bf16_seconds,
        precision,
        ..
    } = choice;
    let (network, speed) = (network.label(), f32_seconds / bf16_seconds);
    match precision {
        PrecisionName::F32 => format!(
            "{network} trains in f32: products in bf16 do not surely make it faster here; in one of three turns it was {speed:.2} times as fast"
        ),
        PrecisionName::Bf16 => {
            format!(
                "{network} trains with products in bf16: in each of three turns at least {speed:.2} times as fast as in f32 here"
            )
        }
    }
}

/// Says what is reused, added, and no longer belongs.
fn tell(adoption: &Adoption, directory: &StudyDirectory) {
    let Adoption {
        kind,
        reused,
        open,
        superseded,
    } = adoption;
    match kind {
        AdoptionKind::Began => {}
        AdoptionKind::WentOn if *reused == 0 => {}
        AdoptionKind::WentOn => {
            say!(
                "{reused} of {} jobs already have their result",
                reused + open
            );
        }
        AdoptionKind::Grew => {
            say!("the study has changed: {reused} results are reused, {open} jobs are to do");
        }
    }
    if !superseded.is_empty() {
        say!(
            "{} of an earlier plan no longer belong to it and are kept; `transfusion prune {}` removes them",
            counted(superseded.all().count(), "record"),
            word(directory.path())
        );
    }
}

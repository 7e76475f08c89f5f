//! `run` and `demo`: do the jobs that have no result yet, then compare and report.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use durable::write;
use record::names::{ORIGIN, STUDY};
use record::{Adoption, AdoptionKind, Job, StudyDirectory};
use runs::training::check_precision;
use runs::{Runner, Share, Tally, Workers};
use study::{OpenStudy, RunSpec, StudyPlan, StudySpec, check, parse, read_text};
use transfusion::progress::Progress;

use super::version::program;
use super::{Exit, interrupt, report, study_directory};

/// What is said when a study cannot go on.
const STOPPED: &str = "the study stopped; run it again once this is mended, finished work is kept";
/// The demo's configuration.
const DEMO: &str = include_str!("../../../../configs/demo.toml");

/// Run a study, or go on with it, and write its report
#[derive(Debug, Args)]
pub struct Run {
    /// The study's configuration, or the directory of a study begun before
    study: PathBuf,
    #[command(flatten)]
    options: Options,
    /// Do this job alone, by its number or name in `transfusion plan`, and write no report
    #[arg(long, value_name = "JOB", conflicts_with = "shard")]
    job: Option<String>,
    /// Do the i-th of n shares of the jobs, i from 1, and write no report
    #[arg(long, value_name = "I/N", value_parser = shard)]
    shard: Option<Share>,
}

/// Run a complete small study on drawn pictures: no data needed, a few minutes
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Args)]
struct Options {
    /// Directory of the study [default: studies/<name of the configuration, or of the folder of a study.toml>]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Runs at once; results do not depend on it [default: what is faster here, by measurement and memory]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Do jobs that failed once more
    #[arg(long)]
    retry: bool,
    /// Print results.json instead of tables
    #[arg(long)]
    json: bool,
}

impl Run {
    pub fn run(self) -> anyhow::Result<Exit> {
        let (path, base) = locate(&self.study);
        let text = read_text(&path)?;
        let default = if self.study.is_dir() {
            self.study.clone()
        } else {
            study_directory(None, &name(&path))
        };
        let begun = begin(&text, &path, &base, default, &self.options)?;
        let share = match (&self.job, self.shard) {
            (Some(job), _) => Share::One(numbered(&begun.study.plan, job)?),
            (None, Some(share)) => share,
            (None, None) => Share::All,
        };
        let is_whole = share == Share::All;
        let tally = begun.carry_out(share, self.options.jobs, self.options.retry)?;
        if is_whole {
            report::finish(&begun.directory, self.options.json)?;
        } else {
            eprintln!(
                "no report was written: transfusion report {}",
                begun.directory.path().display()
            );
        }
        Ok(exit(tally))
    }
}

impl Demo {
    pub fn run(self) -> anyhow::Result<Exit> {
        let (path, base) = (Path::new("demo.toml"), Path::new("."));
        let default = study_directory(None, "demo");
        let begun = begin(DEMO, path, base, default, &self.options)?;
        let tally = begun.carry_out(Share::All, self.options.jobs, self.options.retry)?;
        report::finish(&begun.directory, self.options.json)?;
        Ok(exit(tally))
    }
}

/// Reads `2/5`: the second of five shares.
fn shard(text: &str) -> Result<Share, String> {
    let refuse = || format!("expected i/n with i from 1 to n, such as 2/5, found `{text}`");
    let (part, of) = text.split_once('/').ok_or_else(refuse)?;
    match (part.parse::<usize>(), of.parse::<usize>()) {
        (Ok(part), Ok(of)) if (1..=of).contains(&part) => Ok(Share::Part { part: part - 1, of }),
        _ => Err(refuse()),
    }
}

/// The number of the job that the user names.
fn numbered(plan: &StudyPlan, job: &str) -> anyhow::Result<usize> {
    let jobs = Job::all(plan);
    let named = jobs.iter().position(|known| known.id() == job);
    match (named, job.parse::<usize>()) {
        (Some(number), _) => Ok(number),
        (None, Ok(number)) if number < jobs.len() => Ok(number),
        _ => bail!(
            "no job `{job}`: expected a number from 0 to {} or a name; `transfusion status` lists them",
            jobs.len().saturating_sub(1)
        ),
    }
}

/// The name of a study: that of its configuration, or of the folder of a `study.toml`.
pub fn name(path: &Path) -> String {
    let of = |name: &std::ffi::OsStr| name.to_string_lossy().into_owned();
    let is_plain = path.file_name().is_some_and(|file| file == STUDY.name());
    let folder = || {
        let absolute = std::path::absolute(path).ok()?;
        absolute.parent()?.file_name().map(of)
    };
    let stem = path.file_stem().map_or("study".into(), of);
    match is_plain {
        true => folder().unwrap_or(stem),
        false => stem,
    }
}

/// The configuration that `study` names, and the folder its paths are relative to. A directory is
/// a study begun before, whose configuration remembers where it came from.
pub fn locate(study: &Path) -> (PathBuf, PathBuf) {
    let path = if study.is_dir() {
        STUDY.path(study)
    } else {
        study.to_path_buf()
    };
    let base = match std::fs::read_to_string(ORIGIN.path(study)) {
        Ok(base) if study.is_dir() => PathBuf::from(base.trim()),
        _ => path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
            .to_path_buf(),
    };
    (path, base)
}

/// Says what the user has to know before anything trains.
pub fn warn(plan: &StudyPlan) {
    for warning in &plan.warnings {
        eprintln!("warning: {warning}");
    }
}

fn begin(
    text: &str,
    path: &Path,
    base: &Path,
    default: PathBuf,
    options: &Options,
) -> anyhow::Result<Begun> {
    let spec: StudySpec = parse(text, path)?;
    let study = check(&spec, base)?;
    let directory = StudyDirectory::new(options.out.clone().unwrap_or(default));
    Begun::new(study, directory, text, base)
}

/// A study whose directory holds its plan.
pub struct Begun {
    pub study: OpenStudy,
    pub directory: StudyDirectory,
}

impl Begun {
    /// Makes `directory` hold the plan of `study`, which `text` describes.
    pub fn new(
        study: OpenStudy,
        directory: StudyDirectory,
        text: &str,
        base: &Path,
    ) -> anyhow::Result<Self> {
        warn(&study.plan);
        let adoption = directory.adopt(&study.plan, text)?;
        tell(&adoption, &directory);
        let absolute = std::path::absolute(base)?;
        // So that `transfusion run <directory>` finds the data again.
        write(
            &ORIGIN.path(directory.path()),
            absolute.to_string_lossy().as_bytes(),
        )?;
        report::draw_examples(&study, &directory)?;
        Ok(Self { study, directory })
    }

    /// Does what its share of the study still lacks.
    pub fn carry_out(
        &self,
        share: Share,
        workers: Option<u16>,
        retry: bool,
    ) -> anyhow::Result<Tally> {
        let plan = &self.study.plan;
        let stop = interrupt::flag();
        if retry {
            self.forget_failures(&share)?;
        }
        let jobs = Job::all(plan);
        let pending: Vec<&RunSpec> = jobs
            .iter()
            .enumerate()
            .filter(|(number, job)| share.holds(*number) && !job.is_recorded(&self.directory))
            .filter_map(|(_, job)| match job {
                Job::Train(spec) => Some(*spec),
                Job::Probe(_) | Job::Change(_) | Job::Pair(_) | Job::Map(_) => None,
            })
            .collect();
        check_precision(pending.iter().copied())?;
        let workers = match workers {
            Some(workers) => Workers::asked(usize::from(workers).min(pending.len())),
            None => Workers::measured(&pending).context("cannot measure a training step")?,
        };
        if !pending.is_empty() {
            eprintln!("{workers}");
        }
        let progress = Progress::new(plan);
        let runner = Runner {
            study: &self.study,
            directory: &self.directory,
            share,
            workers: workers.runs,
            stop: &stop,
            listener: &progress,
            program: &program(),
        };
        runner.run().context(STOPPED)
    }

    fn forget_failures(&self, share: &Share) -> anyhow::Result<()> {
        for (number, job) in Job::all(&self.study.plan).iter().enumerate() {
            let path = job.error_file(&self.directory);
            if share.holds(number) && path.exists() {
                std::fs::remove_file(&path)
                    .with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        Ok(())
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
            eprintln!(
                "{reused} of {} jobs already have their result",
                reused + open
            );
        }
        AdoptionKind::Grew => {
            eprintln!("the study has changed: {reused} results are reused, {open} jobs are to do");
        }
    }
    if !superseded.is_empty() {
        eprintln!(
            "{} of an earlier plan no longer belong to it and are kept; `transfusion prune {}` removes them",
            counted(superseded.all().count(), "record"),
            directory.path().display()
        );
    }
}

/// `1 record`, `2 records`.
pub fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

pub fn exit(tally: Tally) -> Exit {
    match tally {
        Tally { pending, .. } if pending > 0 => Exit::Interrupted,
        Tally { failed, .. } if failed > 0 => Exit::Findings,
        Tally { .. } => Exit::Done,
    }
}

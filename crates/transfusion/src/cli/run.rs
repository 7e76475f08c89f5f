//! `run` and `demo`: do the jobs that have no result yet, then compare and report.

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args;
use cluster::Parcels;
use record::{Job, StudyDirectory};
use runs::{Share, Tally};
use server::Server;
use study::{StudyPlan, StudySpec, check, parse, read_text};
use telling::{Ending, Events};

use super::begun::Begun;
use super::device::DeviceOptions;
use super::exit::{Exit, message};
use super::location::{locate, name, study_directory};
use super::output::print_json_line;
use super::report::Printed;
use super::serve::Place;
use super::shell::word;
use super::{gallery, offline, report};

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
    /// Do the jobs of a parcel of this file, as `transfusion submit` writes it, and write no report
    #[arg(long, value_name = "FILE", requires = "parcel", conflicts_with_all = ["job", "shard"])]
    parcels: Option<PathBuf>,
    /// Which of them, from 0
    #[arg(long, value_name = "K", requires = "parcels")]
    parcel: Option<usize>,
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
    #[command(flatten)]
    device: DeviceOptions,
    /// Download nothing, and name all that would have to be, before anything is opened
    #[arg(long)]
    offline: bool,
    /// Do jobs that failed once more
    #[arg(long)]
    retry: bool,
    /// Print every event as a line of JSON, and no tables
    #[arg(long)]
    json: bool,
    /// Show the study as pages while it runs
    #[arg(long)]
    serve: bool,
    #[command(flatten)]
    place: Place,
}

impl Options {
    /// Serves pages of the study, where that was asked for.
    fn serve(&self, begun: &Begun) -> Option<Server> {
        let is_asked = self.serve || self.place.is_said();
        let root = begun.directory.path().to_path_buf();
        is_asked.then(|| self.place.serve_beside(root)).flatten()
    }

    fn carry_out(&self, begun: &Begun, share: Share) -> anyhow::Result<Tally> {
        begun.carry_out(share, self.jobs, self.retry, self.json)
    }

    fn report(&self, begun: &Begun) -> anyhow::Result<()> {
        let printed = match self.json {
            true => Printed::Event,
            false => Printed::Tables,
        };
        report::finish(&begun.directory, Some(&begun.source()), printed)?;
        Ok(())
    }
}

impl Run {
    pub fn run(self) -> anyhow::Result<Exit> {
        told(self.options.json, self.carry_out())
    }

    fn carry_out(&self) -> anyhow::Result<Tally> {
        let (path, base) = locate(&self.study);
        let text = read_text(&path)?;
        let default = if self.study.is_dir() {
            self.study.clone()
        } else {
            study_directory(None, &name(&path))
        };
        let begun = begin(&text, &path, &base, default, &self.options)?;
        let plan = &begun.study.plan;
        let share = match (&self.job, self.shard.clone(), &self.parcels) {
            (Some(job), _, _) => Share::One(numbered(plan, job)?),
            (None, Some(share), _) => share,
            (None, None, Some(parcels)) => {
                Share::These(Parcels::jobs(plan, parcels, self.parcel.unwrap_or(0))?)
            }
            (None, None, None) => Share::All,
        };
        let is_whole = share == Share::All;
        let _pages = self.options.serve(&begun);
        let tally = self.options.carry_out(&begun, share)?;
        if is_whole {
            self.options.report(&begun)?;
        } else {
            gallery::draw_when_done(&begun.source(), &begun.directory)?;
            say!(
                "no report was written: transfusion report {}",
                word(begun.directory.path())
            );
        }
        Ok(tally)
    }
}

impl Demo {
    pub fn run(self) -> anyhow::Result<Exit> {
        told(self.options.json, self.carry_out())
    }

    fn carry_out(&self) -> anyhow::Result<Tally> {
        let (path, base) = (Path::new("demo.toml"), Path::new("."));
        let default = study_directory(None, "demo");
        let begun = begin(DEMO, path, base, default, &self.options)?;
        let _pages = self.options.serve(&begun);
        let tally = self.options.carry_out(&begun, Share::All)?;
        self.options.report(&begun)?;
        Ok(tally)
    }
}

/// How it ended; the last event says so too.
fn told(json: bool, ended: anyhow::Result<Tally>) -> anyhow::Result<Exit> {
    if json {
        let exit = match &ended {
            Ok(tally) => (*tally).into(),
            Err(error) => Exit::of(error),
        };
        let error = ended.as_ref().err().map(message);
        let ending = Ending {
            exit_code: exit as u8,
            tally: ended.as_ref().ok().copied(),
            error: error.as_deref(),
        };
        Events::ended(print_json_line, ending);
    }
    ended.map(Exit::from)
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

fn begin(
    text: &str,
    path: &Path,
    base: &Path,
    default: PathBuf,
    options: &Options,
) -> anyhow::Result<Begun> {
    let spec: StudySpec = parse(text, path)?;
    let devices = options.device.open_all()?;
    offline::check(options.offline, &spec, base)?;
    let study = check(&spec, base)?;
    let directory = StudyDirectory::new(options.out.clone().unwrap_or(default));
    Begun::new(study, directory, text, base, devices)
}

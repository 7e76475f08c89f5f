//! `run` and `demo`: train what has no result yet, then compare and report.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use clap::Args;
use transfusion::analysis::AnalysisRunner;
use transfusion::probe::ProbeRunner;
use transfusion::progress::Progress;
use transfusion::record::{AnalysisPart, StudyDirectory};
use transfusion::study::{Material, StudyPlan, StudySpec, check, parse, read_text};
use transfusion::training::{Allotment, Runner, Tally};

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
}

/// Run a complete small study on drawn pictures: no data needed, a few minutes
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    options: Options,
}

#[derive(Debug, Args)]
struct Options {
    /// Directory of the study [default: studies/<name of the configuration>]
    #[arg(long)]
    out: Option<PathBuf>,
    /// Runs at once; results do not depend on it [default: what is faster here, by measurement and memory]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Train runs that failed once more
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
        let name = path
            .file_stem()
            .map_or("study".into(), |s| s.to_string_lossy().into_owned());
        let default = if self.study.is_dir() {
            self.study.clone()
        } else {
            study_directory(None, &name)
        };
        start(&text, &path, &base, default, self.options)
    }
}

impl Demo {
    pub fn run(self) -> anyhow::Result<Exit> {
        start(
            DEMO,
            Path::new("demo.toml"),
            Path::new("."),
            study_directory(None, "demo"),
            self.options,
        )
    }
}

/// The configuration that `study` names, and the folder its paths are relative to. A directory is
/// a study begun before, whose configuration remembers where it came from.
pub fn locate(study: &Path) -> (PathBuf, PathBuf) {
    let path = if study.is_dir() {
        study.join("study.toml")
    } else {
        study.to_path_buf()
    };
    let origin = study.join("origin");
    let base = match std::fs::read_to_string(&origin) {
        Ok(base) if study.is_dir() => PathBuf::from(base.trim()),
        _ => path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
            .to_path_buf(),
    };
    (path, base)
}

fn start(
    text: &str,
    path: &Path,
    base: &Path,
    default: PathBuf,
    options: Options,
) -> anyhow::Result<Exit> {
    let spec: StudySpec = parse(text, path)?;
    let material = check(&spec, base)?;
    let directory = StudyDirectory::new(options.out.unwrap_or(default));
    let tally = carry_out(
        &material,
        &directory,
        text,
        base,
        options.jobs,
        options.retry,
    )?;
    report::finish(&directory, options.json)?;
    Ok(exit(tally))
}

/// Says what the user has to know before anything trains.
pub fn warn(plan: &StudyPlan) {
    for warning in &plan.warnings {
        eprintln!("warning: {warning}");
    }
}

/// Trains what the study at `directory` still lacks.
pub fn carry_out(
    material: &Material,
    directory: &StudyDirectory,
    text: &str,
    base: &Path,
    jobs: Option<u16>,
    retry: bool,
) -> anyhow::Result<Tally> {
    warn(&material.plan);
    let stop = interrupt::flag();
    let _lock = directory.claim(&material.plan, text)?;
    remember_origin(directory, base)?;
    report::draw_examples(material, directory)?;
    if retry {
        forget_failures(material, directory)?;
    }
    let probes = ProbeRunner {
        material,
        directory,
        stop: &stop,
    };
    let probed = probes.run().context(STOPPED)?;
    let planned = material.plan.runs.len();
    let pending = Tally::pending(directory, &material.plan.runs);
    if pending.len() < planned {
        eprintln!(
            "{} of {planned} runs already have a record",
            planned - pending.len()
        );
    }
    if stop.load(Ordering::Relaxed) {
        return Ok(probed + Tally::of(directory, &material.plan.runs));
    }
    let allotment = match jobs {
        Some(jobs) => Allotment::asked(usize::from(jobs).min(pending.len())),
        None => {
            Allotment::measured(material, &pending).context("cannot measure a training step")?
        }
    };
    if !pending.is_empty() {
        eprintln!("{allotment}");
    }
    let progress = Progress::new(planned);
    let runner = Runner {
        material,
        directory,
        jobs: allotment.jobs,
        stop: &stop,
        progress: &progress,
    };
    let trained = runner.run().context(STOPPED)?;
    let analysis = AnalysisRunner {
        material,
        directory,
        stop: &stop,
    };
    let analysed = analysis.run().context(STOPPED)?;
    Ok(probed + trained + analysed)
}

/// So that `transfusion run <directory>` finds the data again.
fn remember_origin(directory: &StudyDirectory, base: &Path) -> anyhow::Result<()> {
    let absolute = std::path::absolute(base)?;
    transfusion::record::write(
        &directory.file("origin"),
        absolute.to_string_lossy().as_bytes(),
    )?;
    Ok(())
}

fn forget_failures(material: &Material, directory: &StudyDirectory) -> anyhow::Result<()> {
    let runs = material.plan.runs.iter();
    let runs = runs.map(|spec| directory.run(spec).file("error.json"));
    let probes = ProbeRunner::planned(material).iter();
    let probes = probes.map(|probe| directory.probe(probe).file("error.json"));
    let parts = AnalysisPart::all(&material.plan).into_iter();
    let parts = parts.map(|part| part.error_file(directory));
    for path in runs.chain(probes).chain(parts) {
        if path.exists() {
            std::fs::remove_file(&path)
                .with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    Ok(())
}

pub fn exit(tally: Tally) -> Exit {
    match tally {
        Tally { pending, .. } if pending > 0 => Exit::Interrupted,
        Tally { failed, .. } if failed > 0 => Exit::Findings,
        _ => Exit::Done,
    }
}

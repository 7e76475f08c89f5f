//! The files that a scheduler is handed.

use std::path::{Path, PathBuf};

use minijinja::{Environment, UndefinedBehavior, context};
use study::cluster::{ClusterSpec, Scheduler, clock, slurm_duration};

use crate::scheduler::terms;

const BODY: &str = include_str!("../templates/body.sh");
const WORK: &str = include_str!("../templates/work.sh");

/// The least notice before a task is cut: a step of training and a checkpoint.
const LEAST_NOTICE: u64 = 60;
/// Most of a task's time that the notice may take.
const NOTICE_SHARE: u64 = 4;
/// Restarts of one task, unless a site says otherwise.
const RESTARTS: u32 = 50;
/// Time and memory of the report.
const REPORT_SECONDS: u64 = 3600;
const REPORT_MIB: u64 = 4096;

/// What is asked of a scheduler.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The study's title.
    pub title: &'a str,
    /// A word for the study.
    pub name: &'a str,
    /// Before the names of the files.
    pub prefix: &'a str,
    /// Directory of the study, absolute.
    pub study: &'a Path,
    /// Folder in which tasks start, absolute.
    pub folder: &'a Path,
    /// The file with the parcels, absolute.
    pub parcels: &'a Path,
    /// Folder for what tasks print, absolute.
    pub logs: &'a Path,
    /// The file whose presence says that tasks are not to begin or go on, absolute.
    pub cancelled: &'a Path,
    /// How many parcels there are.
    pub tasks: usize,
    /// How long the longest of them takes, about.
    pub longest_seconds: f64,
    /// Time limit of a task.
    pub seconds: u64,
    /// Memory of a task in bytes.
    pub memory: u64,
    /// Processors of a task.
    pub cpus: u32,
    /// The program, a path or a word.
    pub program: &'a str,
    /// More arguments of `run`, as words.
    pub arguments: &'a [String],
    /// Folders that tasks look at, absolute; see [`places`](crate::places()).
    pub places: &'a [PathBuf],
}

/// A file to be handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// An array of tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Array {
    /// The file to be handed in.
    pub file: Rendered,
    /// The parcel of its first task.
    pub offset: usize,
    /// How many tasks it has.
    pub tasks: usize,
}

/// All files of one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// More than one where an array may not be so long.
    pub arrays: Vec<Array>,
    /// What makes the report after them.
    pub report: Rendered,
}

/// A template that cannot be filled in.
#[derive(Debug, thiserror::Error)]
#[error("the template {template}: {message}")]
pub struct RenderError {
    /// Which.
    pub template: String,
    /// Where and why.
    pub message: String,
}

impl Submission {
    /// The files for a scheduler; `template` stands in for its own of an array.
    pub fn new(
        scheduler: Scheduler,
        settings: &ClusterSpec,
        request: &Request,
        template: Option<&str>,
    ) -> Result<Self, RenderError> {
        let terms = terms(scheduler);
        let most = settings
            .array
            .map_or(terms.array_limit, |array| array as usize)
            .max(1);
        let starts: Vec<usize> = (0..request.tasks).step_by(most).collect();
        let arrays = starts
            .iter()
            .enumerate()
            .map(|(at, start)| {
                let part = match starts.len() {
                    1 => String::new(),
                    _ => format!("-{}", at + 1),
                };
                let name = format!("{}run{part}.{}", request.prefix, terms.ending);
                let tasks = (request.tasks - start).min(most);
                let filled = Filled {
                    scheduler,
                    settings,
                    request,
                    file: &name,
                    offset: *start,
                    tasks,
                };
                let text = filled.render("array", template.unwrap_or(terms.array))?;
                Ok(Array {
                    file: Rendered { name, text },
                    offset: *start,
                    tasks,
                })
            })
            .collect::<Result<_, RenderError>>()?;
        let name = format!("report.{}", terms.ending);
        let filled = Filled {
            scheduler,
            settings,
            request,
            file: &name,
            offset: 0,
            tasks: request.tasks,
        };
        let text = filled.render("report", terms.report)?;
        Ok(Self {
            arrays,
            report: Rendered { name, text },
        })
    }
}

struct Filled<'a> {
    scheduler: Scheduler,
    settings: &'a ClusterSpec,
    request: &'a Request<'a>,
    file: &'a str,
    offset: usize,
    tasks: usize,
}

impl Filled<'_> {
    fn render(&self, name: &str, template: &str) -> Result<String, RenderError> {
        let (settings, request) = (self.settings, self.request);
        let terms = terms(self.scheduler);
        let seconds = request.seconds.max(2 * LEAST_NOTICE);
        let notice = (seconds / NOTICE_SHARE).clamp(LEAST_NOTICE, 600);
        let memory_mib = request.memory.div_ceil(1 << 20).max(1);
        let cpus = request.cpus.max(1);
        let words: String = request
            .arguments
            .iter()
            .map(|word| format!(" {}", quoted(word)))
            .collect();
        let program = self.program();
        let study = request.study.to_string_lossy();
        let base = context! {
            title => one_line(request.title),
            name => request.name,
            label => request.name,
            file => self.file,
            folder => request.folder.to_string_lossy(),
            study => study.clone(),
            scheduler => terms.name,
            stem => self.file.rsplit_once('.').map_or(self.file, |(stem, _)| stem),
            cancelled => request.cancelled.to_string_lossy(),
            parcels => request.parcels.to_string_lossy(),
            logs => request.logs.to_string_lossy(),
            program => program.clone(),
            more => words.clone(),
            binds => self.binds(),
            modules => settings.modules.clone(),
            before => settings.before.clone(),
            scratch => settings.scratch.as_deref().map(expanded),
        };
        let body = fill("body", BODY, &base)?;
        let work = fill("work", WORK, &base)?;
        // A pod has no array of shell variables: its index is a variable of its own.
        let scratch = settings.scratch.as_deref().map(expanded);
        let scratch = scratch.map(|folder| format!("export TRANSFUSION_SCRATCH={folder}"));
        let prelude: String = scratch
            .iter()
            .chain(&settings.before)
            .map(|line| format!("{line}\n"))
            .collect();
        let command = format!(
            "[ -e {} ] && exit 0\n{prelude}export TRANSFUSION_TASK=\"Kubernetes ${{HOSTNAME%-*}}_$JOB_COMPLETION_INDEX\"\nexec {program} run {} --parcels {} --parcel \"$(({} + JOB_COMPLETION_INDEX))\"{words}",
            quoted(&request.cancelled.to_string_lossy()),
            quoted(&study),
            quoted(&request.parcels.to_string_lossy()),
            self.offset,
        );
        let report_command = format!("{prelude}exec {program} report {}", quoted(&study));
        let volume = settings.volume.as_ref().map(|volume| {
            context! { claim => volume.claim.clone(), path => volume.path.clone() }
        });
        let all = context! {
            body => body,
            work => work,
            command => command,
            report_command => report_command,
            tasks => self.tasks,
            first => terms.first,
            last => terms.first + self.tasks.saturating_sub(1),
            offset => self.offset,
            at_once => settings.at_once,
            time => slurm_duration(seconds),
            clock => clock(seconds),
            minutes => seconds.div_ceil(60),
            soft_clock => clock(seconds - notice),
            notice => notice,
            notice_minutes => notice.div_ceil(60),
            until_notice => seconds - notice,
            parcel_seconds => (request.longest_seconds.ceil() as u64).clamp(1, seconds),
            memory_mib => memory_mib,
            memory_each_mib => memory_mib.div_ceil(u64::from(cpus)),
            cpus => cpus,
            gpus => settings.gpus.filter(|gpus| *gpus > 0),
            partition => settings.partition.clone(),
            account => settings.account.clone(),
            options => settings.options.clone(),
            restarts => settings.restarts.unwrap_or(RESTARTS),
            volume => volume,
            image => settings.container.as_deref().unwrap_or("transfusion:latest"),
            report_time => slurm_duration(REPORT_SECONDS),
            report_clock => clock(REPORT_SECONDS),
            report_minutes => REPORT_SECONDS / 60,
            report_memory_mib => REPORT_MIB,
            ..base.clone()
        };
        fill(name, template, &all)
    }

    /// The image in which a task starts the program; none where the task is a container itself.
    fn image(&self) -> Option<&String> {
        let image = self.settings.container.as_ref();
        image.filter(|_| !terms(self.scheduler).in_containers)
    }

    /// The folders that the image is shown, as Apptainer reads them; one with a comma or a colon in
    /// its name cannot be told.
    fn binds(&self) -> String {
        let places = self
            .request
            .places
            .iter()
            .map(|place| place.to_string_lossy());
        let places = places.filter(|_| self.image().is_some());
        let places: Vec<_> = places.filter(|place| !place.contains([',', ':'])).collect();
        places.join(",")
    }

    /// The program as the shell is told it, in its image where there is one.
    fn program(&self) -> String {
        let program = quoted(self.request.program);
        match self.image() {
            Some(image) => {
                let gpus = if self.settings.gpus.is_some_and(|gpus| gpus > 0) {
                    " --nv"
                } else {
                    ""
                };
                format!("apptainer exec{gpus} {} {program}", quoted(image))
            }
            None => program,
        }
    }
}

fn fill(name: &str, template: &str, values: &minijinja::Value) -> Result<String, RenderError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("sh", |text: String| quoted(&text));
    let rendered = environment.render_named_str(name, template, values);
    let rendered = rendered.map(|text| match text.ends_with('\n') {
        true => text,
        false => text + "\n",
    });
    rendered.map_err(|error| RenderError {
        template: name.into(),
        message: format!("{error:#}"),
    })
}

/// A word that a shell takes as it is.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:=,+@%".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// A word in which a shell replaces variables, and runs nothing.
fn expanded(word: &str) -> String {
    let mut text = String::from("\"");
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_command = letter == '$' && letters.peek() == Some(&'(');
        if is_command || "\\\"`".contains(letter) {
            text.push('\\');
        }
        text.push(letter);
    }
    text.push('"');
    text
}

/// A title that stays in its comment.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

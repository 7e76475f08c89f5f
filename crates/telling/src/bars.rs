//! What the user sees while jobs are done: bars on a terminal, plain lines otherwise, on stderr.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use record::{Job, JobKind};
use runs::{Event, Listener};
use study::StudyPlan;

use terminal::{one_line, say, visible};

/// Time between two lines about one thing where there is no terminal.
pub const LINE_EVERY: Duration = Duration::from_secs(5);

/// Shows the progress of a study.
pub struct Progress<'a> {
    plan: &'a StudyPlan,
    bars: Option<MultiProgress>,
    /// Jobs of the plan.
    planned: usize,
    /// Identity of a job ─▶ its number from 1; of the first, where arms of the same rules share it.
    numbers: HashMap<&'a str, usize>,
    shown: Mutex<HashMap<String, Shown>>,
}

/// What is shown of one job.
struct Shown {
    bar: Option<ProgressBar>,
    began: Instant,
    first_step: u64,
    told: Instant,
    /// Headline AUC of the last evaluation on the validation partition.
    auc: Option<f64>,
    /// Whether it was said that another process does it.
    is_elsewhere: bool,
}

impl<'a> Progress<'a> {
    /// Progress over the jobs of `plan`, on the terminal if stderr is one.
    pub fn new(plan: &'a StudyPlan) -> Self {
        let jobs = Job::all(plan);
        let mut numbers = HashMap::new();
        for (place, job) in jobs.iter().enumerate() {
            numbers.entry(job.id()).or_insert(place + 1);
        }
        Self {
            plan,
            bars: std::io::stderr().is_terminal().then(MultiProgress::new),
            planned: jobs.len(),
            numbers,
            shown: Mutex::default(),
        }
    }

    fn name(&self, job: &Job) -> String {
        let number = self.numbers.get(job.id()).copied().unwrap_or(0);
        format!("[{number}/{}] {}", self.planned, job.describe(self.plan))
    }

    /// A bar for a run, where there is a terminal.
    fn bar(&self, job: &Job) -> Option<ProgressBar> {
        let (bars, spec) = (self.bars.as_ref()?, job.trains()?);
        let bar = bars.add(ProgressBar::new(spec.train.max_steps));
        let style = "{prefix} {wide_bar:.cyan/dim} {pos}/{len} steps, {per_sec}, {eta} left, {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_prefix(one_line(&self.name(job)).into_owned());
        Some(bar)
    }

    /// A line above the bars, or on stderr. Nobody may be reading any more; the work goes on.
    fn line(&self, text: &str) {
        match &self.bars {
            Some(bars) => bars.println(visible(text)).unwrap_or_default(),
            None => say(format_args!("{text}")),
        }
    }
}

impl Listener for Progress<'_> {
    fn hear(&self, job: &Job, event: Event) {
        let mut all = self.shown.lock().unwrap_or_else(|e| e.into_inner());
        let now = Instant::now();
        let shown = all.entry(job.id().to_string()).or_insert_with(|| Shown {
            bar: None,
            began: now,
            first_step: 0,
            told: now,
            auc: None,
            is_elsewhere: false,
        });
        let name = || self.name(job);
        let end = |shown: &mut Shown, how: &str| {
            let auc = shown.auc.map(|a| format!(", last AUC {a:.3}"));
            if let Some(bar) = shown.bar.take() {
                bar.finish_and_clear();
            }
            self.line(&format!("{}: {how}{}", name(), auc.unwrap_or_default()));
        };
        match event {
            Event::Started { step, .. } => {
                shown.bar = self.bar(job);
                (shown.began, shown.told, shown.first_step) = (now, now, step);
                match &shown.bar {
                    Some(bar) => {
                        bar.set_position(step);
                        bar.reset_eta();
                    }
                    None if step > 0 => {
                        self.line(&format!("{}: goes on after step {step}", name()))
                    }
                    None => {}
                }
            }
            Event::Stepped { step, loss } => match &shown.bar {
                Some(bar) => bar.set_position(step),
                None if shown.told.elapsed() >= LINE_EVERY => {
                    shown.told = now;
                    if let Some(line) = shown.step_line(job, step, loss) {
                        self.line(&format!("{}: {line}", name()));
                    }
                }
                None => {}
            },
            Event::Evaluated { step: _, auc } => {
                shown.auc = Some(auc);
                if let Some(bar) = &shown.bar {
                    bar.set_message(format!("AUC {auc:.3}"));
                }
            }
            Event::Doing(what) => {
                if shown.told.elapsed() >= LINE_EVERY {
                    shown.told = now;
                    self.line(&format!("{}: {what}", name()));
                }
            }
            Event::Elsewhere(holder) => {
                if !shown.is_elsewhere {
                    shown.is_elsewhere = true;
                    let owner = holder.owner.as_ref();
                    let by = owner.map_or("another process".into(), ToString::to_string);
                    self.line(&format!("{}: done by {by}", name()));
                }
            }
            Event::Finished => end(shown, "done"),
            Event::Interrupted => end(
                shown,
                match job.kind() {
                    JobKind::Tune | JobKind::Train => "interrupted, goes on next time",
                    JobKind::Probe | JobKind::Analyse => "interrupted, begins anew next time",
                },
            ),
            Event::Hindered { error, again } => {
                let how = match again {
                    Some(wait) => format!("{error}; tried again in {} s", wait.as_secs()),
                    None => format!("{error}; left for another time, nothing is lost"),
                };
                end(shown, &how);
            }
            Event::Failed(error) => end(shown, &format!("failed: {error}")),
            Event::Lost(why) => end(shown, why),
        }
    }
}

impl Shown {
    /// Step, loss, AUC, rate and time left of a run.
    fn step_line(&self, job: &Job, step: u64, loss: f32) -> Option<String> {
        let spec = job.trains()?;
        let steps = spec.train.max_steps;
        let rate = (step - self.first_step) as f64 / self.began.elapsed().as_secs_f64().max(1e-9);
        let left = (steps - step) as f64 / rate.max(1e-9);
        let auc = self
            .auc
            .map(|a| format!(", AUC {a:.3}"))
            .unwrap_or_default();
        Some(format!(
            "step {step}/{steps}, loss {loss:.3}{auc}, {:.0} images/s, {left:.0} s left",
            rate * spec.train.batch_size as f64
        ))
    }
}

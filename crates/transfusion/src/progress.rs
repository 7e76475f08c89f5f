//! What the user sees while runs train: bars on a terminal, plain lines otherwise, on stderr.

use std::io::IsTerminal as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::study::RunSpec;

/// Time between two lines about one thing where there is no terminal.
pub(crate) const LINE_EVERY: Duration = Duration::from_secs(5);

/// Told of everything that happens in a run.
pub trait RunProgress: Send + Sync {
    /// The run starts, or goes on, after `step` steps.
    fn resumed(&self, step: u64);
    /// A step was taken; `step` is the number taken so far, `loss` its training loss in nats.
    fn stepped(&self, step: u64, loss: f32);
    /// The model was evaluated after `step` steps.
    fn evaluated(&self, step: u64, auc: f64);
    /// The run ended.
    fn finished(&self, how: &str);
}

/// Shows the progress of a study.
pub struct Progress {
    bars: Option<MultiProgress>,
    planned: usize,
}

impl Progress {
    /// Progress over `planned` runs, on the terminal if stderr is one.
    pub fn new(planned: usize) -> Self {
        Self {
            bars: std::io::stderr().is_terminal().then(MultiProgress::new),
            planned,
        }
    }

    /// Follows one run.
    pub fn run(&self, spec: &RunSpec) -> Box<dyn RunProgress> {
        let name = format!(
            "[{}/{}] {}, seed {}",
            spec.number + 1,
            self.planned,
            spec.label,
            spec.seed
        );
        match &self.bars {
            Some(bars) => Box::new(Bar::new(bars, name, spec.train.max_steps)),
            None => Box::new(Lines::new(name, spec)),
        }
    }
}

struct Bar {
    bar: ProgressBar,
    name: String,
}

impl Bar {
    fn new(bars: &MultiProgress, name: String, steps: u64) -> Self {
        let bar = bars.add(ProgressBar::new(steps));
        let style = "{prefix} {wide_bar:.cyan/dim} {pos}/{len} steps, {per_sec}, {eta} left, {msg}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_prefix(name.clone());
        Self { bar, name }
    }
}

impl RunProgress for Bar {
    fn resumed(&self, step: u64) {
        self.bar.set_position(step);
        self.bar.reset_eta();
    }

    fn stepped(&self, step: u64, _loss: f32) {
        self.bar.set_position(step);
    }

    fn evaluated(&self, _step: u64, auc: f64) {
        self.bar.set_message(format!("AUC {auc:.3}"));
    }

    fn finished(&self, how: &str) {
        let message = self.bar.message();
        self.bar.finish_and_clear();
        self.bar.println(format!("{}: {how}, {message}", self.name));
    }
}

struct Lines {
    name: String,
    steps: u64,
    batch_size: usize,
    state: Mutex<LineState>,
}

struct LineState {
    began: Instant,
    first_step: u64,
    shown: Instant,
    auc: Option<f64>,
}

impl Lines {
    fn new(name: String, spec: &RunSpec) -> Self {
        let now = Instant::now();
        let state = LineState {
            began: now,
            first_step: 0,
            shown: now,
            auc: None,
        };
        Self {
            name,
            steps: spec.train.max_steps,
            batch_size: spec.train.batch_size,
            state: Mutex::new(state),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, LineState> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
}

impl RunProgress for Lines {
    fn resumed(&self, step: u64) {
        let mut state = self.state();
        state.first_step = step;
        state.began = Instant::now();
        if step > 0 {
            eprintln!("{}: goes on after step {step}", self.name);
        }
    }

    fn stepped(&self, step: u64, loss: f32) {
        let mut state = self.state();
        if state.shown.elapsed() < LINE_EVERY {
            return;
        }
        state.shown = Instant::now();
        let rate = (step - state.first_step) as f64 / state.began.elapsed().as_secs_f64().max(1e-9);
        let left = (self.steps - step) as f64 / rate.max(1e-9);
        let auc = state
            .auc
            .map(|a| format!(", AUC {a:.3}"))
            .unwrap_or_default();
        eprintln!(
            "{}: step {step}/{}, loss {loss:.3}{auc}, {:.0} images/s, {left:.0} s left",
            self.name,
            self.steps,
            rate * self.batch_size as f64,
        );
    }

    fn evaluated(&self, _step: u64, auc: f64) {
        self.state().auc = Some(auc);
    }

    fn finished(&self, how: &str) {
        let auc = self
            .state()
            .auc
            .map(|a| format!(", last AUC {a:.3}"))
            .unwrap_or_default();
        eprintln!("{}: {how}{auc}", self.name);
    }
}

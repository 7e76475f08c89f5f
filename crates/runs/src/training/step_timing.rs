//! Training steps on noise, timed: how fast a network trains here, and how much memory it takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::{Maps, Model, Targets, Trainer};
use images::stream;
use initialisation::{Initialisation, initialise};
use rayon::ThreadPoolBuilder;

use super::descent::descent;
use super::failure::RunFailure;
use super::initial::grow;
use super::products::of_products;
use study::widest;
use study::{PrecisionName, RunSpec};

/// A network about to be trained as a run would train it.
pub(crate) struct StepTiming {
    trainer: Trainer,
    pixels: Maps,
    targets: Targets,
    batch: usize,
}

impl StepTiming {
    /// In the precision that the study asks for.
    pub(crate) fn new(spec: &RunSpec) -> Result<Self, RunFailure> {
        Self::within(spec, spec.train.precision)
    }

    /// In another precision.
    pub(crate) fn within(spec: &RunSpec, precision: PrecisionName) -> Result<Self, RunFailure> {
        let network = spec.network()?;
        let streams = |path: &str| stream(0, path, 0);
        let (mut weights, _) = initialise(&network, &Initialisation::random(), None, &streams)?;
        let network = Arc::new(grow(spec, network, &mut weights, 0)?);
        let batch = spec.train.batch_size.min(spec.train_size).max(2);
        let shape = network.input.batch(batch);
        let noise = (0..shape.iter().product())
            .map(|at: usize| (at * 7919 % 1009) as f32 / 504.5 - 1.0)
            .collect::<Vec<f32>>();
        let tuning = spec.throughout(widest(&spec.regime, &network)?, &network)?;
        let classes = network.classes;
        let model = Model::new(network, &weights)?;
        let mut trainer = Trainer::new(model, descent(spec), of_products(precision));
        trainer.tune(tuning);
        let share = 1.0 / (batch * classes) as f32;
        Ok(Self {
            trainer,
            pixels: Maps::new(shape, noise),
            targets: Targets::Classes(vec![share; batch * classes]),
            batch,
        })
    }

    /// Seconds of one training step on the current threads. Nothing is learned at a rate of 0.
    pub(crate) fn step(&mut self) -> f64 {
        let start = Instant::now();
        self.trainer.step(&self.pixels, &self.targets, 0.0);
        start.elapsed().as_secs_f64()
    }

    /// Pictures per second over at least `window` and two steps.
    fn rate(&mut self, window: Duration) -> f64 {
        let start = Instant::now();
        let mut steps = 0;
        while steps < 2 || start.elapsed() < window {
            self.step();
            steps += 1;
        }
        (steps * self.batch) as f64 / start.elapsed().as_secs_f64()
    }
}

/// Pictures per second of all of `jobs` trainings side by side, each on `threads` threads.
pub(crate) fn pictures_per_second(
    spec: &RunSpec,
    jobs: usize,
    threads: usize,
    window: Duration,
) -> Result<f64, RunFailure> {
    let one = || -> Result<f64, RunFailure> {
        let mut trial = StepTiming::new(spec)?;
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        let mut work = || {
            trial.step();
            trial.rate(window)
        };
        Ok(match pool {
            Ok(pool) => pool.install(work),
            Err(_) => work(),
        })
    };
    std::thread::scope(|scope| {
        // A thread that cannot be started trains nothing: the fewer are as fast as they are.
        let start = |_| std::thread::Builder::new().spawn_scoped(scope, one).ok();
        let beside: Vec<_> = (1..jobs).filter_map(start).collect();
        let here = one();
        beside
            .into_iter()
            .map(|job| {
                job.join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            })
            .chain([here])
            .sum()
    })
}

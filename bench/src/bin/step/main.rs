//! Our side of the comparison with PyTorch: `step WORK MODE THREADS [bf16]` builds the work,
//! prints `ready`, and then answers every line `N` on standard input with the seconds that `N`
//! steps took and the most memory, in MiB, that the process has held since it was ready to build.

mod work;

use std::io::{BufRead as _, Write as _};
use std::time::Instant;

use anyhow::{Context as _, bail};
use bench::memory;
use engine::{Descent, Maps, Model, Targets, Trainer};
use kernels::{LargeBlocks, Precision};
use mimalloc::MiMalloc;
use networks::initialisation::{Initialisation, initialise};
use networks::regime::Rule;
use networks::regime::{Regime, Tuning};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;

use crate::work::Work;

#[global_allocator]
static ALLOCATOR: LargeBlocks<MiMalloc> = LargeBlocks(MiMalloc);

const CLASSES: usize = 5;

/// What a step is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// One of training, of everything.
    Train,
    /// One of training, of the classifier alone.
    Probe,
    /// A forward pass in inference.
    Infer,
}

struct Bench {
    trainer: Trainer,
    pixels: Maps,
    targets: Targets,
}

impl Bench {
    fn new(work: &Work, precision: Precision) -> anyhow::Result<Self> {
        let network = networks::zoo::network(&work.choice, work.input(), CLASSES)?;
        let streams = |path: &str| ChaCha8Rng::seed_from_u64(path.bytes().map(u64::from).sum());
        let (weights, _) = initialise(&network, &Initialisation::random(), None, &streams)?;
        let shape = [work.batch, 3, work.size, work.size];
        let mut state = 1_u32;
        let pixels = (0..shape.iter().product())
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / (1 << 23) as f32 - 1.0
            })
            .collect::<Vec<f32>>();
        let share = 1.0 / work.batch as f32;
        let target = (0..work.batch * CLASSES)
            .map(|at| {
                if at / CLASSES % CLASSES == at % CLASSES {
                    share
                } else {
                    0.0
                }
            })
            .collect::<Vec<f32>>();
        let model = Model::new(network.into(), &weights)?;
        let descent = Descent {
            rule: Rule::Sgd {
                momentum: 0.9,
                nesterov: false,
            },
            weight_decay: 0.0,
        };
        Ok(Self {
            trainer: Trainer::new(model, descent, precision),
            pixels: Maps::new(shape, pixels),
            targets: Targets::Classes(target),
        })
    }

    /// From now on trains the classifier alone.
    fn probe(&mut self) -> anyhow::Result<()> {
        let regime = Regime::linear_probe();
        let network = self.trainer.model().network().clone();
        self.trainer.tune(Tuning::of(&regime.phases[0], &network)?);
        Ok(())
    }

    /// Forward, cross-entropy, backward, SGD with momentum; returns the loss.
    fn train(&mut self) -> f32 {
        self.trainer.step(&self.pixels, &self.targets, 1e-3)
    }

    /// A forward pass in inference; returns the first logit.
    fn infer(&self) -> f32 {
        self.trainer.model().forward(&self.pixels).values()[0]
    }
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (arguments, precision) = match arguments.split_last() {
        Some((last, rest)) if last == "bf16" => (rest, Precision::Bf16),
        _ => (&arguments[..], Precision::Single),
    };
    let [work, mode, threads] = arguments else {
        bail!("expected WORK train|probe|infer THREADS [bf16], found {arguments:?}");
    };
    let work = Work::parse(work)?;
    let mode = match mode.as_str() {
        "train" => Mode::Train,
        "probe" => Mode::Probe,
        "infer" => Mode::Infer,
        other => bail!("expected `train`, `probe` or `infer`, found `{other}`"),
    };
    let threads = threads.parse().context("THREADS is no number")?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()?;
    pool.install(|| serve(&work, mode, precision))
}

fn serve(work: &Work, mode: Mode, precision: Precision) -> anyhow::Result<()> {
    let before = memory::resident_mib()?;
    let mut bench = Bench::new(work, precision)?;
    if mode == Mode::Probe {
        bench.probe()?;
    }
    let mut out = std::io::stdout();
    writeln!(out, "ready")?;
    out.flush()?;
    for line in std::io::stdin().lock().lines() {
        let steps: usize = line?.trim().parse().context("expected a number of steps")?;
        let start = Instant::now();
        let mut last = 0.0;
        for _ in 0..steps {
            last = match mode {
                Mode::Train | Mode::Probe => bench.train(),
                Mode::Infer => bench.infer(),
            };
        }
        let seconds = start.elapsed().as_secs_f64();
        if !last.is_finite() {
            bail!("the last step ended in {last}");
        }
        let peak = memory::peak_mib()?;
        writeln!(out, "{seconds} {peak} {}", peak - before)?;
        out.flush()?;
    }
    Ok(())
}

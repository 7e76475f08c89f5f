//! Every rule on a program: before, after, and the same numbers.

use kernels::Precision;
use networks::{Activation, Conv, Layer, Network, Norm, PoolGeometry, Residual};
use regimes::{NormPolicy, Phase, Rule, Tuning};

use super::super::{Mode, Objective, Part, Training, lower_by};
use super::fuse;
use crate::descent::Descent;
use crate::program::{Instruction, Program};
use crate::trial::{BATCH, CLASSES, Trial, difference, network};

fn conv(path: &str) -> Layer {
    Layer::Conv(Conv::new(path.into(), [2, 2], 3))
}

fn norm(path: &str) -> Layer {
    Layer::batch_norm(Norm::new(path.into(), 2))
}

const POOL: Layer = Layer::max_pool(PoolGeometry {
    kernel: [3; 2],
    stride: [2; 2],
    padding: [1; 2],
    ceil: false,
});

/// `layers` as a block, and a head.
fn with_head(layers: Vec<Layer>, features: usize) -> Network {
    let head = Layer::linear("head", [features, CLASSES]);
    network(vec![layers, vec![Layer::GlobalAverage, head]])
}

/// The program with and without rules.
fn both(network: &Network, mode: &Mode) -> [Program; 2] {
    let part = Part::whole(network, BATCH);
    let rules: [fn(Program) -> Program; 2] = [|program| program, fuse];
    rules.map(|rule| lower_by(rule, network, &part, mode).expect("layers that fit"))
}

/// The instructions of the first block in a word each.
fn words(program: &Program) -> String {
    let word = |instruction: &Instruction| {
        let text = format!("{instruction:?}");
        let name = text.split_once(' ').map_or("", |(name, _)| name);
        let relu = if text.contains("relu: true") {
            "+relu"
        } else {
            ""
        };
        format!("{name}{relu}")
    };
    let block = &program.instructions[..program.blocks[0].end];
    block.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The same numbers of a step of training come of both, on the reference.
fn agree(network: &Network, norms: Option<NormPolicy>) {
    let phase = Phase {
        norms,
        ..Phase::full(1.0)
    };
    let tuning = Tuning::of(&phase, network).unwrap_or_else(|_| Tuning::full(network));
    let training = Training {
        tuning: &tuning,
        precision: Precision::Single,
        objective: Objective::CrossEntropy,
        descent: Descent {
            rule: Rule::Sgd {
                momentum: 0.9,
                nesterov: true,
            },
            weight_decay: 0.1,
        },
    };
    let [plain, fused] = both(network, &Mode::Training(training)).map(|program| {
        assert_eq!(program.check(), Ok(()));
        for layer in &program.weighted {
            let last = &program.instructions[layer.instructions.end - 1];
            assert_eq!(last.map_written(), Some(layer.output), "{}", layer.path);
        }
        for block in &program.blocks {
            let last = &program.instructions[block.end - 1];
            assert_eq!(last.map_written(), Some(block.output));
        }
        let mut trial = Trial::new(network, program);
        trial.run(trial.program.instructions.len());
        (trial.objective(), trial.kept())
    });
    assert!(difference(&[fused.0], &[plain.0]) < 1e-12);
    assert!(fused.1.keys().eq(plain.1.keys()));
    for (kept, expected) in &plain.1 {
        let found = difference(&fused.1[kept], expected);
        assert!(found < 1e-12, "{kept:?} is off by {found}");
    }
}

/// What becomes of `layers` in the forward pass of training.
fn becomes(layers: Vec<Layer>, features: usize, before: &str, after: &str) {
    let network = with_head(layers, features);
    let [plain, fused] = both(&network, &Mode::Observation);
    assert_eq!([words(&plain), words(&fused)], [before, after]);
    agree(&network, None);
    agree(&network, Some(NormPolicy::FrozenStatistics));
}

/// What `layers` stay.
fn stays(layers: Vec<Layer>, features: usize, before: &str) {
    becomes(layers, features, before, before);
}

fn residual(body: Vec<Layer>, shortcut: Vec<Layer>, relu: bool) -> Layer {
    Layer::Residual(Residual {
        body,
        shortcut,
        relu,
    })
}

#[test]
fn relu_joins_the_norm() {
    becomes(
        vec![conv("a"), norm("b"), Layer::RELU],
        2,
        "Conv BatchNorm Activate",
        "Conv BatchNorm+relu",
    );
    let layers = vec![conv("a"), norm("b"), Layer::RELU];
    let [plain, fused] = both(&with_head(layers, 2), &Mode::Inference);
    assert_eq!(words(&plain), "Conv NormLine ScaleShift Activate");
    assert_eq!(words(&fused), "Conv NormLine ScaleShift+relu");
    stays(
        vec![norm("b"), Layer::Activation(Activation::Relu6)],
        2,
        "BatchNorm Activate",
    );
}

/// Neither where somebody else reads what the norm writes, nor over the end of a block.
#[test]
fn norms_with_other_readers_stay() {
    stays(
        vec![
            norm("a"),
            residual(vec![Layer::RELU, conv("b")], vec![], false),
        ],
        2,
        "BatchNorm Activate Conv Add",
    );
    let head = Layer::linear("head", [2, CLASSES]);
    let network = network(vec![
        vec![conv("a"), norm("b")],
        vec![Layer::RELU],
        vec![Layer::GlobalAverage, head],
    ]);
    let [plain, fused] = both(&network, &Mode::Observation);
    assert_eq!(plain, fused);
    assert_eq!(words(&fused), "Conv BatchNorm");
    agree(&network, None);
}

#[test]
fn a_pool_joins_norm_and_relu() {
    becomes(
        vec![conv("a"), norm("b"), Layer::RELU, POOL],
        2,
        "Conv BatchNorm Activate MaxPool",
        "Conv BatchNormPool",
    );
    stays(vec![norm("b"), POOL], 2, "BatchNorm MaxPool");
    let [_, inference] = both(
        &with_head(vec![norm("b"), Layer::RELU, POOL], 2),
        &Mode::Inference,
    );
    assert_eq!(words(&inference), "NormLine ScaleShift+relu MaxPool");
}

#[test]
fn a_sum_joins_the_norm_of_its_body() {
    let body = || vec![conv("a"), norm("b")];
    becomes(
        vec![residual(body(), vec![], true)],
        2,
        "Conv BatchNorm AddRelu",
        "Conv BatchNormAdd",
    );
    becomes(
        vec![residual(body(), vec![conv("c"), norm("d")], true)],
        2,
        "Conv BatchNorm Conv BatchNorm AddRelu",
        "Conv Conv BatchNorm BatchNormAdd",
    );
    stays(
        vec![residual(body(), vec![], false)],
        2,
        "Conv BatchNorm Add",
    );
    // What the shortcut ends with is the other summand.
    stays(
        vec![residual(vec![conv("a")], vec![norm("b")], true)],
        2,
        "Conv BatchNorm AddRelu",
    );
}

/// A concatenation that another one has taken apart is not computed.
#[test]
fn what_nobody_reads_goes() {
    let inner = Layer::branches(vec![vec![conv("a")], vec![conv("b")]]);
    becomes(
        vec![Layer::branches(vec![vec![], vec![inner]])],
        6,
        "Conv Conv Concatenate Concatenate",
        "Conv Conv Concatenate",
    );
}

//! Gradients are slopes of the loss, layer by layer.

use kernels::Precision;
use networks::{
    Activation, Attention, Conv, Embed, FromWindows, Layer, Network, Norm, PadSame, PatchTokens,
    PoolGeometry, Registers, Residual, ResponseNorm, Scale, ToWindows, WindowAttention, Windows,
};
use regimes::{NormPolicy, Phase, Rule, Tuning};

use crate::descent::Descent;
use crate::executor::Executor as _;
use crate::lower::{Mode, Objective, Part, Training, lower};
use crate::program::{BufferId, Instruction, Kept, Role};
use crate::trial::{BATCH, CLASSES, INPUT, Trial, network};

/// Of a tensor from its neighbours; their sums are exact in single precision.
const STEP: f32 = 1.0 / 65536.0;

fn conv(path: &str, channels: [usize; 2], kernel: usize) -> Layer {
    Layer::Conv(Conv::new(path.into(), channels, kernel))
}

fn norm(path: &str) -> Norm {
    Norm::new(path.into(), 4)
}

fn pool(kernel: [usize; 2], stride: usize, padding: usize, ceil: bool) -> PoolGeometry {
    PoolGeometry {
        kernel,
        stride: [stride; 2],
        padding: [padding; 2],
        ceil,
    }
}

/// A map of 4 channels, `layers` between smooth neighbours, and a head.
fn around(layers: Vec<Layer>, channels: usize) -> Network {
    let mut all = vec![conv("first", [2, 4], 3)];
    all.extend(layers);
    all.push(Layer::Activation(Activation::Silu));
    all.push(conv("last", [channels, 3], 2));
    let head = Layer::linear("head", [3, CLASSES]);
    network(vec![all, vec![Layer::GlobalAverage, head]])
}

/// Attention within windows of a map of 4 channels.
fn within_windows([height, width]: [usize; 2], edge: usize, shift: usize) -> Vec<Layer> {
    let windows = Windows {
        height,
        width,
        edge,
        shift,
    };
    let attention = Attention {
        heads: 2,
        features: 4,
    };
    vec![
        Layer::ToWindows(ToWindows(windows)),
        Layer::linear("qkv", [4, 12]),
        Layer::WindowAttention(WindowAttention {
            path: "table".into(),
            attention,
            windows,
        }),
        Layer::FromWindows(FromWindows(windows)),
    ]
}

/// Makes the map's sides odd.
fn pool_of_3() -> Layer {
    Layer::average_pool(pool([2, 2], 1, 0, false))
}

fn agrees(name: &str, network: &Network, norms: Option<NormPolicy>, objective: Objective) {
    let phase = Phase {
        norms,
        ..Phase::full(1.0)
    };
    let tuning = Tuning::of(&phase, network).expect("a phase that fits");
    let training = Training {
        tuning: &tuning,
        precision: Precision::Single,
        objective,
        descent: Descent {
            rule: Rule::Sgd {
                momentum: 0.0,
                nesterov: false,
            },
            weight_decay: 0.0,
        },
    };
    let part = Part::whole(network, BATCH);
    let program = lower(network, &part, &Mode::Training(training)).expect("layers that fit");
    let updates: Vec<(BufferId, BufferId)> = program
        .instructions
        .iter()
        .filter_map(|instruction| match instruction {
            Instruction::Update { gradient, w, .. } => Some((*w, *gradient)),
            _ => None,
        })
        .collect();
    let trained = network.parameters();
    let trained = trained
        .iter()
        .filter(|p| tuning.is_trained(&p.path))
        .count();
    assert_eq!(updates.len(), trained, "{name}: tensors that learn");

    let mut step = Trial::new(network, program.clone());
    step.run(program.instructions.len());
    let gradients = updates
        .iter()
        .map(|(_, gradient)| step.reference.exact(*gradient));
    let gradients: Vec<Vec<f64>> = gradients.map(<[f64]>::to_vec).collect();
    let largest = |values: &[f64]| values.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let overall = gradients.iter().map(|of| largest(of)).fold(0.0, f64::max);

    let mut trial = Trial::new(network, program.clone());
    for ((w, _), gradient) in updates.iter().zip(&gradients) {
        let Role::Kept(kept @ Kept::Tensor(_)) = &program.buffer(*w).role else {
            panic!("{name}: {w} is no tensor");
        };
        let values = trial.reference.kept(kept).expect("a tensor");
        let allowed = 1e-6 * largest(gradient) + 1e-9 * overall;
        for (place, gradient) in gradient.iter().enumerate() {
            let [up, down] = [STEP, -STEP].map(|by| {
                let mut moved = values.clone();
                moved[place] += by;
                trial.reference.put(kept, moved);
                trial.run(program.forward);
                trial.objective()
            });
            let slope = (up - down) / (2.0 * f64::from(STEP));
            let off = (slope - gradient).abs();
            assert!(
                off <= allowed,
                "{name}, {kept:?}[{place}]: {gradient} is {slope}"
            );
        }
        trial.reference.put(kept, values);
    }
}

#[test]
fn gradients_of_every_layer_are_slopes() {
    let relu = || Layer::RELU;
    let residual = |body, shortcut, relu| {
        Layer::Residual(Residual {
            body,
            shortcut,
            relu,
        })
    };
    let filter = |path: &str, change: fn(&mut Conv)| {
        let mut conv = Conv::new(path.into(), [4, 4], 3);
        change(&mut conv);
        Layer::Conv(conv)
    };
    let batch_norm = |path: &str| Layer::batch_norm(norm(path));
    let cases = vec![
        ("reversed", vec![Layer::ReverseChannels], 4),
        (
            "padded",
            vec![Layer::PadSame(PadSame {
                kernel: [4, 3],
                stride: [2; 2],
            })],
            4,
        ),
        (
            "strided",
            vec![filter("a", |c| c.geometry.stride = [2, 1])],
            4,
        ),
        (
            "dilated",
            vec![filter("a", |c| c.geometry.dilation = [2; 2])],
            4,
        ),
        ("grouped", vec![filter("a", |c| c.geometry.groups = 2)], 4),
        ("depthwise", vec![filter("a", |c| c.geometry.groups = 4)], 4),
        (
            "flat",
            vec![filter("a", |c| {
                c.kernel = [1, 7];
                c.geometry.padding = [0, 3];
                c.bias = true;
            })],
            4,
        ),
        ("batch norm", vec![batch_norm("a")], 4),
        ("batch norm, relu", vec![batch_norm("a"), relu()], 4),
        (
            "batch norm, relu, pool",
            vec![
                batch_norm("a"),
                relu(),
                Layer::max_pool(pool([3, 3], 2, 1, false)),
            ],
            4,
        ),
        ("layer norm", vec![Layer::layer_norm(norm("a"))], 4),
        ("relu", vec![relu()], 4),
        ("relu6", vec![Layer::Activation(Activation::Relu6)], 4),
        ("silu", vec![Layer::Activation(Activation::Silu)], 4),
        ("gelu", vec![Layer::Activation(Activation::Gelu)], 4),
        ("sigmoid", vec![Layer::Activation(Activation::Sigmoid)], 4),
        (
            "hard swish",
            vec![Layer::Activation(Activation::HardSwish)],
            4,
        ),
        (
            "hard sigmoid",
            vec![Layer::Activation(Activation::HardSigmoid)],
            4,
        ),
        (
            "quick gelu",
            vec![Layer::Activation(Activation::QuickGelu)],
            4,
        ),
        ("max", vec![Layer::max_pool(pool([2, 3], 2, 1, true))], 4),
        (
            "average",
            vec![Layer::average_pool(pool([3, 3], 2, 1, true))],
            4,
        ),
        (
            "sum",
            vec![residual(vec![conv("a", [4, 4], 3)], vec![], false)],
            4,
        ),
        (
            "sum, relu",
            vec![residual(vec![conv("a", [4, 4], 3)], vec![], true)],
            4,
        ),
        (
            "norms at a sum",
            vec![residual(
                vec![conv("a", [4, 4], 3), batch_norm("b")],
                vec![conv("c", [4, 4], 1), batch_norm("d")],
                true,
            )],
            4,
        ),
        (
            "branches",
            vec![Layer::branches(vec![
                vec![],
                vec![conv("a", [4, 2], 3), relu()],
                vec![Layer::branches(vec![
                    vec![conv("b", [4, 1], 1)],
                    vec![conv("c", [4, 1], 1)],
                ])],
            ])],
            8,
        ),
        (
            "gate",
            vec![Layer::gate(vec![
                Layer::GlobalAverage,
                Layer::linear("a", [4, 2]),
                Layer::Activation(Activation::Silu),
                Layer::linear("b", [2, 4]),
                Layer::Activation(Activation::Sigmoid),
            ])],
            4,
        ),
        (
            "scale",
            vec![Layer::Scale(Scale {
                path: "a".into(),
                channels: 4,
            })],
            4,
        ),
        ("linear at every pixel", vec![Layer::linear("a", [4, 5])], 5),
        ("windows", within_windows([6, 6], 4, 2), 4),
        ("one window", within_windows([6, 6], 7, 3), 4),
        ("merged", vec![pool_of_3(), Layer::MergePatches], 16),
        (
            "response",
            vec![Layer::ResponseNorm(ResponseNorm {
                path: "a".into(),
                channels: 4,
                epsilon: 1e-6,
            })],
            4,
        ),
        (
            "auxiliary",
            vec![Layer::auxiliary(vec![
                Layer::GlobalAverage,
                Layer::linear("a", [4, CLASSES]),
            ])],
            4,
        ),
    ];
    let objectives = [
        Objective::CrossEntropy,
        Objective::BinaryCrossEntropy,
        Objective::Given,
    ];
    for ((name, layers, channels), objective) in cases.into_iter().zip(objectives.iter().cycle()) {
        agrees(name, &around(layers, channels), None, *objective);
    }
}

#[test]
fn gradients_by_running_statistics_are_slopes() {
    let layers = vec![
        Layer::batch_norm(norm("a")),
        Layer::RELU,
        Layer::Residual(Residual {
            body: vec![conv("b", [4, 4], 3), Layer::batch_norm(norm("c"))],
            shortcut: vec![],
            relu: true,
        }),
    ];
    let network = around(layers, 4);
    for norms in [NormPolicy::FrozenStatistics, NormPolicy::FrozenAffine] {
        agrees("frozen", &network, Some(norms), Objective::CrossEntropy);
    }
}

#[test]
fn gradients_of_a_transformer_are_slopes() {
    let features = 4;
    let patch = Conv::new("patch".into(), [INPUT.channels, features], 2);
    let block = vec![
        Layer::Residual(Residual {
            body: vec![
                Layer::layer_norm(norm("norm1")),
                Layer::linear("qkv", [features, 3 * features]),
                Layer::Attention(Attention { heads: 2, features }),
                Layer::linear("projection", [features, features]),
            ],
            shortcut: vec![],
            relu: false,
        }),
        Layer::layer_norm(norm("norm2")),
    ];
    let stem = vec![Layer::Conv(patch.stride(2).padding(0).with_bias())];
    let registers = Registers {
        path: "registers".into(),
        count: 2,
    };
    let mean = vec![
        Layer::PatchTokens(PatchTokens { skipped: 3 }),
        Layer::GlobalAverage,
    ];
    for (registers, tokens, pool) in [
        (None, 10, vec![Layer::FirstToken]),
        (Some(registers), 12, mean),
    ] {
        let mut stem = stem.clone();
        stem.push(Layer::Embed(Embed {
            class_token: "token".into(),
            registers,
            positions: Some("positions".into()),
            features,
            tokens,
        }));
        let mut head = pool;
        head.push(Layer::linear("head", [features, CLASSES]));
        let network = network(vec![stem, block.clone(), head]);
        agrees("transformer", &network, None, Objective::CrossEntropy);
    }
}

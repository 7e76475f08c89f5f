//! Networks as ONNX compute in an independent runtime what they compute here.

use std::sync::Arc;

use engine::{Maps, Model};
use initialisation::{Initialisation, initialise};
use networks::onnx::{OutputKind, read_metadata, to_onnx};
use networks::zoo::{self, Choice, Stem, Variant};
use networks::{Activation, ConvGeometry, Draws, PoolGeometry};
use networks::{
    Attention, Block, Conv, Embed, FromWindows, Input, Kind, Layer, Linear, Network, Norm, PadSame,
    PatchTokens, Product, Registers, Residual, ResponseNorm, Scale, ToWindows, Weights,
    WindowAttention, Windows,
};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use transfusion::export::{agreement, largest_difference};

const CLASSES: usize = 5;
/// Images of the batch that is compared; the first of them is also compared alone.
const BATCH: usize = 3;

fn stream(purpose: &str) -> ChaCha8Rng {
    let seed = purpose.bytes().fold(7u64, |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(byte.into())
    });
    ChaCha8Rng::seed_from_u64(seed)
}

/// `n` numbers around `centre`, uniform within ±`reach`.
fn uniform(n: usize, centre: f32, reach: f32, purpose: &str) -> Vec<f32> {
    let mut stream = stream(purpose);
    (0..n)
        .map(|_| centre + reach * (2.0 * stream.random::<f32>() - 1.0))
        .collect()
}

/// Random weights in which nothing is 0 or 1 and so without effect.
fn weights(network: &Network) -> Weights {
    let random = Initialisation::random();
    let (mut weights, _) =
        initialise(network, &random, None, &stream).expect("a network that can be drawn");
    for parameter in network.parameters() {
        let (centre, reach) = match parameter.kind {
            Kind::ConvWeight | Kind::LinearWeight => continue,
            Kind::NormScale | Kind::RunningVariance => (1.0, 0.5),
            Kind::LayerScale | Kind::ResponseScale => (0.5, 0.3),
            _ => (0.0, 0.3),
        };
        let tensor = weights.tensors.get_mut(&parameter.path);
        let tensor = tensor.expect("every parameter is drawn");
        tensor.values = uniform(parameter.len(), centre, reach, &parameter.path);
    }
    weights
}

/// Logits `[batch, classes]` of our own forward pass.
fn forward(network: &Arc<Network>, weights: &Weights, pixels: &[f32]) -> Vec<f32> {
    let model = Model::new(network.clone(), weights).expect("weights that fit");
    let input = network.input;
    let pixels = Maps::new(input.batch(BATCH), pixels.to_vec());
    model.forward(&pixels).into_values()
}

/// What the output makes of logits `[batch, CLASSES]`.
fn shares(logits: &[f32], output: OutputKind) -> Vec<f32> {
    match output {
        OutputKind::Sigmoid => logits.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect(),
        OutputKind::Softmax => {
            let rows = logits.chunks(CLASSES).flat_map(|row| {
                let total: f32 = row.iter().map(|x| x.exp()).sum();
                row.iter().map(move |x| x.exp() / total)
            });
            rows.collect()
        }
    }
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(0.0, |most, value| most.max(value.abs()))
}

/// Writes the network, runs it elsewhere and compares; gives the file.
fn check(name: &str, network: Network, output: OutputKind) -> Vec<u8> {
    let network = Arc::new(network);
    let mut weights = weights(&network);
    let input = network.input;
    let pixels = uniform(BATCH * input.samples(), 0.0, 2.0, "pixels");
    // Maps grow in random deep networks; probabilities that are all 0 or 1 would compare nothing.
    let factor = 4.0 / largest(&forward(&network, &weights, &pixels));
    for parameter in network.parameters().iter().filter(|p| p.is_classifier) {
        let tensor = weights.tensors.get_mut(&parameter.path);
        let values = &mut tensor.expect("every parameter is drawn").values;
        values.iter_mut().for_each(|value| *value *= factor);
    }
    let expected = forward(&network, &weights, &pixels);
    let shares = shares(&expected, output);
    let bytes = to_onnx(&network, &weights, output, &[("name", name.into())]).expect("ONNX");
    let (logits, probabilities) = agreement(&bytes, (&pixels, input.batch(BATCH)))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let relative = largest_difference(&logits, &expected) / f64::from(largest(&expected));
    let absolute = largest_difference(&probabilities, &shares);
    let pixels = input.pixels();
    println!("{name} {pixels}: logits {relative:.1e} relative, probabilities {absolute:.1e}");
    assert!(relative <= 1e-4, "{name}: logits differ by {relative:e}");
    assert!(absolute <= 1e-4, "{name}: probabilities by {absolute:e}");
    let found = read_metadata(&bytes).expect("our own file");
    assert_eq!(found.property("name"), Some(name));
    bytes
}

/// The network at the smallest size that it reads.
fn smallest(choice: &Choice) -> Network {
    let at = |size| {
        let network = zoo::network(choice, Input::square(3, size), CLASSES).ok()?;
        network.cost().ok().map(|_| network)
    };
    let sizes = [64, 56, 96, 128, 224, 299];
    let found = sizes.into_iter().find_map(at);
    found.unwrap_or_else(|| panic!("{} reads none of {sizes:?} pixels", choice.name))
}

/// The zoo but for its largest networks, which are their families' smaller ones with more of
/// everything.
fn names() -> impl Iterator<Item = &'static str> {
    zoo::names().into_iter().filter(|name| {
        let network = smallest(&Choice::named(*name));
        network.parameter_count() < 45_000_000
    })
}

#[test]
fn every_network_of_the_zoo() {
    for name in names() {
        check(name, smallest(&Choice::named(name)), OutputKind::Softmax);
    }
}

/// Rows and columns are told apart all the way, by every network but those whose positions stand on
/// a square grid: these say so. Patches have to fit along both sides.
#[test]
fn every_network_reads_oblong_pictures_or_says_why_not() {
    for name in names() {
        let choice = Choice::named(name);
        let square = smallest(&choice).input;
        let oblong = Input {
            width: square.width + if name.ends_with("-dinov3") { 32 } else { 38 },
            ..square
        };
        match zoo::network(&choice, oblong, CLASSES) {
            Ok(network) => drop(check(name, network, OutputKind::Softmax)),
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains("square grid"), "{name}: {error}");
                let has_positions = name.starts_with("vit-") || name == "deit-small";
                assert!(has_positions, "{name}: {error}");
            }
        }
    }
}

#[test]
fn variants_with_other_layers() {
    let mut keras = Choice::named("resnet50");
    keras.variant = Some(Variant::Keras);
    let mut small = Choice::named("resnet18");
    small.stem = Some(Stem::Small);
    for choice in [keras, small] {
        check(&choice.label(), smallest(&choice), OutputKind::Sigmoid);
    }
}

fn norm(path: &str, channels: usize) -> Norm {
    Norm::new(path.into(), channels).epsilon(1e-3)
}

fn linear(path: &str, [features_in, features_out]: [usize; 2]) -> Layer {
    Layer::Linear(Linear {
        path: path.into(),
        features_in,
        features_out,
        bias: true,
    })
}

fn pool(kernel: [usize; 2], stride: [usize; 2], padding: [usize; 2], ceil: bool) -> PoolGeometry {
    PoolGeometry {
        kernel,
        stride,
        padding,
        ceil,
    }
}

/// Every layer and every activation, with unequal rows and columns where a layer has them.
fn every_layer() -> Network {
    let conv = |path: &str, channels| Conv::new(path.into(), channels, 3);
    let same = Layer::PadSame(PadSame {
        kernel: [3; 2],
        stride: [2; 2],
    });
    let uneven = Conv {
        kernel: [3, 5],
        geometry: ConvGeometry {
            stride: [1, 2],
            padding: [2, 4],
            dilation: [2, 2],
            groups: 2,
        },
        ..conv("grouped", [8, 12])
    };
    let stem = vec![
        Layer::ReverseChannels,
        same,
        Layer::Conv(conv("first", [3, 8]).stride(2).padding(0).with_bias()),
        Layer::batch_norm(norm("norm", 8)),
        Layer::Activation(Activation::Relu6),
        Layer::Conv(uneven),
        Layer::Activation(Activation::Silu),
        Layer::max_pool(pool([3, 2], [2, 1], [1, 0], true)),
        Layer::average_pool(pool([3, 2], [2, 2], [1, 1], true)),
    ];
    let body = vec![
        Layer::Conv(conv("depthwise", [12, 12]).depthwise()),
        Layer::layer_norm(norm("pixels", 12)),
        linear("mixed", [12, 12]),
        Layer::Scale(Scale {
            path: "scale".into(),
            channels: 12,
        }),
    ];
    let gate = vec![
        Layer::MergePatches,
        Layer::GlobalAverage,
        linear("squeeze", [48, 4]),
        Layer::RELU,
        linear("excite", [4, 12]),
        Layer::Activation(Activation::HardSigmoid),
    ];
    let pooled = vec![
        Layer::average_pool(pool([3, 3], [1, 1], [1, 1], false)),
        Layer::Conv(conv("pooled", [12, 4])),
    ];
    let windows = Windows {
        height: 5,
        width: 4,
        edge: 3,
        shift: 1,
    };
    let block = vec![
        Layer::Residual(Residual {
            body,
            shortcut: vec![],
            relu: false,
        }),
        Layer::ToWindows(ToWindows(windows)),
        linear("within", [12, 36]),
        Layer::WindowAttention(WindowAttention {
            path: "apart".into(),
            attention: Attention {
                heads: 3,
                features: 12,
            },
            windows,
        }),
        Layer::FromWindows(FromWindows(windows)),
        Layer::ResponseNorm(ResponseNorm {
            path: "response".into(),
            channels: 12,
            epsilon: 1e-6,
        }),
        Layer::auxiliary(vec![Layer::GlobalAverage, linear("second", [12, CLASSES])]),
        Layer::gate(gate),
        Layer::Product(Product([
            vec![Layer::Activation(Activation::Silu)],
            Vec::new(),
        ])),
        Layer::branches(vec![vec![], pooled]),
    ];
    let attention = vec![
        Layer::layer_norm(norm("before", 16)),
        linear("in", [16, 48]),
        Layer::Attention(Attention {
            heads: 4,
            features: 16,
        }),
        linear("out", [16, 16]),
    ];
    let tokens = vec![
        Layer::Embed(Embed {
            class_token: "class".into(),
            registers: Some(Registers {
                path: "registers".into(),
                count: 2,
            }),
            positions: Some("positions".into()),
            features: 16,
            tokens: 5 * 4 + 3,
        }),
        Layer::Residual(Residual {
            body: attention,
            shortcut: vec![],
            relu: true,
        }),
        Layer::Activation(Activation::Gelu),
        Layer::Activation(Activation::QuickGelu),
        Layer::PatchTokens(PatchTokens { skipped: 3 }),
        Layer::Activation(Activation::HardSwish),
    ];
    let head = vec![
        Layer::FirstToken,
        Layer::layer_norm(norm("last", 16)),
        linear("head", [16, CLASSES]),
    ];
    Network {
        name: "every-layer".into(),
        input: Input::square(3, 27),
        classes: CLASSES,
        blocks: vec![
            Block::new("stem", stem),
            Block::new("block1", block),
            Block::new("tokens", tokens),
            Block::new("head", head),
        ],
        draws: Draws::RESNET,
        first_new: None,
    }
}

#[test]
fn every_layer_there_is() {
    let bytes = check("every-layer", every_layer(), OutputKind::Sigmoid);
    let holds = |name: &[u8]| bytes.windows(name.len()).any(|part| part == name);
    assert!(holds(b"head.weight") && !holds(b"second.weight"));
}

//! The product's own truth test: three studies of drawn photographs that differ in nothing but the
//! pretrained weights, which are made so that the answer is known.
//!
//! | weights | made by | what helps |
//! |---|---|---|
//! | features | training on the target task itself, other patients; every convolution is then scaled to the standard deviation of a random one, which batch norm undoes | features |
//! | quiet | drawing as random initialisation does, times 0.2 | scale: batch norm makes the step of plain descent relative to the weight 25 times as long |
//! | fresh | drawing as random initialisation does | nothing |

mod fixture;

use fixture::Folder;
use initialisation::{Initialisation, initialise};
use networks::zoo::{self, Choice};
use networks::{Input, Kind, Network, Weights};

const TARGET: &str = r#"
source   = "phantom-fundus"
task     = "ordinal"
positive = ">=2"
size     = 32
augment  = { flip_horizontal = true, flip_vertical = true }
normalise = "data"
"#;

const SOURCE: &str = r#"
count = 1500
seed  = 77
fractions = { train = 0.8, validation = 0.1, test = 0.1 }
[grid]
model = ["cbr-tiny"]
init  = ["random"]
seeds = 1
[train]
lr         = 1e-3
batch_size = 32
schedule   = "cosine"
max_steps  = 300
eval_every = 50
"#;

const STUDY: &str = r#"
count     = 1500
seed      = 2019
fractions = { train = 0.3, validation = 0.1, test = 0.6 }
[grid]
model = ["cbr-tiny"]
init  = ["random", "mean-var", "transfer"]
seeds = 5
[train]
optimizer  = "sgd"
lr         = 1e-3
batch_size = 32
schedule   = "cosine"
max_steps  = 200
eval_every = 20
[compare]
margin     = 0.03
thresholds = [0.8, 0.9]
"#;

fn network() -> Network {
    let input = Input::square(3, 32);
    zoo::network(&Choice::named("cbr-tiny"), input, 5).expect("the zoo has cbr-tiny")
}

/// Convolutions as random initialisation draws them, times `factor`.
fn drawn(factor: f32) -> Weights {
    let network = network();
    let stream = |path: &str| images::stream(4242, path, 0);
    let (mut weights, _) = initialise(&network, &Initialisation::random(), None, &stream)
        .expect("random initialisation needs nothing");
    for parameter in network.parameters() {
        if parameter.kind == Kind::ConvWeight {
            let tensor = weights.tensors.get_mut(&parameter.path);
            let values = &mut tensor.expect("every tensor is drawn").values;
            values.iter_mut().for_each(|v| *v *= factor);
        }
    }
    weights
}

/// `trained` with the standard deviation of a random draw in every convolution; the statistics
/// behind it follow, so that the network computes the same.
fn at_random_scale(mut trained: Weights) -> Weights {
    let spread = |values: &[f32]| {
        let n = values.len() as f64;
        let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
        let square = values.iter().map(|v| (f64::from(*v) - mean).powi(2));
        (square.sum::<f64>() / n).sqrt()
    };
    let random = drawn(1.0);
    for parameter in network().parameters() {
        if parameter.kind != Kind::ConvWeight {
            continue;
        }
        let path = &parameter.path;
        let factor = spread(&random.tensors[path].values) / spread(&trained.tensors[path].values);
        let norm = path.replace("conv.weight", "bn");
        for (path, factor) in [
            (path.clone(), factor),
            (format!("{norm}.running_mean"), factor),
            (format!("{norm}.running_var"), factor * factor),
        ] {
            let tensor = trained.tensors.get_mut(&path);
            let values = &mut tensor.expect("a tensor of the network").values;
            values.iter_mut().for_each(|v| *v *= factor as f32);
        }
    }
    trained
}

/// About four minutes on two processors.
#[test]
#[ignore = "takes minutes; run it before a release"]
fn the_verdict_names_what_helps() {
    let folder = Folder::new();
    folder.write(
        "source.toml",
        format!("title = \"source\"\n[data]{TARGET}{SOURCE}"),
    );
    folder
        .run(&["run", "source.toml", "--out", "source"])
        .with(0);
    let file = folder.runs("source")[0].join("model.safetensors");
    let trained = Weights::read(&file).expect("weights just written");
    for (name, weights, expected) in [
        ("features", at_random_scale(trained.weights), "features"),
        ("quiet", drawn(0.2), "scale"),
        ("fresh", drawn(1.0), "nothing"),
    ] {
        let file = folder.path(&format!("{name}.safetensors"));
        std::fs::write(file, weights.to_bytes(None)).expect("a file of weights");
        let study = format!(
            "title = \"{name}\"\n[weights]\ncbr-tiny = \"{name}.safetensors\"\n[data]{TARGET}{STUDY}"
        );
        folder.write("study.toml", study);
        folder.run(&["run", "study.toml", "--out", name]).with(0);
        let results = folder.json(&format!("{name}/results.json"));
        let found = &results["attributions"][0];
        println!(
            "{name}: {}\n{}",
            found["helps"], results["verdict"]["paragraph"]
        );
        for part in ["gain", "scale", "features"] {
            println!("  {part}: {}", found[part]);
        }
        assert_eq!(found["helps"], expected, "{name}");
    }
}

//! Vision transformers in the files of other packages: other names, query, key and value apart,
//! positions that count the class token in.

use std::collections::BTreeMap;

use networks::zoo::{self, Choice, Dialect};
use networks::{Allowance, HostTensor, Input, Kind, Parameter, Pretrained, Weights};

/// A multiple of patches of 14 and of 16 pixels.
const INPUT: Input = Input::square(3, 112);
const CLASSES: usize = 3;

/// Values of its own for every tensor of a network, under our paths.
fn weights(choice: &Choice) -> Weights {
    let network = zoo::network(choice, INPUT, CLASSES).expect("a network");
    let parameters = network.parameters().into_iter().enumerate();
    let tensor = |(number, p): (usize, Parameter)| {
        let values = (0..p.len()).map(|i| number as f32 + (i % 97) as f32 / 128.0);
        let tensor = HostTensor {
            values: values.collect(),
            shape: p.shape,
        };
        (p.path, tensor)
    };
    Weights {
        tensors: parameters.map(tensor).collect(),
    }
}

/// The same as a file of a dialect, with what such files hold beside the network.
fn file(choice: &Choice, dialect: Dialect, ours: &Weights) -> Weights {
    let our = zoo::network(choice, INPUT, CLASSES).expect("a network");
    let their = zoo::network_in(choice, INPUT, CLASSES, dialect).expect("a dialect");
    let mut file = BTreeMap::new();
    for (our, their) in our.parameters().iter().zip(their.parameters()) {
        let mut tensor = ours.tensors[&our.path].clone();
        let name = dialect.tensor(&their);
        if !name.contains('+') {
            tensor.shape.retain(|extent| *extent != 1);
            file.insert(name, tensor);
            continue;
        }
        let (layer, kind) = name.rsplit_once('.').expect("a kind");
        let (attention, words) = layer.rsplit_once('.').expect("words");
        let rows = tensor.values.len() / 3;
        for (word, values) in words.split('+').zip(tensor.values.chunks(rows)) {
            let part = HostTensor {
                shape: [&[tensor.shape[0] / 3], &tensor.shape[1..]].concat(),
                values: values.to_vec(),
            };
            file.insert(format!("{attention}.{word}.{kind}"), part);
        }
    }
    let extra = HostTensor {
        shape: vec![1],
        values: vec![1.0],
    };
    match dialect {
        Dialect::Facebook => drop(file.insert("mask_token".into(), extra)),
        Dialect::OpenClip => drop(file.insert("proj".into(), extra)),
        Dialect::Transformers => drop(file.insert("pooler.dense.bias".into(), extra)),
        _ => {}
    }
    Weights { tensors: file }
}

/// A position of the class token that the class token itself lacks.
fn with_position(mut file: Weights, [token, positions]: [&str; 2]) -> Weights {
    let class_token = file.tensors.get_mut(token).expect("a class token");
    class_token
        .values
        .iter_mut()
        .for_each(|value| *value -= 0.5);
    let features = class_token.values.len();
    let found = file.tensors.remove(positions).expect("positions");
    let values = [vec![0.5; features], found.values].concat();
    let shape = vec![1, values.len() / features, features];
    file.tensors
        .insert(positions.into(), HostTensor { shape, values });
    file
}

#[test]
fn files_of_every_dialect_are_read() {
    for name in ["vit-tiny", "vit-small-14-dinov2", "vit-small-14-reg4"] {
        // Pictures of 56 pixels are no multiple of 16.
        let input = if name == "vit-tiny" { 64 } else { 56 };
        assert!(zoo::network(&Choice::named(name), Input::square(3, input), 2).is_ok());
    }
    let choice = Choice::named("vit-small-14-reg4");
    let ours = weights(&choice);
    for dialect in zoo::dialects(&choice.name) {
        let mut file = file(&choice, *dialect, &ours);
        let folded = match dialect {
            Dialect::Facebook => Some(["cls_token", "pos_embed"]),
            Dialect::Transformers => {
                Some(["embeddings.cls_token", "embeddings.position_embeddings"])
            }
            _ => None,
        };
        if let Some(names) = folded {
            file = with_position(file, names);
        }
        let named = file.tensors.into_iter();
        let named = named.map(|(name, tensor)| (format!("backbone.{name}"), tensor));
        let file = Weights {
            tensors: named.collect(),
        };
        let found = Pretrained::new(&file, &choice).expect("a network");
        found.check(&Allowance::default()).expect("a fit");
        assert_eq!(found.dialect, *dialect);
        assert_eq!(found.weights, ours, "{}", dialect.name());
        assert_eq!(found.network.input, INPUT);
    }
}

/// Queries, keys and values have no biases here, and zeros in the files.
#[test]
fn dino_v3_is_read_in_every_dialect() {
    let choice = Choice::named("vit-small-16-dinov3");
    let ours = weights(&choice);
    let names = ours.tensors.keys();
    assert!(
        names
            .clone()
            .all(|name| !name.contains("pos") && !name.contains("qkv.bias"))
    );
    let given = |dialect| match dialect {
        Dialect::Timm => &["blocks.3.attn.q_bias", "blocks.3.attn.v_bias"][..],
        Dialect::Facebook => &[
            "blocks.3.attn.qkv.bias",
            "rope_embed.periods",
            "blocks.3.attn.qkv.bias_mask",
        ],
        _ => &[
            "layer.3.attention.q_proj.bias",
            "layer.3.attention.v_proj.bias",
        ],
    };
    for dialect in zoo::dialects(&choice.name) {
        let mut file = file(&choice, *dialect, &ours);
        for name in given(*dialect) {
            let values = match name.ends_with("periods") {
                true => (0..16).map(|j| 100_f32.powf(j as f32 / 16.0)).collect(),
                false => vec![0.0; 384],
            };
            let tensor = HostTensor {
                shape: vec![values.len()],
                values,
            };
            file.tensors.insert(name.to_string(), tensor);
        }
        let found = Pretrained::new(&file, &choice).expect("a network");
        found.check(&Allowance::default()).expect("a fit");
        assert_eq!((found.dialect, &found.weights), (*dialect, &ours));
        assert!(
            given(*dialect)
                .iter()
                .all(|name| found.beside.iter().any(|b| b == name))
        );

        // A bias that is not zero, or another period, would be missed.
        let others = given(*dialect)
            .iter()
            .filter(|name| !name.ends_with("mask"));
        for name in others {
            let mut file = file.clone();
            file.tensors.get_mut(*name).expect("a tensor").values[7] += 0.25;
            let found = Pretrained::new(&file, &choice).expect("a network");
            let error = found
                .check(&Allowance::default())
                .expect_err("what is not left out");
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}

/// Positions that are no tensor are there for pictures of any size.
#[test]
fn dino_v3_reads_pictures_that_are_no_squares() {
    let input = Input {
        channels: 1,
        height: 48,
        width: 80,
    };
    let network = |name| zoo::network(&Choice::named(name), input, CLASSES);
    let found = network("vit-small-16-dinov3").expect("a network");
    found.cost().expect("layers that fit");
    assert!(network("vit-small").is_err());
}

/// What follows from the size of a picture is left out, and factors may have more axes.
#[test]
fn swin_and_convnext_v2_are_read_in_every_dialect() {
    for name in ["swin-tiny", "convnext-v2-tiny"] {
        let choice = Choice::named(name);
        let ours = weights(&choice);
        for dialect in zoo::dialects(name) {
            let mut file = file(&choice, *dialect, &ours);
            if *dialect == Dialect::Microsoft {
                let mask = HostTensor {
                    shape: vec![1, 2, 2],
                    values: vec![-100.0; 4],
                };
                file.tensors
                    .insert("layers.0.blocks.1.attn_mask".into(), mask);
            }
            if let Some(factors) = file.tensors.get_mut("stages.0.0.grn.gamma") {
                factors.shape = vec![1, 1, 1, factors.values.len()];
            }
            let found = Pretrained::new(&file, &choice).expect("a network");
            found.check(&Allowance::default()).expect("a fit");
            assert_eq!(found.dialect, *dialect);
            assert!(found.weights == ours, "{name}, {}", dialect.name());
        }
    }
}

/// A table for windows of another size.
#[test]
fn other_windows_are_refused() {
    let choice = Choice::named("swin-tiny");
    let mut file = weights(&choice);
    for (path, tensor) in &mut file.tensors {
        if path.ends_with("relative_position_bias_table") {
            tensor.shape[0] = 23 * 23;
            tensor.values.resize(23 * 23 * tensor.shape[1], 0.0);
        }
    }
    let found = Pretrained::new(&file, &choice).expect("a network");
    let error = found.check(&Allowance::default()).unwrap_err().to_string();
    assert!(error.contains("instead of [169, 3]"), "{error}");
}

/// The image tower beside a text tower of the same names.
#[test]
fn the_image_tower_of_clip_is_found_by_its_prefix() {
    let choice = Choice::named("vit-large-14-clip-openai");
    let input = Input::square(3, 28);
    let network = zoo::network_in(&choice, input, CLASSES, Dialect::OpenClip);
    let mut file = Weights::default();
    for p in network.expect("a dialect").parameters() {
        if p.is_classifier {
            continue;
        }
        let name = Dialect::OpenClip.tensor(&p);
        let narrow = HostTensor {
            shape: vec![2],
            values: vec![0.0; 2],
        };
        if p.kind != Kind::ConvWeight {
            file.tensors.insert(name.clone(), narrow);
        }
        let values = vec![0.25; p.len()];
        let mut shape = p.shape;
        shape.retain(|extent| *extent != 1);
        file.tensors
            .insert(format!("visual.{name}"), HostTensor { shape, values });
    }
    let found = Pretrained::new(&file, &choice).expect("a network");
    found.check(&Allowance::default()).expect("a fit");
    assert_eq!(
        (found.prefix.as_str(), found.dialect),
        ("visual.", Dialect::OpenClip)
    );
    assert_eq!(found.network.input, input);
    assert_eq!(found.missing, ["head.weight", "head.bias"]);
}

/// Both encoders of a file without labels have projectors in their classifiers' place: which of them is
/// meant is asked, and their projectors are left out and told.
#[test]
fn projectors_are_left_out_and_two_encoders_are_asked_for() {
    let choice = Choice::named("resnet18");
    let ours = weights(&choice);
    let projector = |values: f32| HostTensor {
        shape: vec![4, 512],
        values: vec![values; 4 * 512],
    };
    let mut file = Weights::default();
    for (encoder, shift) in [("encoder_q", 0.0), ("encoder_k", 1.0)] {
        let backbone = ours.tensors.iter();
        for (name, tensor) in backbone.filter(|(name, _)| !name.starts_with("fc.")) {
            let values = tensor.values.iter().map(|value| value + shift).collect();
            let tensor = HostTensor {
                values,
                ..tensor.clone()
            };
            let name = format!("module.{encoder}.{name}");
            file.tensors.insert(name, tensor);
        }
        for layer in [0, 2] {
            let name = format!("module.{encoder}.fc.{layer}.weight");
            file.tensors.insert(name, projector(shift));
        }
    }
    let error = Pretrained::new(&file, &choice).expect_err("two encoders");
    let error = error.to_string();
    assert!(
        error.contains("encoder_q") && error.contains("encoder_k"),
        "{error}"
    );
    let found = Pretrained::of_part(&file, &choice, Some("encoder_k")).expect("a network");
    found.check(&Allowance::default()).expect("a fit");
    assert!(
        found
            .beside
            .contains(&"module.encoder_k.fc.2.weight".into())
    );
    let first = &found.weights.tensors["conv1.weight"].values;
    assert_eq!(first[0], ours.tensors["conv1.weight"].values[0] + 1.0);

    // Beside a classifier such tensors belong to somebody else's network.
    let mut file = ours.clone();
    file.tensors.insert("fc.0.weight".into(), projector(0.0));
    let found = Pretrained::new(&file, &choice).expect("a network");
    let error = found.check(&Allowance::default()).expect_err("two heads");
    assert!(
        error.to_string().contains("`fc.0.weight` is unexpected"),
        "{error}"
    );
}

/// What a masked autoencoder is trained with is no part of its encoder.
#[test]
fn decoders_of_masked_autoencoders_are_left_out() {
    let choice = Choice::named("vit-tiny");
    let mut file = weights(&choice);
    for name in [
        "mask_token",
        "decoder_embed.weight",
        "decoder_blocks.0.norm1.bias",
    ] {
        let tensor = HostTensor {
            shape: vec![8],
            values: vec![1.0; 8],
        };
        file.tensors.insert(name.into(), tensor);
    }
    let found = Pretrained::new(&file, &choice).expect("a network");
    found.check(&Allowance::default()).expect("a fit");
    assert_eq!(found.beside.len(), 3);
}

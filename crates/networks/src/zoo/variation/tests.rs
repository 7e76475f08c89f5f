use std::collections::BTreeMap;

use super::super::{Padding, Variant, names, network};
use super::*;
use crate::{Input, Kind, Parameter};

fn slim(name: &str, block: &str) -> Choice {
    Choice {
        slim: Some(block.into()),
        ..Choice::named(name)
    }
}

fn truncated(name: &str, block: &str) -> Choice {
    Choice {
        truncate: Some(block.into()),
        ..Choice::named(name)
    }
}

fn build(choice: &Choice, size: usize) -> Result<Network, NetworkError> {
    network(choice, Input::square(3, size), 5)
}

fn is_refusal(error: &NetworkError) -> bool {
    matches!(
        error,
        NetworkError::Behind { .. } | NetworkError::Slim { .. }
    )
}

fn shapes(network: &Network) -> BTreeMap<String, Parameter> {
    let parameters = network.parameters().into_iter();
    parameters.map(|p| (p.path.clone(), p)).collect()
}

/// Trained numbers of networks that were put together in PyTorch:
///
/// ```python
/// import timm, torch, torchvision
/// from torch.nn import BatchNorm2d, Conv2d, Identity, Linear, Sequential
/// from torchvision.models.densenet import _DenseBlock, _Transition
/// from torchvision.models.resnet import Bottleneck
/// def count(n): return sum(p.numel() for p in n.parameters())
/// def stage(channels, width, units):
///     down = Sequential(Conv2d(channels, 4 * width, 1, 2, bias=False), BatchNorm2d(4 * width))
///     rest = [Bottleneck(4 * width, width) for _ in range(units - 1)]
///     return Sequential(Bottleneck(channels, width, 2, down), *rest)
/// n = torchvision.models.resnet50()
/// n.layer3, n.layer4, n.fc = stage(512, 128, 6), stage(512, 256, 3), Linear(1024, 5)
/// t = torchvision.models.resnet50()
/// t.layer3 = t.layer4 = Identity(); t.fc = Linear(512, 5)
/// d = torchvision.models.densenet121()
/// d.features.denseblock3 = _DenseBlock(24, 256, 4, 16, 0.0)
/// d.features.transition3 = _Transition(256 + 24 * 16, 256)
/// d.features.denseblock4 = _DenseBlock(16, 256, 4, 16, 0.0)
/// d.features.norm5 = BatchNorm2d(512)
/// d.classifier = Linear(512, 5)
/// v = timm.create_model("deit_small_patch16_224", num_classes=5)
/// for b in v.blocks[6:]:
///     b.attn.qkv, b.attn.proj = Linear(384, 576), Linear(192, 384)
///     b.mlp.fc1, b.mlp.fc2 = Linear(384, 768), Linear(768, 384)
/// print([count(m) for m in [n, t, d, v]])
/// ```
#[test]
fn parameter_counts_are_those_of_pytorch() {
    for (choice, total, features) in [
        (slim("resnet50", "block2"), 7_140_421, 1024),
        (truncated("resnet50", "block2"), 1_447_493, 512),
        (slim("densenet121", "block2"), 3_066_117, 512),
        (slim("deit-small", "block6"), 16_351_109, 384),
    ] {
        let network = build(&choice, 224).unwrap();
        assert_eq!(network.parameter_count(), total, "{}", choice.label());
        let classifier = network.parameters();
        let classifier = classifier
            .iter()
            .find(|p| p.is_classifier && p.kind == Kind::LinearWeight);
        assert_eq!(classifier.unwrap().shape, [5, features]);
    }
}

/// Every network behind every block: what is kept keeps its tensors, what is new keeps its paths.
#[test]
fn every_network_varies_behind_every_block() {
    let mut choices: Vec<Choice> = names().into_iter().map(Choice::named).collect();
    choices.push(Choice {
        variant: Some(Variant::Keras),
        ..Choice::named("resnet50")
    });
    choices.push(Choice {
        auxiliary: Some(true),
        ..Choice::named("inception-v3")
    });
    for choice in choices {
        let size = if choice.name == "inception-v3" {
            299
        } else {
            224
        };
        let whole = build(&choice, size).unwrap();
        assert_eq!(whole.first_new, None);
        let theirs = shapes(&whole);
        let mut built = [0; 2];
        for (index, block) in whole.blocks.iter().enumerate() {
            for divide in [2, 3, 4] {
                let choice = Choice {
                    slim: Some(block.name.clone()),
                    divide: Some(divide),
                    ..choice.clone()
                };
                let Some(slim) = varied_or_refused(&choice, size) else {
                    continue;
                };
                built[0] += 1;
                assert!(slim.parameter_count() < whole.parameter_count());
                assert_eq!(slim.blocks[..=index], whole.blocks[..=index]);
                let ours = shapes(&slim);
                assert!(ours.keys().eq(theirs.keys()), "{}", choice.label());
                for (path, parameter) in &ours {
                    let is_kept = parameter.block <= index;
                    assert_eq!(parameter.is_new, !is_kept, "{path}");
                    assert!(!is_kept || parameter.shape == theirs[path].shape, "{path}");
                    assert_eq!(parameter.is_classifier, theirs[path].is_classifier);
                }
            }
            let choice = Choice {
                truncate: Some(block.name.clone()),
                ..choice.clone()
            };
            let Some(cut) = varied_or_refused(&choice, size) else {
                continue;
            };
            built[1] += 1;
            assert_eq!(cut.blocks[..=index], whole.blocks[..=index]);
            assert_eq!(cut.blocks.len(), index + 2);
            for (path, parameter) in shapes(&cut) {
                let of_whole = &theirs[&path];
                let is_head = parameter.block == index + 1;
                let is_as_expected = match is_head {
                    true => parameter.is_new && parameter.is_classifier,
                    false => !parameter.is_new && parameter == *of_whole,
                };
                assert!(is_as_expected, "{path} of {}", choice.label());
            }
        }
        // All but the head and the block before it. Not every divisor divides the heads of
        // attention or fits groups of channels, and a class token has seen nothing behind the stem.
        let blocks = whole.blocks.len() - 2;
        let (heads, has_groups) = heads_and_groups(&whole);
        let divided = (0..blocks).map(|last| {
            let later = heads[last + 1..].iter().flatten();
            let is_divisor = |n: &usize| later.clone().all(|heads| heads % n == 0);
            [2, 3, 4].into_iter().filter(is_divisor).count()
        });
        let divided = match has_groups {
            true => built[0],
            false => divided.sum(),
        };
        let cut = blocks - usize::from(reads_first_token(&whole));
        assert_eq!(built, [divided, cut], "{}", choice.label());
        assert!(built[0] >= blocks, "{}", choice.label());
    }
}

/// Heads of every attention, by block, and whether a convolution has groups of several channels.
fn heads_and_groups(network: &Network) -> (Vec<Vec<usize>>, bool) {
    fn search(layer: &crate::Layer, heads: &mut Vec<usize>, has_groups: &mut bool) {
        match layer {
            crate::Layer::Attention(attention) => heads.push(attention.heads),
            crate::Layer::WindowAttention(within) => heads.push(within.attention.heads),
            crate::Layer::Conv(conv) => {
                *has_groups |= conv.geometry.groups > 1 && !conv.is_depthwise();
            }
            crate::Layer::Residual(residual) => {
                let body = residual.body.iter();
                body.for_each(|layer| search(layer, heads, has_groups));
            }
            _ => {}
        }
    }
    let mut has_groups = false;
    let heads = network.blocks.iter().map(|block| {
        let mut heads = Vec::new();
        let layers = block.layers.iter();
        layers.for_each(|layer| search(layer, &mut heads, &mut has_groups));
        heads
    });
    (heads.collect(), has_groups)
}

/// The network, if it can be had; its cost must be known then.
fn varied_or_refused(choice: &Choice, size: usize) -> Option<Network> {
    match build(choice, size) {
        Ok(network) => {
            let cost = network.cost();
            assert!(cost.is_ok(), "{}: {cost:?}", choice.label());
            Some(network)
        }
        Err(error) => {
            assert!(is_refusal(&error), "{}: {error}", choice.label());
            None
        }
    }
}

#[test]
fn choices_are_labelled() {
    let by = |divide| Choice {
        divide: Some(divide),
        ..slim("resnet50", "block2")
    };
    let both = Choice {
        truncate: Some("block2".into()),
        padding: Some(Padding::Valid),
        ..slim("cbr-tiny", "block1")
    };
    for (choice, label) in [
        (slim("resnet50", "block2"), "resnet50-slim-block2"),
        (by(2), "resnet50-slim-block2"),
        (by(4), "resnet50-slim-block2-by4"),
        (truncated("resnet50", "block2"), "resnet50-truncated-block2"),
        (both.clone(), "cbr-tiny-valid-slim-block1-truncated-block2"),
    ] {
        assert_eq!(choice.label(), label);
        assert!(choice.is_variant() && !choice.base().is_variant());
    }
    assert_eq!(both.base().label(), "cbr-tiny-valid");
    let both = build(&both, 224).unwrap();
    let widths: Vec<_> = both.blocks.iter().map(|b| b.channels(0)).collect();
    assert_eq!((widths, both.first_new), (vec![32, 64, 64, 5], Some(2)));
}

#[test]
fn what_cannot_be_done_is_said() {
    let divide = |choice: Choice, divide| Choice {
        divide: Some(divide),
        ..choice
    };
    let both = |slim: &str, cut: &str| Choice {
        slim: Some(slim.into()),
        ..truncated("cbr-tiny", cut)
    };
    for (choice, parts) in [
        (
            slim("cbr-tiny", "block9"),
            vec![
                "slimmed behind block `block9`",
                "no such block",
                "choose one of stem, block1, block2",
            ],
        ),
        (slim("cbr-tiny", "head"), vec!["only the head would change"]),
        (
            slim("cbr-tiny", "block3"),
            vec!["only the head would change"],
        ),
        (
            truncated("cbr-tiny", "block3"),
            vec!["truncated", "only the head"],
        ),
        (
            truncated("deit-small", "stem"),
            vec!["class token has not seen", "choose one of block1, block2"],
        ),
        (
            both("block1", "block1"),
            vec!["every slimmed block", "choose one of block2"],
        ),
        (
            both("block2", "block2"),
            vec!["no block that could be named"],
        ),
        (
            divide(Choice::named("cbr-tiny"), 2),
            vec!["divide = 2", "beside slim"],
        ),
        (divide(slim("cbr-tiny", "block1"), 1), vec!["at least 2"]),
        (
            divide(slim("deit-small", "block1"), 4),
            vec!["`attention` has 6 heads", "one of 2, 3, 6"],
        ),
    ] {
        let error = build(&choice, 224).unwrap_err().to_string();
        for part in parts {
            assert!(error.contains(part), "`{part}` is not in: {error}");
        }
    }
}

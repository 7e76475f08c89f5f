//! Initialisations that pretrained weights have no part in, and the synthetic first filters.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};

use super::*;
use crate::Model;
use crate::initialisation::moments::moments;

/// Standard deviations and bounds of `torch.nn.init` (2.14), which draws from the same laws:
/// ```python
/// i = torch.nn.init
/// w = torch.empty(64, 32, 3, 3); fan_in, fan_out = i._calculate_fan_in_and_fan_out(w)
/// for law in ("kaiming_normal_", "kaiming_uniform_"):
///     for mode in ("fan_in", "fan_out"):
///         getattr(i, law)(w, mode=mode, nonlinearity="relu"); print(law, mode, w.std(), w.abs().max())
/// i.kaiming_uniform_(w, a=5 ** 0.5); print("pytorch", w.std(), w.abs().max())
/// i.xavier_normal_(w); print(w.std()); i.xavier_uniform_(w); print(w.std(), w.abs().max())
/// i.trunc_normal_(w, std=0.01, a=-0.02, b=0.02); print(w.std(), w.abs().max())
/// ```
/// The numbers are those the laws have: gain √2 over √fan, times √3 for bounds.
#[test]
fn named_draws_are_those_of_pytorch() {
    let network = network("resnet18", 5);
    let path = "layer2.0.conv1.weight";
    let parameter = network
        .parameters()
        .into_iter()
        .find(|p| p.path == path)
        .unwrap();
    assert_eq!(parameter.shape, [128, 64, 3, 3]);
    let (fan_in, fan_out) = (576f64, 1152f64);
    for (word, std, bound) in [
        ("he-normal-fan-in", (2.0 / fan_in).sqrt(), None),
        ("he-normal-fan-out", (2.0 / fan_out).sqrt(), None),
        (
            "he-uniform-fan-in",
            (2.0 / fan_in).sqrt(),
            Some((6.0 / fan_in).sqrt()),
        ),
        (
            "he-uniform-fan-out",
            (2.0 / fan_out).sqrt(),
            Some((6.0 / fan_out).sqrt()),
        ),
        (
            "pytorch",
            (1.0 / (3.0 * fan_in)).sqrt(),
            Some((1.0 / fan_in).sqrt()),
        ),
        ("glorot-normal", (2.0 / 1728f64).sqrt(), None),
        (
            "glorot-uniform",
            (2.0 / 1728f64).sqrt(),
            Some((6.0 / 1728f64).sqrt()),
        ),
        ("truncated-normal", 0.008_796_257, Some(0.02)),
        ("fixed-normal", 0.05, None),
    ] {
        let init = named(word);
        assert!(!init.needs_weights(), "{word}");
        let (weights, _) = initialise(&network, &init, None, &stream(4)).unwrap();
        let values = &weights.tensors[path].values;
        let (mean, variance) = moments(values);
        let n = values.len() as f64;
        assert!(mean.abs() < 3.0 * std / n.sqrt(), "{word}: {mean}");
        let error = (variance / (std * std) - 1.0).abs();
        assert!(error < 3.0 * (2.0 / n).sqrt(), "{word}: {error}");
        if let Some(bound) = bound {
            let largest = values.iter().fold(0f32, |m, v| m.max(v.abs()));
            let share = f64::from(largest) / bound;
            assert!((0.999..=1.000001).contains(&share), "{word}: {share}");
        }
        let Policy::Draw(draw) = init.rules[0].policy else {
            panic!("{word}")
        };
        assert!((draw.std(&parameter) - std).abs() < 1e-8, "{word}");
    }
}

/// In every network, rows or columns of every weight but the classifier's are orthonormal.
/// Products are taken of every tenth pair: all of a network are as costly as training it.
#[test]
fn orthogonal_weights() {
    for name in ["cbr-small", "mobilenet-v2", "vit-small"] {
        let network = network(name, 5);
        let init = Initialisation::of(
            "o",
            [
                ("block2..".into(), Policy::Random),
                (Selection::all(), Policy::Orthogonal),
            ],
        );
        let (weights, _) = initialise(&network, &init, None, &stream(5)).unwrap();
        for p in network.parameters() {
            let is_weight = matches!(p.kind, Kind::ConvWeight | Kind::LinearWeight);
            if !is_weight || p.block >= 2 {
                continue;
            }
            let values = &weights.tensors[&p.path].values;
            let (rows, columns) = (p.shape[0], p.fan_in());
            let is_wide = rows <= columns;
            let at = |row: usize, k: usize| {
                let at = if is_wide {
                    row * columns + k
                } else {
                    k * columns + row
                };
                f64::from(values[at])
            };
            let (count, length) = (rows.min(columns), rows.max(columns));
            for (i, j) in (0..count).flat_map(|i| (i..count).step_by(10).map(move |j| (i, j))) {
                let product: f64 = (0..length).map(|k| at(i, k) * at(j, k)).sum();
                let expected = if i == j { 1.0 } else { 0.0 };
                assert!((product - expected).abs() < 1e-5, "{name} {}", p.path);
            }
        }
    }
}

/// The bank stands in the first convolution of every network, with the standard deviation asked
/// for; everything else is as in `random`, or as the rest says.
#[test]
fn gabor_filters_stand_first() {
    in_every_network(|name, network, source| {
        let first = network.first_conv().unwrap();
        for word in ["gabor", "gabor-colour-pretrained"] {
            let report = preview(&network, &named(word), from(&source)).unwrap();
            assert_eq!(report.gabor(), Some(first.as_str()), "{name}");
            assert_eq!(report.drawn + report.rescaled, report.tensors.len());
        }
        let init = Initialisation::first_convolution(named("gabor").rules[0].policy, Policy::Load);
        assert_eq!(init.name, "gabor-rest-load");
        let report = preview(&network, &init, from(&source)).unwrap();
        let found = report.tensors.iter().find(|m| m.path == first).unwrap();
        let parameters = network.parameters();
        let parameter = parameters.iter().find(|p| p.path == first).unwrap();
        let drawn = network.draws.conv.sample(parameter, &mut stream(6)(&first));
        let Action::Gabor { std, .. } = found.action else {
            panic!("{name}: {:?}", found.action)
        };
        let n = parameter.len() as f64;
        assert!(
            (std / moments(&drawn).1.sqrt() - 1.0).abs() < 3.0 / (2.0 * n).sqrt(),
            "{name}"
        );
        // The bias of the first convolution, where it has one, is 0.
        let of_first = parameters
            .iter()
            .filter(|p| first.starts_with(p.path.trim_end_matches("bias")));
        let others = parameters.len() - of_first.count() - classifiers(&network);
        assert_eq!(report.loaded, others, "{name}");
    });
    let (network, source) = (network("resnet50", 5), source("resnet50"));
    let (weights, report) = made(&network, &named("gabor-pretrained"), &source);
    let expected = gabor::weight(&[64, 3, 7, 7], Colour::Grey, 1.0, false);
    let bank = &weights.tensors["conv1.weight"].values;
    let std = moments(&source.weights.tensors["conv1.weight"].values)
        .1
        .sqrt();
    for (found, expected) in bank.iter().zip(expected) {
        assert!((f64::from(*found) - f64::from(expected) * std).abs() < 1e-6);
    }
    assert_eq!(report.rescaled, 1);
}

/// After scaling, every convolution and linear layer but the classifier writes with variance
/// within 0.1 of 1, and nothing but their weights has changed.
#[test]
fn layers_write_with_unit_variance() {
    for (name, size) in [("cbr-tiny", 32), ("resnet18", 32), ("vit-small", 32)] {
        let input = Input { channels: 3, size };
        let network = zoo::network(&Choice::named(name), input, 5).unwrap();
        let network = Arc::new(network);
        let init = named("lsuv");
        assert!(init.needs_batch());
        let (before, mut report) = initialise(&network, &init, None, &stream(7)).unwrap();
        let mut after = before.clone();
        let values = (0..4 * 3 * size * size).map(|i| (0.37 * (i as f64)).sin() as f32 * 1.7);
        let data = TensorData::new(values.collect::<Vec<_>>(), [4, 3, size, size]);
        let pixels = Tensor::<4>::from_data(data, &Device::flex());
        unit_variance(&network, &init, &mut after, &mut report, pixels.clone()).unwrap();
        let mut again = report.clone();
        let mut unchanged = after.clone();
        unit_variance(&network, &init, &mut unchanged, &mut again, pixels.clone()).unwrap();
        assert_eq!(unchanged, after, "{name}: a layer was not within 0.1");
        let model = Model::new(network.clone(), &after, &pixels.device()).unwrap();
        assert_eq!(model.weights(), after);
        for (p, m) in network.parameters().iter().zip(&report.tensors) {
            let is_weight = matches!(p.kind, Kind::ConvWeight | Kind::LinearWeight);
            let factor = match m.action {
                Action::UnitVariance { factor } => factor as f32,
                _ => 1.0,
            };
            assert_eq!(
                is_weight && !p.is_classifier,
                matches!(m.action, Action::UnitVariance { .. })
            );
            for (a, b) in after.tensors[&p.path]
                .values
                .iter()
                .zip(&before.tensors[&p.path].values)
            {
                assert_eq!(*a, b * factor, "{name} {}", p.path);
            }
        }
    }
}

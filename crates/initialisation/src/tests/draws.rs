//! Initialisations that pretrained weights have no part in, and the synthetic first filters.

use super::*;
use crate::draw;
use crate::moments::moments;

/// Standard deviations and largest magnitudes of draws by `torch.nn.init` (2.14):
/// ```python
/// i = torch.nn.init; torch.manual_seed(0)
/// w = torch.empty(128, 64, 3, 3)
/// def show(name): print(f'("{name}", {w.double().std(correction=0):.9f}, {w.abs().max():.9f}),')
/// for law, word in (("kaiming_normal_", "he-normal"), ("kaiming_uniform_", "he-uniform")):
///     for mode in ("fan_in", "fan_out"):
///         getattr(i, law)(w, mode=mode, nonlinearity="relu"); show(f"{word}-{mode.replace('_', '-')}")
/// i.kaiming_uniform_(w, a=5 ** 0.5); show("pytorch")
/// i.xavier_normal_(w); show("glorot-normal")
/// i.xavier_uniform_(w); show("glorot-uniform")
/// i.trunc_normal_(w, std=0.01, a=-0.02, b=0.02); show("truncated-normal")
/// i.normal_(w, std=0.05); show("fixed-normal")
/// ```
const BY_PYTORCH: [(&str, f64, f64); 9] = [
    ("he-normal-fan-in", 0.058909184, 0.268859416),
    ("he-normal-fan-out", 0.041679259, 0.184079319),
    ("he-uniform-fan-in", 0.058978468, 0.102061763),
    ("he-uniform-fan-out", 0.041705847, 0.072165422),
    ("pytorch", 0.024030450, 0.041666582),
    ("glorot-normal", 0.034165790, 0.141035572),
    ("glorot-uniform", 0.034049690, 0.058923583),
    ("truncated-normal", 0.008805924, 0.019999078),
    ("fixed-normal", 0.050041037, 0.232727766),
];

/// Ours and PyTorch's variances agree within three standard errors of their ratio, √(4 / n), and
/// bounds of laws that have one within a thousandth.
#[test]
fn named_draws_are_those_of_pytorch() {
    let network = network("resnet18", 5);
    let path = "layer2.0.conv1.weight";
    let mut parameters = network.parameters().into_iter();
    let parameter = parameters.find(|p| p.path == path).unwrap();
    assert_eq!(parameter.shape, [128, 64, 3, 3]);
    for (word, std, largest) in BY_PYTORCH {
        let Policy::Draw(draw) = named(word).rules[0].policy else {
            panic!("{word}")
        };
        let values = draw::sample(draw, &parameter, &mut stream(4)(path));
        let (mean, variance) = moments(&values);
        let n = values.len() as f64;
        assert!(mean.abs() < 3.0 * std / n.sqrt(), "{word}: {mean}");
        let error = (variance / (std * std) - 1.0).abs();
        assert!(error < 3.0 * (4.0 / n).sqrt(), "{word}: {error}");
        let found = values.iter().fold(0f32, |m, v| m.max(v.abs()));
        let is_bounded = !word.contains("normal") || word.starts_with("truncated");
        let share = f64::from(found) / largest;
        assert!(!is_bounded || (share - 1.0).abs() < 1e-3, "{word}: {share}");
        let error = (draw::std(draw, &parameter) / std - 1.0).abs();
        assert!(error < 3.0 / (2.0 * n).sqrt(), "{word}: {error}");
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
        let drawn = draw::sample(network.draws.conv, parameter, &mut stream(6)(&first));
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

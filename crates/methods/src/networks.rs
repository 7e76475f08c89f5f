//! Networks, what they start from, and what of them is trained.

use initialisation::{Colour, Initialisation, Policy, Scale};
use networks::{Draw, Draws, zoo};
use record::results::{Protocol, Results};
use regimes::addition::Addition;
use regimes::{NormPolicy, Phase, Regime};
use study::{ModelResult, SourceResult};

use crate::library::*;
use crate::reference::Reference;
use crate::sentence::{Sentence, list, plain};

/// Most networks that a sentence names.
const NAMED: usize = 12;

/// The networks and their weights files.
pub fn networks(results: &Results) -> Vec<Sentence> {
    let one = |model: &ModelResult| {
        format!(
            "{} ({} parameters, {} multiply-adds a picture)",
            model.label,
            numbers::count(model.parameters as u64),
            numbers::magnitude(model.macs)
        )
    };
    let models: Vec<String> = results.models.iter().map(one).collect();
    let what = match models.len() {
        1 => "The network is",
        _ => "The networks are",
    };
    let cites = results
        .models
        .iter()
        .filter_map(|model| published(&model.choice.name));
    let mut said =
        vec![Sentence::new("/models", format!("{what} {}", list(&models, NAMED))).citing(cites)];
    said.extend(results.sources.iter().map(weights));
    said
}

/// Where a network of the zoo was published.
fn published(name: &str) -> Option<Reference> {
    let families = [
        ("cbr", CBR),
        ("resnet", RESNET),
        ("inception", INCEPTION),
        ("densenet", DENSENET),
        ("mobilenet-v2", MOBILENET),
        ("efficientnet", EFFICIENTNET),
        ("convnext-v2", CONVNEXT_V2),
        ("convnext", CONVNEXT),
        ("swin", SWIN),
        ("deit", DEIT),
        ("vit-small-16-dinov3", DINO_V3),
        ("vit-small-plus-16-dinov3", DINO_V3),
        ("vit-base-16-dinov3", DINO_V3),
        ("vit-large-16-dinov3", DINO_V3),
        ("vit-huge-plus-16-dinov3", DINO_V3),
        ("vit", VIT),
    ];
    let found = families
        .into_iter()
        .find(|(family, _)| name.starts_with(family));
    found.map(|(_, work)| work)
}

fn weights(source: &SourceResult) -> Sentence {
    let mut about = Vec::new();
    about.extend(
        source
            .images
            .map(|images| format!("{} pictures", numbers::count(images as u64))),
    );
    about.extend(
        source
            .classes
            .map(|classes| format!("{} classes", numbers::count(classes as u64))),
    );
    let about = match about.is_empty() {
        true => String::new(),
        false => format!(" ({})", about.join(", ")),
    };
    let part = match &source.part {
        Some(part) => format!(", of which the part `{part}` is taken"),
        None => String::new(),
    };
    Sentence::new(
        "/sources",
        format!(
            "Pretrained weights of {} come from the source task {}{about}; their file has the SHA-256 {}{part}",
            source.model, source.name, source.sha256
        ),
    )
}

/// What networks start from.
pub fn initialisations(results: &Results, protocol: &Protocol) -> Vec<Sentence> {
    let mut said: Vec<Sentence> = protocol.inits.iter().map(initialisation).collect();
    said.extend(own_draws(results));
    said.push(Sentence::new(
        "/protocol/inits",
        "The classifier is drawn anew unless a rule names it, the same for a seed in every initialisation",
    ));
    said
}

/// What drawn at random means, a sentence for all networks of one scheme.
fn own_draws(results: &Results) -> Vec<Sentence> {
    let data = &results.data;
    let mut schemes: Vec<(Draws, Vec<String>)> = Vec::new();
    for model in &results.models {
        let network = zoo::network(&model.choice, data.input(), data.classes.len());
        let Ok(draws) = network.map(|network| network.draws) else {
            continue;
        };
        match schemes.iter_mut().find(|(known, _)| *known == draws) {
            Some((_, models)) => models.push(model.label.clone()),
            None => schemes.push((draws, vec![model.label.clone()])),
        }
    }
    let sentence = |(draws, models): (Draws, Vec<String>)| {
        let text = format!(
            "The scheme of {}: convolutions from {}, linear layers from {}",
            list(&models, NAMED),
            law(draws.conv),
            law(draws.linear)
        );
        let works = [draws.conv, draws.linear].into_iter().filter_map(author);
        Sentence::new("/models", text).citing(works)
    };
    schemes.into_iter().map(sentence).collect()
}

/// A distribution.
fn law(draw: Draw) -> String {
    match draw {
        Draw::HeFanOut => "N(0, 2 / fan-out)".into(),
        Draw::HeFanIn => "N(0, 2 / fan-in)".into(),
        Draw::HeUniformFanOut => "the uniform distribution within ±√(6 / fan-out)".into(),
        Draw::HeUniformFanIn => "the uniform distribution within ±√(6 / fan-in)".into(),
        Draw::UniformFanIn => "the uniform distribution within ±1/√fan-in".into(),
        Draw::UniformFanOut => "the uniform distribution within ±1/√fan-out".into(),
        Draw::GlorotNormal => "N(0, 2 / (fan-in + fan-out))".into(),
        Draw::GlorotUniform => "the uniform distribution within ±√(6 / (fan-in + fan-out))".into(),
        Draw::Normal(std) => format!("N(0, {}²)", plain(std)),
        Draw::Truncated(std) => format!("N(0, {}²) within ±2", plain(std)),
        Draw::CutNormal(std) => format!("N(0, {}²) within two standard deviations", plain(std)),
    }
}

/// Where a distribution was published for this use.
fn author(draw: Draw) -> Option<Reference> {
    match draw {
        Draw::HeFanOut | Draw::HeFanIn | Draw::HeUniformFanOut | Draw::HeUniformFanIn => Some(HE),
        Draw::GlorotNormal | Draw::GlorotUniform => Some(GLOROT),
        _ => None,
    }
}

fn initialisation(init: &Initialisation) -> Sentence {
    let rules = init.rules.iter().map(|rule| {
        let which = match rule.select.is_whole() {
            true => "all tensors".to_owned(),
            false => format!("the tensors {}", rule.select),
        };
        format!("{which} {}", becomes(rule.policy))
    });
    let mut rules: Vec<String> = rules.collect();
    if !init.rules.iter().any(|rule| rule.select.is_whole()) {
        let rest = match rules.is_empty() {
            true => "all tensors",
            false => "the rest",
        };
        rules.push(format!("{rest} {}", becomes(Policy::Random)));
    }
    let cites = init.rules.iter().map(|rule| rule.policy);
    Sentence::new(
        "/protocol/inits",
        format!("Initialisation “{}”: {}", init.name, rules.join("; ")),
    )
    .citing(cites.filter_map(origin))
}

/// What a policy makes of tensors.
fn becomes(policy: Policy) -> String {
    let known = match policy {
        Policy::Random => "drawn at random by the scheme of the network",
        Policy::Draw(draw) => return format!("drawn from {}", law(draw)),
        Policy::Orthogonal => "drawn with orthonormal rows or columns",
        Policy::UnitVariance => {
            "drawn with orthonormal rows or columns and scaled so that layers write with variance 1"
        }
        Policy::Gabor { colour, scale } => match (colour, scale) {
            (Colour::Grey, Scale::He) => "set to a bank of grey Gabor filters",
            (Colour::Colour, Scale::He) => "set to a bank of grey and colour Gabor filters",
            (Colour::Grey, Scale::Pretrained) => {
                "set to a bank of grey Gabor filters of the pretrained standard deviation"
            }
            (Colour::Colour, Scale::Pretrained) => {
                "set to a bank of grey and colour Gabor filters of the pretrained standard deviation"
            }
        },
        Policy::MeanVar => "drawn with the mean and variance of the pretrained tensor",
        Policy::MeanVarPerChannel => {
            "drawn with the mean and variance of the pretrained tensor by output channel"
        }
        Policy::MeanVarNorms => {
            "drawn with the mean and variance of the pretrained tensor, scales and shifts of norms too"
        }
        Policy::Gaussian => "drawn with the mean and sample variance of the pretrained tensor",
        Policy::Shuffle => "set to the pretrained entries in random order",
        Policy::Bootstrap => "set to pretrained entries drawn with replacement",
        Policy::Knockoff => "drawn with the pretrained covariance between taps",
        Policy::Load => "copied from the pretrained weights",
    };
    known.into()
}

/// Where a policy was published.
fn origin(policy: Policy) -> Option<Reference> {
    match policy {
        Policy::Draw(draw) => author(draw),
        Policy::Orthogonal => Some(ORTHOGONAL),
        Policy::UnitVariance => Some(LSUV),
        Policy::MeanVar | Policy::Gabor { .. } => Some(CBR),
        _ => None,
    }
}

/// What is trained; nothing to say where that is everything, at one rate.
pub fn regimes(results: &Results, protocol: &Protocol) -> Vec<Sentence> {
    let mut said: Vec<Sentence> = match &protocol.regimes[..] {
        [only] if only.is_full() => vec![Sentence::new(
            "/protocol/regimes",
            "All weights are trained at one rate",
        )],
        regimes => regimes.iter().map(regime).collect(),
    };
    let mut sizes: Vec<usize> = results
        .arms
        .iter()
        .filter(|arm| !arm.is_all)
        .map(|arm| arm.train_size)
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    if !sizes.is_empty() {
        let sizes: Vec<String> = sizes
            .iter()
            .map(|size| numbers::count(*size as u64))
            .collect();
        said.push(Sentence::new(
            "/arms",
            format!(
                "Arms with fewer training pictures ({}) have stratified parts of the training set, drawn by seed, the smaller among the larger",
                list(&sizes, NAMED)
            ),
        ));
    }
    said
}

fn regime(regime: &Regime) -> Sentence {
    let phases = regime.phases.iter();
    let phases: Vec<String> = phases
        .map(|phase| told(phase, regime.phases.len() > 1))
        .collect();
    let cite = match regime.name.as_str() {
        "lp-ft" => Some(LP_FT),
        "gradual" => Some(GRADUAL),
        "bitfit" => Some(BITFIT),
        "norm-only" => Some(NORM_ONLY),
        _ => None,
    };
    let (beside, added) = match &regime.addition {
        None => (String::new(), None),
        Some(Addition::Lora(lora)) => (
            format!(
                "products of matrices of rank {} times {} are added to what layers of {} compute, and become part of their weights after training; ",
                lora.rank,
                plain(lora.alpha / lora.rank as f64),
                lora.on
            ),
            Some(LORA),
        ),
        Some(Addition::Ssf(ssf)) => (
            format!(
                "what layers of {} compute is scaled and shifted by channel, which becomes part of their weights after training; ",
                ssf.on
            ),
            Some(SSF),
        ),
        Some(Addition::Adapter(adapter)) => (
            format!(
                "adapters, two layers with a {}th of the channels between them, are added behind residual bodies with layers of {}, or behind such blocks where there are none, and stay in the network; ",
                adapter.reduction, adapter.on
            ),
            Some(ADAPTER),
        ),
    };
    let penalty = regime.phases.iter().any(|phase| phase.l2_sp.is_some());
    Sentence::new(
        "/protocol/regimes",
        format!(
            "Training “{}”: {beside}{}",
            regime.name,
            phases.join("; then ")
        ),
    )
    .citing(cite)
    .citing(added)
    .citing(penalty.then_some(L2_SP))
}

fn told(phase: &Phase, has_share: bool) -> String {
    let mut parts = Vec::new();
    if has_share {
        parts.push(format!(
            "for {}% of the steps",
            numbers::fixed(100.0 * phase.share, 0)
        ));
    }
    parts.push(match (&phase.only, &phase.freeze) {
        (None, None) => "everything is trained".to_owned(),
        (Some(only), None) => format!("only the tensors {only} are trained"),
        (None, Some(selection)) => format!("the tensors {selection} stay as they are"),
        (Some(only), Some(selection)) => {
            format!("only the tensors {only} are trained, without {selection}")
        }
    });
    let frozen = phase.freeze.as_ref().or(phase.only.as_ref());
    match (phase.norms, frozen) {
        (Some(NormPolicy::Train), _) => parts.push("batch norms are trained".into()),
        (Some(NormPolicy::FrozenStatistics), _) => {
            parts.push("batch norms use their running statistics".into());
        }
        (Some(NormPolicy::FrozenAffine), _) | (None, Some(_)) => {
            parts.push("frozen batch norms use their running statistics".into());
        }
        (None, None) => {}
    }
    parts.extend(phase.layer_decay.map(|decay| {
        format!(
            "the rate falls by the factor {} from each block to the one below",
            plain(decay)
        )
    }));
    parts.extend(
        phase
            .rates
            .iter()
            .map(|(term, rate)| format!("the rate of {term} is multiplied by {}", plain(*rate))),
    );
    parts.extend(phase.l2_sp.map(|penalty| {
        format!(
            "the distance to the start is penalised with α = {} and β = {}",
            plain(penalty.alpha),
            plain(penalty.beta)
        )
    }));
    if phase.lr != 1.0 {
        parts.push(format!("the rate is multiplied by {}", plain(phase.lr)));
    }
    parts.join(", ")
}

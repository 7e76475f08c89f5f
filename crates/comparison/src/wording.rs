//! What selections, initialisations and regimes are, in the words of a sentence.

use initialisation::{Colour, Initialisation, Policy, Scale};
use networks::Selection;
use regimes::addition::Addition;
use regimes::{NormPolicy, Phase, Regime};

/// Phases that are told one by one; of more, the first and the last.
const PHASES_TOLD: usize = 3;

/// What a selection holds: `block2`, `everything up to block2`, `the first convolution`.
fn selected(selection: &Selection) -> String {
    if selection.is_whole() {
        return "everything".into();
    }
    listed(selection.terms().iter().map(|term| term_in_words(term)))
}

/// The same as a place: `up to block2`, `in block2`; empty where it holds everything.
fn place(selection: &Selection) -> String {
    match selection.terms() {
        _ if selection.is_whole() => String::new(),
        [term] => match range(term) {
            Some((None, Some(to))) => format!(" up to {to}"),
            Some((Some(from), None)) => format!(" from {from} on"),
            _ => format!(" in {}", term_in_words(term)),
        },
        _ => format!(" in {}", selected(selection)),
    }
}

/// The ends of a range of blocks.
fn range(term: &str) -> Option<(Option<&str>, Option<&str>)> {
    let (from, to) = term.split_once("..")?;
    let end = |name| Some(name).filter(|name: &&str| !name.is_empty());
    Some((end(from), end(to)))
}

fn term_in_words(term: &str) -> String {
    match (term, range(term)) {
        ("all", _) | (_, Some((None, None))) => "everything".into(),
        ("backbone", _) => "everything but the classifier".into(),
        ("classifier", _) => "the classifier".into(),
        ("norms", _) => "the norms".into(),
        ("convolutions", _) => "the convolutions".into(),
        ("conv1", _) => "the first convolution".into(),
        ("linear", _) => "the linear layers".into(),
        ("attention", _) => "the linear layers of attention".into(),
        ("biases", _) => "the biases".into(),
        ("added", _) => "what was added".into(),
        (_, Some((None, Some(to)))) => format!("everything up to {to}"),
        (_, Some((Some(from), None))) => format!("everything from {from} on"),
        (_, Some((Some(from), Some(to)))) => format!("{from} to {to}"),
        (name, None) => name.into(),
    }
}

/// What weights are under a policy, for the beginning of a sentence's object.
fn weights(policy: Policy) -> String {
    match policy {
        Policy::Random => "random weights".into(),
        Policy::Draw(_) => format!("random weights ({})", policy.word()),
        Policy::Orthogonal => "random orthogonal weights".into(),
        Policy::UnitVariance => {
            "random orthogonal weights, scaled to unit variance of what each layer writes".into()
        }
        Policy::Gabor { colour, scale } => {
            let colour = match colour {
                Colour::Grey => "Gabor filters",
                Colour::Colour => "colour Gabor filters",
            };
            match scale {
                Scale::He => colour.into(),
                Scale::Pretrained => format!("{colour} of the pretrained scale"),
            }
        }
        Policy::MeanVar => "random weights of the pretrained means and variances".into(),
        Policy::MeanVarPerChannel => {
            "random weights of every channel's pretrained mean and variance".into()
        }
        Policy::MeanVarNorms => {
            "random weights and norms of the pretrained means and variances".into()
        }
        Policy::Gaussian => "normal random weights of the pretrained mean and variance".into(),
        Policy::Shuffle => "pretrained weights in random order".into(),
        Policy::Bootstrap => "pretrained weights drawn with replacement".into(),
        Policy::Knockoff => "random filters of the pretrained covariance".into(),
        Policy::Load => "pretrained weights".into(),
    }
}

/// What a network starts from: `pretrained weights up to block1, random weights elsewhere`. Two
/// initialisations may have the same words where they differ in name alone.
pub(crate) fn start(initialisation: &Initialisation) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut is_whole = false;
    for rule in &initialisation.rules {
        let at = match rule.policy {
            // The bank is the first convolution's, whatever else is selected.
            Policy::Gabor { .. } => " in the first convolution".into(),
            _ => place(&rule.select),
        };
        is_whole = at.is_empty();
        let elsewhere = if is_whole && !parts.is_empty() {
            " elsewhere"
        } else {
            ""
        };
        parts.push(format!("{}{at}{elsewhere}", weights(rule.policy)));
        if is_whole {
            break;
        }
    }
    if parts.is_empty() {
        return weights(Policy::Random);
    }
    if !is_whole {
        parts.push(format!("{} elsewhere", weights(Policy::Random)));
    }
    parts.join(", ")
}

/// What a phase does to weights; empty where everything is trained at one rate.
fn trained(phase: &Phase) -> String {
    let mut parts = Vec::new();
    if let Some(only) = &phase.only {
        parts.push(format!("only {} trained", selected(only)));
    }
    match &phase.freeze {
        Some(all) if *all == Selection::backbone() => {
            parts.push("only the classifier trained".into());
        }
        Some(selection) => parts.push(format!("{} kept frozen", selected(selection))),
        None => {}
    }
    match phase.norms {
        None => {}
        Some(NormPolicy::Train) => parts.push("norms trained".into()),
        Some(NormPolicy::FrozenStatistics) => parts.push("statistics of norms kept".into()),
        Some(NormPolicy::FrozenAffine) => parts.push("norms kept as they are".into()),
    }
    if let Some(decay) = phase.layer_decay {
        parts.push(format!(
            "the learning rate times {decay} from block to block downwards"
        ));
    }
    if !phase.rates.is_empty() {
        let rates = phase.rates.iter();
        let rates = rates.map(|(term, rate)| format!("{rate} in {}", term_in_words(term)));
        parts.push(format!("the learning rate times {}", listed(rates)));
    }
    if phase.l2_sp.is_some() {
        parts.push("held near the start (L2-SP)".into());
    }
    if phase.lr != 1.0 {
        parts.push(format!("the learning rate times {}", phase.lr));
    }
    parts.join(", ")
}

/// How weights are trained: `everything up to block1 kept frozen`; empty where everything is trained
/// at one rate throughout.
pub(crate) fn training(regime: &Regime) -> String {
    let beside = match &regime.addition {
        None => String::new(),
        Some(Addition::Lora(lora)) => {
            format!("LoRA of rank {} beside {}, ", lora.rank, selected(&lora.on))
        }
        Some(Addition::Ssf(ssf)) if ssf.on.is_whole() => "SSF behind all layers, ".into(),
        Some(Addition::Ssf(ssf)) => format!("SSF behind {}, ", selected(&ssf.on)),
        Some(Addition::Adapter(adapter)) if adapter.on.is_whole() => {
            format!("adapters of a {}th of the channels, ", adapter.reduction)
        }
        Some(Addition::Adapter(adapter)) => format!(
            "adapters of a {}th of the channels behind {}, ",
            adapter.reduction,
            selected(&adapter.on)
        ),
    };
    beside + &phases(regime)
}

/// What the phases of a regime do to weights.
fn phases(regime: &Regime) -> String {
    let told = |phase: &Phase| match trained(phase) {
        empty if empty.is_empty() => "everything trained".into(),
        words => words,
    };
    match &regime.phases[..] {
        [] => String::new(),
        [phase] => trained(phase),
        few if few.len() <= PHASES_TOLD => {
            let phases: Vec<String> = few.iter().map(told).collect();
            format!("first {}", phases.join(", then "))
        }
        [first, .., last] => format!(
            "{} phases of training, from “{}” to “{}”",
            regime.phases.len(),
            told(first),
            told(last)
        ),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    match &items[..] {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use regimes::addition::Lora;

    use super::*;

    #[test]
    fn initialisations_read_as_a_sentence_goes_on() {
        for (init, words) in [
            (Initialisation::random(), "random weights"),
            (Initialisation::transfer(), "pretrained weights"),
            (
                Initialisation::mean_var(),
                "random weights of the pretrained means and variances",
            ),
            (
                Initialisation::transfuse("block1"),
                "pretrained weights up to block1, random weights elsewhere",
            ),
            (
                Initialisation::load("block2".into(), Policy::Shuffle),
                "pretrained weights in block2, pretrained weights in random order elsewhere",
            ),
            (
                Initialisation::named("gabor").expect("a word"),
                "Gabor filters in the first convolution, random weights elsewhere",
            ),
        ] {
            assert_eq!(start(&init), words);
        }
        for word in Initialisation::words() {
            let init = Initialisation::named(word).expect("a word");
            let words = start(&init);
            assert!(
                words.contains("eights") || words.contains("ilters"),
                "{words}"
            );
        }
    }

    #[test]
    fn regimes_say_what_is_kept() {
        let freezing = |term: &str| Regime::of(vec![Phase::full(1.0).freezing(term.into())]);
        for (regime, words) in [
            (Regime::full(), ""),
            (freezing("..block1"), "everything up to block1 kept frozen"),
            (Regime::linear_probe(), "only the classifier trained"),
            (
                Regime::bitfit(),
                "only the biases and the classifier trained",
            ),
            (
                Regime::full().adding(Addition::Lora(Lora::default())),
                "LoRA of rank 8 beside the linear layers, only what was added and the classifier trained",
            ),
            (
                Regime::lp_ft(),
                "first only the classifier trained, then everything trained",
            ),
            (
                Regime::of(vec![Phase {
                    layer_decay: Some(0.7),
                    norms: Some(NormPolicy::FrozenStatistics),
                    ..Phase::full(1.0)
                }]),
                "statistics of norms kept, the learning rate times 0.7 from block to block downwards",
            ),
        ] {
            assert_eq!(training(&regime), words);
        }
        let many = Regime::of(vec![Phase::full(0.2); 5]);
        assert!(training(&many).starts_with("5 phases of training"));
        let rates = Phase {
            rates: [("..block1".to_owned(), 0.1), ("classifier".to_owned(), 2.0)].into(),
            ..Phase::full(1.0)
        };
        assert_eq!(
            training(&Regime::of(vec![rates])),
            "the learning rate times 0.1 in everything up to block1 and 2 in the classifier"
        );
    }
}

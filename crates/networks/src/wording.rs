//! What selections, initialisations and regimes are, in the words of a sentence.

use crate::initialisation::{Colour, Initialisation, Policy, Scale};
use crate::regime::{NormPolicy, Phase, Regime};
use crate::selection::Selection;

/// Phases that are told one by one; of more, the first and the last.
const PHASES_TOLD: usize = 3;

impl Selection {
    /// What it holds: `block2`, `everything up to block2`, `the first convolution`.
    pub fn in_words(&self) -> String {
        if self.is_whole() {
            return "everything".into();
        }
        listed(self.terms().iter().map(|term| term_in_words(term)))
    }

    /// The same as a place: `up to block2`, `in block2`; empty where it holds everything.
    fn as_place(&self) -> String {
        match self.terms() {
            _ if self.is_whole() => String::new(),
            [term] => match range(term) {
                Some((None, Some(to))) => format!(" up to {to}"),
                Some((Some(from), None)) => format!(" from {from} on"),
                _ => format!(" in {}", term_in_words(term)),
            },
            _ => format!(" in {}", self.in_words()),
        }
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
        (_, Some((None, Some(to)))) => format!("everything up to {to}"),
        (_, Some((Some(from), None))) => format!("everything from {from} on"),
        (_, Some((Some(from), Some(to)))) => format!("{from} to {to}"),
        (name, None) => name.into(),
    }
}

impl Policy {
    /// What weights are under it, for the beginning of a sentence's object.
    pub fn in_words(self) -> String {
        match self {
            Self::Random => "random weights".into(),
            Self::Draw(_) => format!("random weights ({})", self.word()),
            Self::Orthogonal => "random orthogonal weights".into(),
            Self::UnitVariance => {
                "random orthogonal weights, scaled to unit variance of what each layer writes"
                    .into()
            }
            Self::Gabor { colour, scale } => {
                let colour = match colour {
                    Colour::Grey => "Gabor filters",
                    Colour::Colour => "colour Gabor filters",
                };
                match scale {
                    Scale::He => colour.into(),
                    Scale::Pretrained => format!("{colour} of the pretrained scale"),
                }
            }
            Self::MeanVar => "random weights of the pretrained means and variances".into(),
            Self::MeanVarPerChannel => {
                "random weights of every channel's pretrained mean and variance".into()
            }
            Self::MeanVarNorms => {
                "random weights and norms of the pretrained means and variances".into()
            }
            Self::Gaussian => "normal random weights of the pretrained mean and variance".into(),
            Self::Shuffle => "pretrained weights in random order".into(),
            Self::Bootstrap => "pretrained weights drawn with replacement".into(),
            Self::Knockoff => "random filters of the pretrained covariance".into(),
            Self::Load => "pretrained weights".into(),
        }
    }
}

impl Initialisation {
    /// What a network starts from: `pretrained weights up to block1, random weights elsewhere`.
    /// Two initialisations may have the same words where they differ in name alone.
    pub fn in_words(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        let mut is_whole = false;
        for rule in &self.rules {
            let place = match rule.policy {
                // The bank is the first convolution's, whatever else is selected.
                Policy::Gabor { .. } => " in the first convolution".into(),
                _ => rule.select.as_place(),
            };
            is_whole = place.is_empty();
            let elsewhere = if is_whole && !parts.is_empty() {
                " elsewhere"
            } else {
                ""
            };
            parts.push(format!("{}{place}{elsewhere}", rule.policy.in_words()));
            if is_whole {
                break;
            }
        }
        if parts.is_empty() {
            return Policy::Random.in_words();
        }
        if !is_whole {
            parts.push(format!("{} elsewhere", Policy::Random.in_words()));
        }
        parts.join(", ")
    }
}

impl Phase {
    /// What it does to weights; empty where everything is trained at one rate.
    fn in_words(&self) -> String {
        let mut parts = Vec::new();
        match &self.freeze {
            Some(all) if *all == Selection::backbone() => {
                parts.push("only the classifier trained".into());
            }
            Some(selection) => parts.push(format!("{} kept frozen", selection.in_words())),
            None => {}
        }
        match self.norms {
            None => {}
            Some(NormPolicy::Train) => parts.push("norms trained".into()),
            Some(NormPolicy::FrozenStatistics) => parts.push("statistics of norms kept".into()),
            Some(NormPolicy::FrozenAffine) => parts.push("norms kept as they are".into()),
        }
        if let Some(decay) = self.layer_decay {
            parts.push(format!(
                "the learning rate times {decay} from block to block downwards"
            ));
        }
        if !self.rates.is_empty() {
            let rates = self.rates.iter();
            let rates = rates.map(|(term, rate)| format!("{rate} in {}", term_in_words(term)));
            parts.push(format!("the learning rate times {}", listed(rates)));
        }
        if self.l2_sp.is_some() {
            parts.push("held near the start (L2-SP)".into());
        }
        if self.lr != 1.0 {
            parts.push(format!("the learning rate times {}", self.lr));
        }
        parts.join(", ")
    }
}

impl Regime {
    /// How weights are trained: `everything up to block1 kept frozen`; empty where everything is
    /// trained at one rate throughout.
    pub fn in_words(&self) -> String {
        let told = |phase: &Phase| match phase.in_words() {
            empty if empty.is_empty() => "everything trained".into(),
            words => words,
        };
        match &self.phases[..] {
            [] => String::new(),
            [phase] => phase.in_words(),
            few if few.len() <= PHASES_TOLD => {
                let phases: Vec<String> = few.iter().map(told).collect();
                format!("first {}", phases.join(", then "))
            }
            [first, .., last] => format!(
                "{} phases of training, from “{}” to “{}”",
                self.phases.len(),
                told(first),
                told(last)
            ),
        }
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
            assert_eq!(init.in_words(), words);
        }
        for word in Initialisation::words() {
            let init = Initialisation::named(word).expect("a word");
            assert!(init.in_words().contains("eights") || init.in_words().contains("ilters"));
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
            assert_eq!(regime.in_words(), words);
        }
        let many = Regime::of(vec![Phase::full(0.2); 5]);
        assert!(many.in_words().starts_with("5 phases of training"));
        let rates = Phase {
            rates: [("..block1".to_owned(), 0.1), ("classifier".to_owned(), 2.0)].into(),
            ..Phase::full(1.0)
        };
        assert_eq!(
            Regime::of(vec![rates]).in_words(),
            "the learning rate times 0.1 in everything up to block1 and 2 in the classifier"
        );
    }
}

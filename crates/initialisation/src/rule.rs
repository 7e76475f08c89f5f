//! Rules: which tensors, and what happens to them.

use serde::{Deserialize, Serialize};

use super::{InitialisationError, Policy};
use networks::{Network, Parameter, Selection};

/// The word of the initialisation that loads everything.
const TRANSFER: &str = "transfer";

/// A selection and its policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Which tensors.
    pub select: Selection,
    /// What happens to them.
    pub policy: Policy,
}

/// An ordered list of rules; the first that takes a tensor decides, `random` where none does.
///
/// The classifier is `random` too, whatever selections hold it, so that a seed has the same head in
/// every initialisation; only a rule that names it (`classifier`, or the path of its tensor) takes
/// it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Initialisation {
    /// Name in tables and directories.
    pub name: String,
    /// First match wins.
    pub rules: Vec<Rule>,
}

impl Initialisation {
    /// The words that stand for an initialisation of the whole network, in the order of the
    /// documentation.
    pub fn words() -> impl Iterator<Item = &'static str> {
        Policy::words().map(|word| match word == Policy::Load.word() {
            true => TRANSFER,
            false => word,
        })
    }

    /// The initialisation of a word: its policy for every tensor, or for the first convolution
    /// where it is a bank of filters.
    pub fn named(word: &str) -> Option<Self> {
        let policy = match word {
            TRANSFER => Policy::Load,
            word => Policy::named(word).filter(|policy| *policy != Policy::Load)?,
        };
        Some(match policy {
            Policy::Random => Self::random(),
            Policy::Gabor { .. } => Self::of(word, [("conv1".into(), policy)]),
            policy => Self::of(word, [(Selection::all(), policy)]),
        })
    }

    /// An initialisation by its rules.
    pub fn of(
        name: impl Into<String>,
        rules: impl IntoIterator<Item = (Selection, Policy)>,
    ) -> Self {
        let rules = rules.into_iter();
        Self {
            name: name.into(),
            rules: rules
                .map(|(select, policy)| Rule { select, policy })
                .collect(),
        }
    }

    /// Everything from the network's own draws.
    pub fn random() -> Self {
        Self::of(Policy::Random.word(), [])
    }

    /// Everything but the classifier from the pretrained weights.
    pub fn transfer() -> Self {
        Self::of(TRANSFER, [(Selection::all(), Policy::Load)])
    }

    /// Everything but the classifier drawn with the pretrained means and variances.
    pub fn mean_var() -> Self {
        Self::of(
            Policy::MeanVar.word(),
            [(Selection::all(), Policy::MeanVar)],
        )
    }

    /// The blocks up to and including `block` from the pretrained weights, the rest random.
    pub fn transfuse(block: &str) -> Self {
        let loaded = (Selection::up_to(block), Policy::Load);
        Self::of(format!("transfuse-{block}"), [loaded])
    }

    /// `selected` from the pretrained weights, the others by `rest`; named
    /// `load-<selection>-rest-<policy>`, without the rest where that is random.
    pub fn load(selected: Selection, rest: Policy) -> Self {
        let name = format!("load-{selected}");
        Self::with_rest(name, (selected, Policy::Load), rest)
    }

    /// The first convolution by `first`, the others by `rest`; named `<first>-rest-<rest>`, without
    /// the rest where that is random.
    pub fn first_convolution(first: Policy, rest: Policy) -> Self {
        Self::with_rest(first.word().into(), ("conv1".into(), first), rest)
    }

    fn with_rest(name: String, first: (Selection, Policy), rest: Policy) -> Self {
        match rest {
            Policy::Random => Self::of(name, [first]),
            rest => Self::of(
                format!("{name}-rest-{}", rest.word()),
                [first, (Selection::all(), rest)],
            ),
        }
    }

    /// Whether any rule reads pretrained weights.
    pub fn needs_weights(&self) -> bool {
        self.rules.iter().any(|r| r.policy.reads_weights())
    }

    /// Whether any rule looks at a batch: [`UnitVariance`](super::UnitVariance) is due.
    pub fn needs_batch(&self) -> bool {
        self.rules.iter().any(|r| r.policy == Policy::UnitVariance)
    }

    /// Every tensor of the network, from the input to the head, with what becomes of it.
    pub(super) fn policies(
        &self,
        network: &Network,
    ) -> Result<Vec<(Parameter, Policy)>, InitialisationError> {
        let selected = self
            .rules
            .iter()
            .map(|rule| rule.select.paths(network))
            .collect::<Result<Vec<_>, _>>()?;
        let policy = |parameter: &Parameter| {
            let path = &parameter.path;
            self.rules
                .iter()
                .zip(&selected)
                .filter(|(rule, _)| !parameter.is_classifier || rule.select.names(path))
                .find(|(_, selected)| selected.contains(path))
                .map(|(rule, _)| rule.policy)
                // No pretrained tensor has the extents of a slimmed block's.
                .filter(|policy| !(parameter.is_new && policy.reads_weights()))
                .unwrap_or(Policy::Random)
        };
        let parameters = network.parameters().into_iter();
        Ok(parameters
            .map(|parameter| {
                let policy = policy(&parameter);
                (parameter, policy)
            })
            .collect())
    }
}

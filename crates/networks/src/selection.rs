//! Selections of tensors, as a study writes them.

use std::any::Any;
use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::layer::{AnyKind, Attention, WindowAttention};
use crate::network::Network;
use crate::parameter::{Kind, Parameter};
use crate::pattern::Pattern;

/// Why a selection does not fit a network.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SelectionError {
    /// It names a block that the network does not have.
    #[error(
        "network `{network}` has no block `{block}`; its blocks are {known} (a name with `*` or `.` is a pattern of tensor names)"
    )]
    UnknownBlock {
        /// The network.
        network: String,
        /// What is named.
        block: String,
        /// The network's blocks, comma separated.
        known: String,
    },
    /// A range ends before it begins.
    #[error("`{term}` is empty: in network `{network}` the blocks follow in the order {known}")]
    Backwards {
        /// The network.
        network: String,
        /// The range.
        term: String,
        /// The network's blocks, comma separated.
        known: String,
    },
    /// No tensor is selected.
    #[error(
        "`{term}` selects no tensor of network `{network}`; `transfusion models {network}` lists them"
    )]
    Nothing {
        /// The network.
        network: String,
        /// What was written.
        term: String,
    },
}

/// Which tensors of a network: a union of terms.
///
/// | term | tensors |
/// |---|---|
/// | `all` | every one |
/// | `block2` | those of that block |
/// | `..block2`, `block1..block3`, `block3..` | those of a range of blocks, both ends included |
/// | `conv1` | weight and bias of the first convolution |
/// | `convolutions` | weights and biases of convolutions |
/// | `norms` | scale, shift and running statistics of batch and layer norms |
/// | `linear` | weights and biases of linear layers but the classifier |
/// | `attention` | those of the linear layers before and behind each self-attention: query, key, value and output |
/// | `biases` | biases of layers and shifts of norms, but for the classifier's |
/// | `added` | what the regime added, such as the matrices of LoRA |
/// | `classifier` | the last linear layer, and that of an auxiliary head |
/// | `backbone` | all but these |
/// | `layer1.*.bn*.weight` with `*` or `.` | those whose path is of that form; `*` stands for any characters |
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Selection {
    terms: Vec<String>,
}

/// A selection as it is written: one term or a list.
#[derive(Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a selection: a term such as \"..block2\", or a list of terms"
)]
enum Written {
    One(String),
    Many(Vec<String>),
}

impl From<Written> for Selection {
    fn from(written: Written) -> Self {
        match written {
            Written::One(term) => Self { terms: vec![term] },
            Written::Many(terms) => Self { terms },
        }
    }
}

impl From<Selection> for Written {
    fn from(mut selection: Selection) -> Self {
        match selection.terms.len() {
            1 => Self::One(selection.terms.remove(0)),
            _ => Self::Many(selection.terms),
        }
    }
}

impl From<&str> for Selection {
    fn from(term: &str) -> Self {
        Self {
            terms: vec![term.into()],
        }
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.terms.join("+"))
    }
}

impl Selection {
    /// Every tensor.
    pub fn all() -> Self {
        "all".into()
    }

    /// Every tensor but the classifier's.
    pub fn backbone() -> Self {
        "backbone".into()
    }

    /// The last linear layer, and that of an auxiliary head.
    pub fn classifier() -> Self {
        "classifier".into()
    }

    /// The first block up to and including `block`.
    pub fn up_to(block: &str) -> Self {
        format!("..{block}").as_str().into()
    }

    /// What any of `terms` selects.
    pub fn union<const N: usize>(terms: [&str; N]) -> Self {
        Self {
            terms: terms.map(String::from).into(),
        }
    }

    /// What was written, term by term.
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// Whether it holds every tensor but the classifier's, whatever the network: `all`, `..` or
    /// `backbone`.
    pub fn is_whole(&self) -> bool {
        let is_whole = |term: &String| matches!(term.as_str(), "all" | ".." | "backbone");
        !self.terms.is_empty() && self.terms.iter().all(is_whole)
    }

    /// Whether it says `classifier` or begins with the path of this tensor's layer (`fc.weight`,
    /// `fc.*`), and does not only hold the tensor among others.
    pub fn names(&self, path: &str) -> bool {
        let layer = format!("{}.", layer(path));
        let mut terms = self.terms.iter();
        terms.any(|term| term == "classifier" || term.starts_with(&layer))
    }

    /// Paths of the selected tensors, buffers included; never empty.
    pub fn paths(&self, network: &Network) -> Result<BTreeSet<String>, SelectionError> {
        let parameters = network.parameters();
        let mut selected = BTreeSet::new();
        for term in &self.terms {
            let holds = holds(term, network, &parameters)?;
            let before = selected.len();
            let found = parameters.iter().filter(|p| holds(p));
            selected.extend(found.map(|p| p.path.clone()));
            if selected.len() == before && !parameters.iter().any(&holds) {
                return Err(SelectionError::Nothing {
                    network: network.name.clone(),
                    term: term.clone(),
                });
            }
        }
        match selected.is_empty() {
            false => Ok(selected),
            true => Err(SelectionError::Nothing {
                network: network.name.clone(),
                term: self.to_string(),
            }),
        }
    }
}

/// Whether a term holds a tensor.
type Holds = Box<dyn Fn(&Parameter) -> bool>;

fn holds(term: &str, network: &Network, parameters: &[Parameter]) -> Result<Holds, SelectionError> {
    let known = || {
        let names: Vec<_> = network.blocks.iter().map(|b| b.name.as_str()).collect();
        names.join(", ")
    };
    let index = |block: &str| {
        network
            .block_index(block)
            .ok_or_else(|| SelectionError::UnknownBlock {
                network: network.name.clone(),
                block: block.into(),
                known: known(),
            })
    };
    Ok(match term {
        "all" => Box::new(|_| true),
        "norms" => Box::new(|p| p.kind.is_norm()),
        "biases" => Box::new(|p| {
            !p.is_added && !p.is_classifier && matches!(p.kind, Kind::Bias | Kind::NormShift)
        }),
        "added" => Box::new(|p| p.is_added),
        "attention" => {
            let mut layers = BTreeSet::new();
            for block in &network.blocks {
                let list: Vec<&AnyKind> = block.layers.iter().map(AsRef::as_ref).collect();
                around_attention(&list, &mut layers);
            }
            Box::new(move |p| !p.is_added && layers.contains(layer(&p.path)))
        }
        "classifier" => Box::new(|p| p.is_classifier),
        "backbone" => Box::new(|p| !p.is_classifier),
        "convolutions" | "linear" => {
            let kind = match term {
                "linear" => Kind::LinearWeight,
                _ => Kind::ConvWeight,
            };
            let own = parameters
                .iter()
                .filter(|p| !p.is_added && !p.is_classifier);
            let weights = own.filter(|p| p.kind == kind);
            let layers: BTreeSet<String> = weights.map(|p| layer(&p.path).to_string()).collect();
            Box::new(move |p| layers.contains(layer(&p.path)))
        }
        "conv1" => {
            let first = network.first_conv().unwrap_or_default();
            Box::new(move |p| layer(&p.path) == layer(&first))
        }
        range if range.contains("..") => {
            let (from, to) = range.split_once("..").unwrap_or((range, range));
            let first = match from {
                "" => 0,
                from => index(from)?,
            };
            let last = match to {
                "" => network.blocks.len().saturating_sub(1),
                to => index(to)?,
            };
            if first > last {
                return Err(SelectionError::Backwards {
                    network: network.name.clone(),
                    term: term.into(),
                    known: known(),
                });
            }
            Box::new(move |p| (first..=last).contains(&p.block))
        }
        pattern if pattern.contains(['*', '.']) => {
            let pattern = Pattern(pattern.into());
            Box::new(move |p| pattern.matches(&p.path))
        }
        block => {
            let block = index(block)?;
            Box::new(move |p| p.block == block)
        }
    })
}

/// Adds the paths of the nearest linear layers before and behind each self-attention.
fn around_attention(list: &[&AnyKind], into: &mut BTreeSet<String>) {
    let linear = |kind: &&AnyKind| {
        let tensors = kind.tensors().into_iter();
        let mut weights = tensors.filter(|p| p.kind == Kind::LinearWeight);
        weights.next().map(|p| layer(&p.path).to_string())
    };
    for (at, kind) in list.iter().enumerate() {
        let any: &dyn Any = *kind;
        if any.is::<Attention>() || any.is::<WindowAttention>() {
            into.extend(list[..at].iter().rev().find_map(linear));
            into.extend(list[at + 1..].iter().find_map(linear));
        }
        for inner in kind.inner() {
            around_attention(&inner.layers, into);
        }
    }
}

/// The path of the layer that a tensor belongs to.
pub fn layer(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(layer, _)| layer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Input;
    use crate::zoo::{self, Choice};

    const INPUT: Input = Input::square(3, 224);

    fn network(name: &str) -> Network {
        zoo::network(&Choice::named(name), INPUT, 5).expect("networks of the zoo can be built")
    }

    /// Every term against what it says, in every network.
    #[test]
    fn terms_hold_what_they_say() {
        for name in zoo::names() {
            let network = network(name);
            let parameters = network.parameters();
            let check = |term: &str, expected: &dyn Fn(&Parameter) -> bool| {
                let found = Selection::from(term).paths(&network).unwrap();
                for p in &parameters {
                    assert_eq!(
                        found.contains(&p.path),
                        expected(p),
                        "{name} {term} {}",
                        p.path
                    );
                }
            };
            check("all", &|_| true);
            check("..", &|_| true);
            check("norms", &|p| p.kind.is_norm());
            check("biases", &|p| {
                !p.is_classifier && matches!(p.kind, Kind::Bias | Kind::NormShift)
            });
            check("classifier", &|p| p.is_classifier);
            check("backbone", &|p| !p.is_classifier);
            for (i, block) in network.blocks.iter().enumerate() {
                if !parameters.iter().any(|p| p.block == i) {
                    continue;
                }
                check(&block.name, &|p| p.block == i);
                check(&format!("..{}", block.name), &|p| p.block <= i);
                check(&format!("{}..", block.name), &|p| p.block >= i);
                check(&format!("stem..{}", block.name), &|p| p.block <= i);
            }
            let first = network.first_conv().unwrap();
            check(&first.clone(), &|p| p.path == first);
        }
    }

    /// Windows stand between them.
    #[test]
    fn attention_has_linear_layers_around_it() {
        let network = network("swin-tiny");
        let found = Selection::from("attention").paths(&network).unwrap();
        for p in network.parameters() {
            let is_around = p.path.contains(".attn.qkv.") || p.path.contains(".attn.proj.");
            assert_eq!(found.contains(&p.path), is_around, "{}", p.path);
        }
    }

    #[test]
    fn lists_are_unions() {
        let network = network("resnet50");
        let list: Selection =
            serde_json::from_str(r#"["stem", "layer4.*.conv1.*", "fc.bias"]"#).unwrap();
        let found = list.paths(&network).unwrap();
        assert!(found.contains("bn1.running_var") && found.contains("layer4.2.conv1.weight"));
        assert!(found.contains("fc.bias") && !found.contains("fc.weight"));
        assert!(!found.contains("layer4.2.conv2.weight"));
        assert_eq!(
            serde_json::to_string(&list).unwrap(),
            r#"["stem","layer4.*.conv1.*","fc.bias"]"#
        );
        assert_eq!(
            serde_json::to_string(&Selection::up_to("block2")).unwrap(),
            r#""..block2""#
        );
    }

    #[test]
    fn what_fits_nothing_is_refused() {
        let network = network("cbr-tiny");
        let error = |term: &str| {
            Selection::from(term)
                .paths(&network)
                .unwrap_err()
                .to_string()
        };
        assert!(error("block9").contains("stem, block1, block2, block3, head"));
        assert!(error("..block9").contains("no block `block9`"));
        assert!(error("block2..stem").contains("is empty"));
        assert!(error("layer1.*").contains("selects no tensor"));
        let none: Selection = serde_json::from_str("[]").unwrap();
        assert!(none.paths(&network).is_err());
    }
}

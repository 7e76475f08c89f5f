//! Tensors that files hold in other pieces than the networks of the zoo.
//!
//! | in the file | here |
//! |---|---|
//! | `….query.weight`, `….key.weight`, `….value.weight`, and biases | `….query+key+value.weight`: rows one after the other |
//! | the same of `q_proj`, `k_proj`, `v_proj` | `….q_proj+k_proj+v_proj.weight` |
//! | positions of class token and patches beside `…register_tokens` | those of patches; that of the class token is added to the class token |

use std::collections::{BTreeMap, BTreeSet};

use crate::grid::grid;
use checkpoints::{HostTensor, Weights};

/// Tensors by name.
pub(crate) type Tensors<'a> = BTreeMap<&'a str, &'a HostTensor>;

/// What query, key and value are called where they are three layers.
const APART: [[&str; 3]; 2] = [["query", "key", "value"], ["q_proj", "k_proj", "v_proj"]];
/// What positions are called beside registers.
const POSITIONS: [&str; 2] = ["pos_embed", "position_embeddings"];

/// The tensors of a file, put together.
pub(crate) struct Restated<'a> {
    file: &'a Weights,
    made: BTreeMap<String, HostTensor>,
    /// What they were made of.
    used: BTreeSet<&'a str>,
}

impl<'a> Restated<'a> {
    pub(crate) fn new(file: &'a Weights) -> Self {
        let mut restated = Self {
            file,
            made: BTreeMap::new(),
            used: BTreeSet::new(),
        };
        for name in file.tensors.keys() {
            if let Some(prefix) = name.strip_suffix("register_tokens") {
                restated.fold_position(prefix);
            }
            for words in APART {
                restated.join(name, words);
            }
        }
        restated
    }

    /// All tensors by name.
    pub(crate) fn tensors(&self) -> Tensors<'_> {
        let all = self.file.tensors.iter();
        let kept = all.filter(|(name, _)| !self.used.contains(name.as_str()));
        kept.chain(&self.made)
            .map(|(name, tensor)| (name.as_str(), tensor))
            .collect()
    }

    fn find(&self, name: &str) -> Option<(&'a str, &'a HostTensor)> {
        let found = self.file.tensors.get_key_value(name);
        found.map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Query, key and value, if `first` is the query's tensor.
    fn join(&mut self, first: &str, words: [&str; 3]) -> Option<()> {
        let (layer, tensor) = first.rsplit_once('.')?;
        let attention = layer.strip_suffix(words[0])?;
        if !attention.is_empty() && !attention.ends_with('.') {
            return None;
        }
        let mut parts = Vec::with_capacity(words.len());
        for word in words {
            parts.push(self.find(&format!("{attention}{word}.{tensor}"))?);
        }
        let shape = &parts[0].1.shape;
        let rows = shape.first()?.checked_mul(words.len())?;
        if parts.iter().any(|(_, part)| part.shape != *shape) {
            return None;
        }
        let made = HostTensor {
            shape: [&[rows], &shape[1..]].concat(),
            values: parts
                .iter()
                .flat_map(|(_, part)| &part.values)
                .copied()
                .collect(),
        };
        self.used.extend(parts.iter().map(|(name, _)| name));
        self.made
            .insert(format!("{attention}{}.{tensor}", words.join("+")), made);
        Some(())
    }

    /// The position of the class token goes into the class token.
    fn fold_position(&mut self, prefix: &str) -> Option<()> {
        let (token, class_token) = self.find(&format!("{prefix}cls_token"))?;
        let mut names = POSITIONS.iter();
        let (name, positions) = names.find_map(|word| self.find(&format!("{prefix}{word}")))?;
        let [1, count, features] = positions.shape[..] else {
            return None;
        };
        let (_, 1) = grid(count)? else { return None };
        let (of_token, of_patches) = positions.values.split_at_checked(features)?;
        if class_token.values.len() != features {
            return None;
        }
        let sums = class_token.values.iter().zip(of_token).map(|(a, b)| a + b);
        let class_token = HostTensor {
            shape: class_token.shape.clone(),
            values: sums.collect(),
        };
        let positions = HostTensor {
            shape: vec![1, count - 1, features],
            values: of_patches.to_vec(),
        };
        for (name, tensor) in [(token, class_token), (name, positions)] {
            self.used.insert(name);
            self.made.insert(name.into(), tensor);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(tensors: &[(&str, &[usize])]) -> Weights {
        let tensor = |(at, (name, shape)): (usize, &(&str, &[usize]))| {
            let values = (0..shape.iter().product()).map(|i: usize| (100 * at + i) as f32);
            let tensor = HostTensor {
                shape: shape.to_vec(),
                values: values.collect(),
            };
            (name.to_string(), tensor)
        };
        Weights {
            tensors: tensors.iter().enumerate().map(tensor).collect(),
        }
    }

    #[test]
    fn query_key_and_value_are_put_together() {
        let file = file(&[
            ("a.key.weight", &[2, 3]),
            ("a.query.weight", &[2, 3]),
            ("a.value.weight", &[2, 3]),
            ("a.query.bias", &[2]),
            ("b.q_proj.bias", &[1]),
            ("b.k_proj.bias", &[1]),
            ("b.v_proj.bias", &[2]),
        ]);
        let restated = Restated::new(&file);
        let tensors = restated.tensors();
        let joined = tensors["a.query+key+value.weight"];
        assert_eq!(joined.shape, [6, 3]);
        let first: Vec<f32> = joined.values.iter().step_by(6).copied().collect();
        assert_eq!(first, [100.0, 0.0, 200.0]);
        // Parts that are missing or of different shapes stay as they are.
        let rest: Vec<&str> = tensors.keys().copied().collect();
        assert_eq!(
            rest,
            [
                "a.query+key+value.weight",
                "a.query.bias",
                "b.k_proj.bias",
                "b.q_proj.bias",
                "b.v_proj.bias"
            ]
        );
    }

    #[test]
    fn the_position_of_a_class_token_is_folded_into_it_beside_registers() {
        let tensors: [(&str, &[usize]); 3] = [
            ("x.cls_token", &[1, 1, 2]),
            ("x.pos_embed", &[1, 5, 2]),
            ("x.register_tokens", &[1, 4, 2]),
        ];
        let with = file(&tensors);
        let restated = Restated::new(&with);
        let found = restated.tensors();
        assert_eq!(found["x.cls_token"].values, [100.0, 102.0]);
        let positions = found["x.pos_embed"];
        assert_eq!(
            (&positions.shape[..], positions.values[0]),
            (&[1, 4, 2][..], 102.0)
        );
        let without = file(&tensors[..2]);
        let restated = Restated::new(&without);
        assert_eq!(restated.tensors()["x.pos_embed"].shape, [1, 5, 2]);
    }
}

//! A network among the tensors of a file: what stands before its names, and what lies beside it.

use std::collections::BTreeMap;

use checkpoints::HostTensor;

use super::restated::Tensors;

/// Of the names of a network, so many have to follow a prefix for it to be one.
const SHARE: f64 = 0.5;
/// Most prefixes that are tried.
const MOST: usize = 16;

/// The tensors of a file whose names begin alike, by the rest of their names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Part<'a> {
    /// What stands before them, with its last dot: `teacher.backbone.`; empty where nothing does.
    pub(crate) prefix: &'a str,
    pub(crate) tensors: BTreeMap<&'a str, &'a HostTensor>,
    /// Names of other tensors.
    pub(crate) beside: Vec<&'a str>,
}

impl<'a> Part<'a> {
    fn of(file: &Tensors<'a>, prefix: &'a str) -> Self {
        let mut part = Self {
            prefix,
            ..Self::default()
        };
        for (&name, &tensor) in file {
            match name.strip_prefix(prefix) {
                Some(rest) => drop(part.tensors.insert(rest, tensor)),
                None => part.beside.push(name),
            }
        }
        part
    }

    /// Every part of `file` that holds at least half of the tensors `names`, among them the file as a
    /// whole where it does; where `part` is stated, of those whose prefix has its words in a row.
    pub(crate) fn all<'n>(
        file: &Tensors<'a>,
        names: impl Iterator<Item = &'n str>,
        part: Option<&str>,
    ) -> Vec<Self> {
        let names: std::collections::HashSet<&str> = names.collect();
        let mut counts: BTreeMap<&'a str, usize> = BTreeMap::new();
        for &name in file.keys() {
            let dots = name.match_indices('.').map(|(at, _)| at + 1);
            for at in std::iter::once(0).chain(dots) {
                if names.contains(&name[at..]) {
                    *counts.entry(&name[..at]).or_default() += 1;
                }
            }
        }
        let least = (names.len() as f64 * SHARE).ceil().max(1.0) as usize;
        let mut prefixes: Vec<(&str, usize)> = counts
            .into_iter()
            .filter(|(prefix, count)| *count >= least && part.is_none_or(|part| has(prefix, part)))
            .collect();
        prefixes.sort_by_key(|(prefix, count)| (usize::MAX - count, *prefix));
        prefixes.truncate(MOST);
        let prefixes = prefixes.into_iter();
        prefixes.map(|(prefix, _)| Self::of(file, prefix)).collect()
    }

    /// The file as it is.
    pub(crate) fn whole(file: &Tensors<'a>) -> Self {
        Self::of(file, "")
    }
}

/// Whether a prefix has the words of `part` in a row: `teacher` and `teacher.backbone` are in
/// `module.teacher.backbone.`.
fn has(prefix: &str, part: &str) -> bool {
    let part = part.trim_matches('.');
    format!(".{prefix}").contains(&format!(".{part}."))
}

#[cfg(test)]
mod tests {
    use checkpoints::Weights;

    use super::super::restated::Restated;
    use super::*;

    fn file(names: &[&str]) -> Weights {
        let tensor = HostTensor {
            shape: vec![1],
            values: vec![0.0],
        };
        let tensors = names.iter().map(|name| (name.to_string(), tensor.clone()));
        Weights {
            tensors: tensors.collect(),
        }
    }

    fn prefixes(names: &[&str], part: Option<&str>) -> Vec<String> {
        let network = ["conv.weight", "norm.weight", "norm.bias", "fc.weight"];
        let file = file(names);
        let restated = Restated::new(&file);
        let parts = Part::all(&restated.tensors(), network.into_iter(), part);
        parts.iter().map(|part| part.prefix.to_owned()).collect()
    }

    #[test]
    fn prefixes_are_found_where_enough_follows_them() {
        let plain = ["conv.weight", "norm.weight", "norm.bias", "fc.weight"];
        assert_eq!(prefixes(&plain, None), [""]);
        let two = [
            "module.encoder_q.conv.weight",
            "module.encoder_q.norm.weight",
            "module.encoder_q.norm.bias",
            "module.encoder_k.conv.weight",
            "module.encoder_k.norm.weight",
            "module.queue",
            "other.conv.weight",
        ];
        let (q, k) = ("module.encoder_q.", "module.encoder_k.");
        assert_eq!(prefixes(&two, None), [q, k]);
        assert_eq!(prefixes(&two, Some("encoder_k")), [k]);
        assert_eq!(prefixes(&two, Some("module.encoder_q.")), [q]);
        assert!(prefixes(&two, Some("encoder")).is_empty());
        assert!(prefixes(&["a.conv.weight"], None).is_empty());
        let file = file(&two);
        let restated = Restated::new(&file);
        let part = &Part::all(&restated.tensors(), plain.into_iter(), Some("encoder_q"))[0];
        assert_eq!(part.tensors.len(), 3);
        assert_eq!(part.beside.len(), 4);
    }
}

//! Groups of pictures that belong together, by what they show.

use std::collections::BTreeMap;

use rand::seq::SliceRandom as _;

use crate::dataset::Example;
use crate::label::Label;
use streams::stream;

/// How a division is drawn.
#[derive(Clone, Copy)]
pub(crate) struct Draw<'a> {
    /// Seed of the stream that orders patients.
    pub seed: u64,
    /// Its purpose.
    pub purpose: &'a str,
    /// Who gets a patient that several parts lack alike.
    pub ties: Ties,
}

/// Who gets a patient that several parts lack alike.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ties {
    /// The first of them.
    First,
    /// The one that lacks most pictures of whatever kind, so that what is left over of each stratum
    /// does not all go to the first part.
    Emptiest,
}

/// Lacks that differ by less are alike: shares are rounded.
const ALIKE: f64 = 1e-9;

/// Divides `pool` by the relative `shares`, keeping patients together and classes or findings in
/// proportion: iterative stratification (Sechidis et al., 2011) over patients. Rarest findings go
/// first, each patient to the part that lacks most pictures of the finding.
pub(crate) fn divide(
    examples: &[Example],
    pool: &[usize],
    shares: &[f64],
    draw: Draw,
) -> Vec<Vec<usize>> {
    let rarity = rarity(examples, pool);
    let mut parts = Parts::new(examples, pool, &rarity, shares);
    for (stratum, mut groups) in strata(examples, pool, &rarity).into_iter().rev() {
        groups.shuffle(&mut stream(draw.seed, draw.purpose, stratum as u64));
        let mut chosen = vec![Vec::new(); shares.len()];
        for group in groups {
            let part = parts.neediest(stratum, draw.ties);
            parts.put(&group, part);
            chosen[part].push(group);
        }
        // Every part gets one group of a stratum, as long as another has two or more.
        while let Some(empty) = chosen.iter().position(Vec::is_empty) {
            let sizes: Vec<f64> = chosen.iter().map(|groups| groups.len() as f64).collect();
            let donor = greatest(&sizes);
            match chosen[donor].pop() {
                Some(group) if !chosen[donor].is_empty() => {
                    parts.take_back(&group, donor);
                    parts.put(&group, empty);
                    chosen[empty].push(group);
                }
                _ => break,
            }
        }
    }
    parts.members
}

/// Sets in the making.
struct Parts<'a> {
    examples: &'a [Example],
    rarity: &'a [usize],
    /// Indices of each part.
    members: Vec<Vec<usize>>,
    /// Pictures of each column that each part still lacks of its share.
    lacking: Vec<Vec<f64>>,
}

impl<'a> Parts<'a> {
    fn new(examples: &'a [Example], pool: &[usize], rarity: &'a [usize], shares: &[f64]) -> Self {
        let mut totals: Vec<f64> = Vec::new();
        for &index in pool {
            for column in columns(&examples[index].label, rarity) {
                totals.resize(totals.len().max(column + 1), 0.0);
                totals[column] += 1.0;
            }
        }
        let sum: f64 = shares.iter().sum();
        let lack = |share: &f64| totals.iter().map(|total| total * share / sum).collect();
        let lacking = shares.iter().map(lack).collect();
        Self {
            examples,
            rarity,
            members: vec![Vec::new(); shares.len()],
            lacking,
        }
    }

    /// The part that lacks most pictures of a stratum.
    fn neediest(&self, stratum: usize, ties: Ties) -> usize {
        let lacking: Vec<f64> = self
            .lacking
            .iter()
            .map(|columns| columns[stratum])
            .collect();
        let first = greatest(&lacking);
        if ties == Ties::First {
            return first;
        }
        let whole = |part: usize| match lacking[first] - lacking[part] < ALIKE {
            true => self.lacking[part].iter().sum(),
            false => f64::NEG_INFINITY,
        };
        let whole: Vec<f64> = (0..lacking.len()).map(whole).collect();
        let most = whole[greatest(&whole)];
        let is_most = |lack: &f64| most - lack < ALIKE;
        whole.iter().position(is_most).unwrap_or(first)
    }

    fn put(&mut self, group: &[usize], part: usize) {
        self.count(group, part, -1.0);
        self.members[part].extend(group);
    }

    fn take_back(&mut self, group: &[usize], part: usize) {
        self.count(group, part, 1.0);
        self.members[part].retain(|index| !group.contains(index));
    }

    fn count(&mut self, group: &[usize], part: usize, change: f64) {
        for &index in group {
            for column in columns(&self.examples[index].label, self.rarity) {
                self.lacking[part][column] += change;
            }
        }
    }
}

/// Position of the first greatest value.
fn greatest(values: &[f64]) -> usize {
    (1..values.len()).fold(0, |best, i| if values[i] > values[best] { i } else { best })
}

/// Patients (or single pictures) of `pool` by stratum, in order of first appearance.
pub(crate) fn strata(
    examples: &[Example],
    pool: &[usize],
    rarity: &[usize],
) -> BTreeMap<usize, Vec<Vec<usize>>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut of_patient = BTreeMap::new();
    for &index in pool {
        match &examples[index].patient {
            None => groups.push(vec![index]),
            Some(patient) => {
                let group = *of_patient.entry(patient).or_insert(groups.len());
                if group == groups.len() {
                    groups.push(Vec::new());
                }
                groups[group].push(index);
            }
        }
    }
    let mut strata: BTreeMap<usize, Vec<Vec<usize>>> = BTreeMap::new();
    for group in groups {
        let stratum = group
            .iter()
            .map(|&i| stratum(&examples[i].label, rarity))
            .max();
        strata.entry(stratum.unwrap_or(0)).or_default().push(group);
    }
    strata
}

/// What a picture counts towards: its class; or 0 (all pictures) and, for each finding present,
/// 1 + its rank.
fn columns(label: &Label, rarity: &[usize]) -> Vec<usize> {
    match label {
        Label::Class(class) => vec![*class],
        Label::Findings(findings) => {
            let present = findings
                .iter()
                .zip(rarity)
                .filter(|(f, _)| **f == Some(true));
            std::iter::once(0)
                .chain(present.map(|(_, rank)| rank + 1))
                .collect()
        }
    }
}

/// The class, or for findings 1 + the rank of the rarest one present, 0 for none.
pub(crate) fn stratum(label: &Label, rarity: &[usize]) -> usize {
    columns(label, rarity).into_iter().max().unwrap_or(0)
}

/// Rank of each finding among the pictures of `pool`: 0 for the most frequent.
pub(crate) fn rarity(examples: &[Example], pool: &[usize]) -> Vec<usize> {
    let mut counts: Vec<usize> = Vec::new();
    for &index in pool {
        let Label::Findings(findings) = &examples[index].label else {
            continue;
        };
        counts.resize(counts.len().max(findings.len()), 0);
        for (count, present) in counts.iter_mut().zip(findings) {
            *count += usize::from(*present == Some(true));
        }
    }
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&finding| std::cmp::Reverse(counts[finding]));
    let mut ranks = vec![0; counts.len()];
    for (rank, finding) in order.into_iter().enumerate() {
        ranks[finding] = rank;
    }
    ranks
}

//! From files found to pictures used.

use images::{Dataset, Partition, SplitSummary};
use serde::{Deserialize, Serialize};
pub use sources::{LeftOut, SourceFlow};

use crate::fold::Folds;
use crate::split::Split;

/// From files found to pictures used: the pictures of all sources less what was left out of them
/// are those of the parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// One a source, in the order of the study.
    pub sources: Vec<SourceFlow>,
    /// What of their pictures is in no part.
    pub left_out: Vec<LeftOut>,
    /// Training, validation, test, then the named test sets; with folds, all that are tested in
    /// turn instead of the first three.
    pub parts: Vec<FlowPart>,
}

/// The pictures of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowPart {
    /// Its name.
    pub name: String,
    /// Pictures.
    pub images: usize,
    /// Patients, where those of all its pictures are known.
    pub patients: Option<usize>,
}

impl Flow {
    /// Pictures of all sources together.
    pub fn pictures(&self) -> usize {
        self.sources.iter().map(|source| source.pictures).sum()
    }

    /// Pictures of all parts together.
    pub fn used(&self) -> usize {
        self.parts.iter().map(|part| part.images).sum()
    }

    /// The flow of `dataset`, whose `sources` had more pictures by those that the study excludes,
    /// and of which `unreadable` could not be read.
    pub(crate) fn new(
        sources: Vec<SourceFlow>,
        dataset: &Dataset,
        unreadable: usize,
        parts: &[(String, Vec<usize>)],
    ) -> Self {
        let part = |(name, examples): &(String, Vec<usize>)| {
            // The partition is a name in the summary, and no part of its counts.
            let summary = SplitSummary::of(dataset, Partition::Test, examples);
            FlowPart {
                name: name.clone(),
                images: summary.images,
                patients: summary.patients,
            }
        };
        let mut flow = Self {
            sources,
            left_out: Vec::new(),
            parts: parts.iter().map(part).collect(),
        };
        let excluded = flow.pictures().saturating_sub(dataset.len());
        let lost = (dataset.len() - unreadable).saturating_sub(flow.used());
        let left_out = [
            LeftOut::some("named in data.exclude", excluded),
            LeftOut::some("that could not be read", unreadable),
            LeftOut::some("in no part", lost),
        ];
        flow.left_out.extend(left_out.into_iter().flatten());
        flow
    }
}

/// The parts that readers are told of, each with its pictures: those of `split`, or with folds all
/// that are tested in turn, then the named test sets.
pub(crate) fn parts(split: &Split, folds: Option<&Folds>) -> Vec<(String, Vec<usize>)> {
    let own = match folds {
        Some(folds) => vec![("tested in turn".to_owned(), folds.cases())],
        None => [
            ("training", &split.train),
            ("validation", &split.validation),
            ("test", &split.test),
        ]
        .map(|(name, examples)| (name.to_owned(), examples.clone()))
        .into(),
    };
    let named = split.test_sets.iter();
    let named = named.map(|set| (set.name.clone(), set.examples.clone()));
    own.into_iter().chain(named).collect()
}

//! Two runs of one network: alike before training, and after it?

use similarity::{Measured, Memory, Options, compare};

use super::capture::Capture;
use super::channels::persistence;
use super::failure::AnalysisFailure;
use crate::record::{PairAnalysis, PairBlock};
use crate::study::AnalysisSettings;

/// A network before and after training.
pub struct BeforeAfter<'a> {
    /// At its start.
    pub before: &'a Capture,
    /// Its best checkpoint.
    pub after: &'a Capture,
}

/// How blocks are compared; null distributions and intervals take most of the time.
pub fn options(settings: &AnalysisSettings, is_thorough: bool) -> Options {
    let if_thorough = |count: usize| if is_thorough { count } else { 0 };
    Options {
        measures: settings.measures.clone(),
        permutations: if_thorough(settings.permutations),
        groups: if_thorough(settings.groups),
        ..Options::default()
    }
}

/// Compares every block of `a` with the same block of `b`.
pub fn compare_pair(
    a: &BeforeAfter,
    b: &BeforeAfter,
    options: &Options,
) -> Result<PairAnalysis, AnalysisFailure> {
    // Networks before training differ by their draws alone: one number tells enough.
    let plain = Options {
        permutations: 0,
        groups: 0,
        ..options.clone()
    };
    let mut blocks = Vec::new();
    let before = a.before.blocks.iter().zip(&b.before.blocks);
    let after = a.after.blocks.iter().zip(&b.after.blocks);
    for ((before_a, before_b), (after_a, after_b)) in before.zip(after) {
        let name = &before_a.name;
        let before = [&before_a.positions, &before_b.positions];
        let after = [&after_a.positions, &after_b.positions];
        blocks.push(PairBlock {
            block: name.clone(),
            initial: similar(name, before, &plain)?.1,
            trained: similar(name, after, options)?.1,
            channels: persistence(before, after, options.seed),
        });
    }
    Ok(PairAnalysis { blocks })
}

/// Datapoints and similarity of one block in two networks.
pub fn similar(
    block: &str,
    [a, b]: [&Memory; 2],
    options: &Options,
) -> Result<(u64, Vec<Measured>), AnalysisFailure> {
    let compared = compare(a, b, options).map_err(|source| AnalysisFailure::Compare {
        block: block.into(),
        source,
    })?;
    Ok((compared.datapoints, compared.measured))
}

//! Two runs of one network: alike before training, and after it?

use similarity::{Activations as _, Measured, Memory, Options, compare};

use super::channels::persistence;
use super::failure::AnalysisFailure;
use super::networks::Captured;
use super::run::BlockSimilarity;
use record::{PairAnalysis, PairBlock};
use study::AnalysisSettings;

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
    a: &Captured,
    b: &Captured,
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

/// Compares every block before training with the same block after it.
pub fn before_after(
    run: &Captured,
    options: &Options,
) -> Result<Vec<BlockSimilarity>, AnalysisFailure> {
    let blocks = run.before.blocks.iter().zip(&run.after.blocks);
    let compared = blocks.map(|(before, after)| {
        let both = [&before.positions, &after.positions];
        let (datapoints, measured) = similar(&before.name, both, options)?;
        Ok(BlockSimilarity {
            channels: before.positions.shape().channels,
            datapoints,
            measured,
        })
    });
    compared.collect()
}

/// Datapoints and similarity of one block in two networks.
fn similar(
    block: &str,
    [a, b]: [&Memory; 2],
    options: &Options,
) -> Result<(u64, Vec<Measured>), AnalysisFailure> {
    let compared = compare(a, b, options).map_err(|source| AnalysisFailure::Compare {
        layers: format!("block `{block}`"),
        source,
    })?;
    Ok((compared.datapoints, compared.measured))
}

//! What networks kept of their start and what they share, block by block, by seed.

use std::collections::BTreeMap;

use record::BlockAnalysis;
use similarity::Measured;

use crate::casting::Cast;
use crate::finished_study::FinishedStudy;
use crate::part::Lack;

/// Blocks before the head that stand for what a network has learned.
const TOP: usize = 2;
/// The word for what a block's weights moved, relative to their norm, in place of a measure.
const MOVEMENT: &str = "movement";

/// Which of the measures, and the sign that makes more of it more alike.
#[derive(Clone, Copy)]
enum Kind {
    Similarity { place: usize, sign: f64 },
    Movement,
}

/// Which end of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Bottom,
    Top,
}

/// Numbers by seed.
pub(crate) type BySeed = BTreeMap<u64, f64>;
/// Numbers by pair of seeds.
pub(crate) type ByPair = BTreeMap<[u64; 2], f64>;

impl FinishedStudy {
    /// How alike the block at one end of an arm's network is to its own start, by seed.
    pub(crate) fn kept_of_start(&self, arm: usize, cast: &Cast, end: End) -> Result<BySeed, Lack> {
        let kind = self.kind(cast)?;
        let of_arm = self.kept.iter().filter(|(of, ..)| *of == arm);
        let mut found = BySeed::new();
        for (_, seed, run) in of_arm {
            let block = block(&run.blocks, cast, end)?;
            if let Some(value) = kind.of(block) {
                found.insert(*seed, value);
            }
        }
        match found.is_empty() {
            false => Ok(found),
            true => Err(Lack(format!(
                "the study `{}` has no {} of `{}` from before to after training at the {} block",
                self.name,
                cast.measure,
                self.plan.arms.get(arm).map_or("an arm", |arm| &arm.label),
                match end {
                    End::Bottom => "lowest",
                    End::Top => "highest",
                }
            ))),
        }
    }

    /// How alike the top blocks of a network of an arm and one of the baseline are, by their seeds.
    pub(crate) fn alike_at_top(&self, arm: usize, cast: &Cast) -> Result<ByPair, Lack> {
        let kind = self.kind(cast)?;
        let Kind::Similarity { place, sign } = kind else {
            return Err(Lack(
                "two networks are compared by a measure of similarity, not by movement".into(),
            ));
        };
        let mut found = ByPair::new();
        for (_, seeds, pair) in self.pairs.iter().filter(|(of, ..)| *of == arm) {
            let top = &pair.blocks[pair.blocks.len().saturating_sub(TOP)..];
            let values = top.iter().map(|block| value(block.trained.get(place)?));
            let Some(values) = values.collect::<Option<Vec<f64>>>() else {
                continue;
            };
            if !values.is_empty() {
                let mean = values.iter().sum::<f64>() / values.len() as f64;
                found.insert(*seeds, sign * mean);
            }
        }
        match found.is_empty() {
            false => Ok(found),
            true => Err(Lack(format!(
                "the study `{}` has no {} of the top blocks of pairs of networks with `{}`: it takes two seeds, and pictures enough for their dimensions",
                self.name,
                cast.measure,
                self.plan.arms.get(arm).map_or("an arm", |arm| &arm.label),
            ))),
        }
    }

    fn kind(&self, cast: &Cast) -> Result<Kind, Lack> {
        let Some(analysis) = &self.plan.analysis else {
            return Err(Lack(format!("the study `{}` has no [analysis]", self.name)));
        };
        if cast.measure == MOVEMENT {
            return Ok(Kind::Movement);
        }
        let measures = &analysis.settings.measures;
        let found = measures.iter().enumerate();
        let mut found = found.filter(|(_, measure)| measure.to_string() == cast.measure);
        let found = found.next().map(|(place, measure)| Kind::Similarity {
            place,
            sign: if measure.is_distance() { -1.0 } else { 1.0 },
        });
        found.ok_or_else(|| {
            Lack(format!(
                "the study `{}` does not measure `{}`: analysis.measures",
                self.name, cast.measure
            ))
        })
    }
}

impl Kind {
    fn of(self, block: &BlockAnalysis) -> Option<f64> {
        match self {
            Self::Similarity { place, sign } => Some(sign * value(block.before_after.get(place)?)?),
            Self::Movement => Some(-block.movement?),
        }
    }
}

fn value(measured: &Measured) -> Option<f64> {
    measured.value.as_ref().ok().copied()
}

fn block<'a>(
    blocks: &'a [BlockAnalysis],
    cast: &Cast,
    end: End,
) -> Result<&'a BlockAnalysis, Lack> {
    let named = match end {
        End::Bottom => &cast.bottom,
        End::Top => &cast.top,
    };
    let found = match (named, end) {
        (Some(name), _) => blocks.iter().find(|block| block.block == *name),
        (None, End::Bottom) => blocks.first(),
        (None, End::Top) => blocks.last(),
    };
    found.ok_or_else(|| {
        let known: Vec<&str> = blocks.iter().map(|block| block.block.as_str()).collect();
        Lack(format!(
            "expected the block `{}`, found {}",
            named.as_deref().unwrap_or("any"),
            known.join(", ")
        ))
    })
}

/// The first less the second, where both have a number.
pub(crate) fn less<K: Ord + Copy>(
    ours: &BTreeMap<K, f64>,
    theirs: &BTreeMap<K, f64>,
) -> BTreeMap<K, f64> {
    let both = ours.iter();
    let both = both.filter_map(|(key, value)| Some((*key, value - theirs.get(key)?)));
    both.collect()
}

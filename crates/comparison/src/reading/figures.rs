//! One sentence a figure.

use std::cmp::Ordering;

use similarity::Measure;

use super::contrast::{Contrast, Family};
use super::finding::Finding;
use record::results::{Agreement, ArmBlock, OverSeeds};

/// Share of variance from which a correlation counts as strong: half. The paper gives pictures and
/// no number; its ResNet-50 reaches about 0.8 in the first convolution.
const STRONG: f64 = 0.5;
/// Mean correlation of filters with their start from which they count as little changed. The paper
/// gives pictures and no number.
const LITTLE_CHANGED: f64 = 0.9;
/// Fall of the Gabor R² from which filters count as erased; again the paper gives pictures.
const ERASED: f64 = 0.05;

/// Figure 2: two networks of the baseline against one of the arm and one of the baseline.
pub(crate) fn likeness(contrast: &Contrast, measure: Measure) -> Option<Finding> {
    let Contrast { arm, baseline, .. } = contrast;
    let against = arm.against_baseline.as_ref()?;
    let top = |pairs: &record::results::AgainstBaseline| pairs.top.first()?.value.clone();
    let mixed = top(against)?;
    let (one, other) = (&arm.init, &baseline.init);
    let paper = "two networks trained from random weights are more alike than one from pretrained and one from random weights, clearly so for large networks";
    let alone = baseline.against_baseline.as_ref().and_then(top);
    let closer = against.baseline_closer.first().cloned().flatten();
    let (Some(alone), Some(closer)) = (alone, closer) else {
        return Some(Finding {
            sentence: format!(
                "In the top two blocks, {measure} between a network trained from {one} and one from {other} is {}; there are no two networks from {other} to set it against",
                mixed.words(false)
            ),
            agrees: Agreement::CannotTell,
            paper,
        });
    };
    let side = closer.side_of(0.0);
    let so = match side {
        Some(Ordering::Greater) => format!("the two from {other} are more alike"),
        Some(_) => format!("the two from {other} are less alike"),
        None => "neither pair is shown to be more alike".into(),
    };
    Some(Finding {
        sentence: format!(
            "In the top two blocks, {measure} is {:.3} between two networks trained from {other} and {:.3} between one from {one} and one from {other}: {so}, by {}",
            alone.mean,
            mixed.mean,
            closer.words(true)
        ),
        agrees: decide(side),
        paper,
    })
}

/// Figure 3: which blocks stay as they were, and where pretrained ones do beyond random ones.
pub(crate) fn change_by_block(contrast: &Contrast, measure: Measure) -> Option<Finding> {
    let Contrast { arm, baseline, .. } = contrast;
    let known = |block: &&ArmBlock| before_after(block).is_some();
    let lowest = arm.blocks.iter().find(known)?;
    let highest = arm.blocks.iter().rev().find(known)?;
    let (low, high) = (before_after(lowest)?, before_after(highest)?);
    let mut sentence = format!(
        "From before to after training from {}, {measure} is {} in {} and {} in {}",
        arm.init,
        low.words(false),
        lowest.block,
        high.words(false),
        highest.block
    );
    let beyond: Vec<(&str, OverSeeds)> = arm
        .blocks
        .iter()
        .filter_map(|block| {
            let value = block.beyond_baseline.first()?.as_ref()?;
            Some((block.block.as_str(), closeness(value, measure)))
        })
        .collect();
    let is_whole = beyond.len() == arm.blocks.len();
    let (bottom, upper) = beyond.split_at(beyond.len().min(2));
    if !bottom.is_empty() {
        let parts = bottom
            .iter()
            .map(|(block, value)| format!("{} in {block}", value.words(true)));
        let mut parts: Vec<String> = parts.collect();
        let most = upper.iter().max_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
        parts.extend(
            most.map(|(block, value)| format!("at most {} above ({block})", value.words(true))),
        );
        sentence.push_str(&format!(
            "; beyond {}, it stays more alike by {}",
            baseline.init,
            parts.join(", ")
        ));
    }
    let lowest_stays = match lowest.block == highest.block {
        true => Agreement::CannotTell,
        false => decide(order(&closeness(low, measure), &closeness(high, measure))),
    };
    let concentrated = match is_whole && !upper.is_empty() {
        true => in_the_bottom(bottom, upper),
        false => Agreement::CannotTell,
    };
    Some(Finding {
        sentence,
        agrees: lowest_stays.and(concentrated),
        paper: "the lowest blocks stay most like their start, and pretrained ones do so beyond random ones, most of all in the bottom two blocks",
    })
}

/// Whether what is kept beyond the baseline is shown to be more in a bottom block than in any
/// other, or shown not to be.
fn in_the_bottom(bottom: &[(&str, OverSeeds)], upper: &[(&str, OverSeeds)]) -> Agreement {
    let exceeds_all = |(_, value): &&(&str, OverSeeds)| {
        value.side_of(0.0) == Some(Ordering::Greater)
            && upper
                .iter()
                .all(|(_, other)| order(value, other) == Some(Ordering::Greater))
    };
    let is_nothing = |(_, value): &(&str, OverSeeds)| value.side_of(0.0) == Some(Ordering::Less);
    let is_above_both = |(_, value): &(&str, OverSeeds)| {
        bottom
            .iter()
            .all(|(_, other)| order(value, other) == Some(Ordering::Greater))
    };
    if bottom.iter().any(|value| exceeds_all(&value)) {
        Agreement::Agrees
    } else if bottom.iter().all(is_nothing) || upper.iter().any(is_above_both) {
        Agreement::Disagrees
    } else {
        Agreement::CannotTell
    }
}

/// Figure 4: channels that are alike at the start and after training.
pub(crate) fn channel_persistence(contrast: &Contrast) -> Option<Finding> {
    let Contrast {
        arm,
        baseline,
        family,
        ..
    } = contrast;
    let blocks = &arm.against_baseline.as_ref()?.blocks;
    let known = || {
        let blocks = blocks.iter();
        blocks.filter_map(|block| Some((&block.block, &block.channels.as_ref()?.r_squared)))
    };
    let (lowest, low) = known().next()?;
    let (highest, high) = known().next_back()?;
    let mut sentence = format!(
        "How alike a channel from {} and one from {} are at the start accounts for {} of the variance (R²) of how alike they are after training in {lowest}",
        arm.init,
        baseline.init,
        low.words(false)
    );
    if lowest != highest {
        sentence.push_str(&format!(" and {} in {highest}", high.words(false)));
    }
    let side = low.side_of(STRONG);
    let (side, paper) = match family {
        Family::Large => (
            side,
            "this is strong in the lowest block of large networks (taken as R² above 0.5)",
        ),
        Family::Cbr => (
            side.map(Ordering::reverse),
            "this is weak in the lowest block of CBR networks (taken as R² below 0.5)",
        ),
        Family::Other => (
            None,
            "this is strong in the lowest block of large networks and weak in that of CBR networks, and had none such as this",
        ),
    };
    Some(Finding {
        sentence,
        agrees: decide(side),
        paper,
    })
}

/// Figure 5: filters of the first convolution.
pub(crate) fn filters(contrast: &Contrast) -> Option<Finding> {
    let Contrast {
        arm,
        baseline,
        family,
        ..
    } = contrast;
    let change = arm.filters.as_ref()?;
    let correlation = change.correlation.as_ref()?;
    let mut sentence = format!(
        "First-layer filters from {} correlate with their start by {}",
        arm.init,
        correlation.words(false)
    );
    if let (Some(before), Some(after)) = (&change.gabor_before, &change.gabor_after) {
        sentence.push_str(&format!(
            "; the best Gabor accounts for {} of their variance before training and {} after",
            before.words(false),
            after.words(false)
        ));
        let other = baseline.filters.as_ref();
        if let Some(other) = other.and_then(|filters| filters.gabor_after.as_ref()) {
            sentence.push_str(&format!(
                ", and for {} of those trained from {}",
                other.words(false),
                baseline.init
            ));
        }
        if let Some(noise) = change.gabor_noise {
            sentence.push_str(&format!(" (filters of noise: {noise:.3})"));
        }
    }
    let erased = || {
        let (before, after) = (change.gabor_before.as_ref()?, change.gabor_after.as_ref()?);
        let ([before_low, before_high], [after_low, after_high]) =
            (before.interval?, after.interval?);
        if before_low - after_high > ERASED {
            Some(Ordering::Greater)
        } else if before_high - after_low < ERASED {
            Some(Ordering::Less)
        } else {
            None
        }
    };
    let (side, paper) = match family {
        Family::Large => (
            correlation.side_of(LITTLE_CHANGED),
            "filters of large networks change little (taken as a correlation above 0.9)",
        ),
        Family::Cbr => (
            erased(),
            "training erases Gabor filters of CBR networks (taken as a fall of their R² by more than 0.05)",
        ),
        Family::Other => (
            None,
            "filters of large networks change little and those of CBR networks more, and had none such as this",
        ),
    };
    Some(Finding {
        sentence,
        agrees: decide(side),
        paper,
    })
}

fn before_after(block: &ArmBlock) -> Option<&OverSeeds> {
    block.before_after.first()?.value.as_ref()
}

/// The paper's direction is the greater one.
fn decide(side: Option<Ordering>) -> Agreement {
    match side {
        Some(Ordering::Greater) => Agreement::Agrees,
        Some(_) => Agreement::Disagrees,
        None => Agreement::CannotTell,
    }
}

/// Which is greater, where the intervals share nothing: a stricter demand than an interval of the
/// difference.
fn order(a: &OverSeeds, b: &OverSeeds) -> Option<Ordering> {
    let ([a_low, a_high], [b_low, b_high]) = (a.interval?, b.interval?);
    if a_low > b_high {
        Some(Ordering::Greater)
    } else if a_high < b_low {
        Some(Ordering::Less)
    } else {
        None
    }
}

/// The same so that more is more alike: distances change their sign.
fn closeness(value: &OverSeeds, measure: Measure) -> OverSeeds {
    if !measure.is_distance() {
        return value.clone();
    }
    OverSeeds {
        mean: -value.mean,
        interval: value.interval.map(|[low, high]| [-high, -low]),
        values: value.values.iter().map(|value| -value).collect(),
    }
}

//! What a reader should know before trusting the numbers.

use crate::compare::Setting;
use crate::{Convention, Options, Side};

/// Datapoints a dimension should have (Raghu 2017).
const DATAPOINTS_PER_DIMENSION: u64 = 10;

/// Warnings, in sentences.
pub(crate) fn of(
    asked: &Options,
    affordable: &Options,
    setting: &Setting,
    sides: [&Side; 2],
) -> Vec<String> {
    let mut warnings = Vec::new();
    let datapoints = setting.datapoints();
    let widest = sides
        .map(|side| side.dimensions - side.constant)
        .into_iter()
        .max();
    let wanted = DATAPOINTS_PER_DIMENSION * widest.unwrap_or(0) as u64;
    if !setting.flattened && datapoints < wanted {
        warnings.push(format!(
            "{datapoints} datapoints for {} dimensions: below ten times as many ({wanted}), \
             measures that are not debiased are high for any two networks; hold them against \
             their floors and nulls",
            wanted / DATAPOINTS_PER_DIMENSION,
        ));
    }
    if setting.options.convention == Convention::Spatial && setting.views[0].each() > 1 {
        warnings.push(format!(
            "{} positions of each of {} images are datapoints, and positions of one image are not \
             independent: floors from formulas are too low; nulls and intervals go by whole images",
            setting.views[0].each(),
            setting.images(),
        ));
    }
    for (name, side) in ["a", "b"].into_iter().zip(sides) {
        if side.constant > 0 {
            warnings.push(format!(
                "{} of the {} dimensions of side {name} never vary and were left out",
                side.constant, side.dimensions,
            ));
        }
    }
    for (what, asked, done) in [
        ("permutations", asked.permutations, affordable.permutations),
        ("groups", asked.groups, affordable.groups),
    ] {
        if done < asked {
            warnings.push(format!(
                "{done} {what} instead of {asked}, within the budget of {:.1e} operations; raise \
                 it, or take fewer positions",
                affordable.budget,
            ));
        }
    }
    let groups = setting.groups().len();
    if groups == 0 && affordable.groups > 0 {
        warnings.push("no intervals: they need at least two groups of images".into());
    } else if groups < affordable.groups {
        warnings.push(format!(
            "{} images are fewer than the {} groups asked for: {groups} groups instead",
            setting.images(),
            affordable.groups,
        ));
    }
    warnings
}

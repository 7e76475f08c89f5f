//! Two layers compared, with nulls and intervals.

mod budget;
mod error;
mod evidence;
mod found;
mod pairwise;
mod scale;
mod setting;
mod streamed;
mod sums;
mod warnings;

use crate::{Activations, Compared, Options, Side};

pub use error::CompareError;
pub(crate) use evidence::Evidence;
use found::Found;
pub(crate) use scale::Scale;
pub(crate) use setting::Setting;

/// Compares layer `a` with layer `b` by every measure that `options` ask for.
///
/// Both must be recorded on the same images in the same order. The values take one pass over the
/// activations, every permutation another over both, and all groups together a last one; activations
/// that fit 512 MiB are read once. Apart from that, memory depends on the channels only.
///
/// More permutations and groups than [`Options::budget`] allows are not done, with a warning.
pub fn compare(
    a: &dyn Activations,
    b: &dyn Activations,
    options: &Options,
) -> Result<Compared, CompareError> {
    let affordable = options.affordable(a.shape(), b.shape());
    let mut setting = Setting::new(a, b, &affordable)?;
    let (by_moments, by_pairs) = setting.routes();
    let streamed = streamed::evidence(&mut setting, &by_moments)?;
    let pairwise = pairwise::evidence(&setting, &by_pairs)?;
    let unknown = || {
        setting.dimensions().map(|dimensions| Side {
            dimensions,
            constant: 0,
            dependent: 0,
        })
    };
    let sides = streamed.sides.or(pairwise.sides).unwrap_or_else(unknown);
    let mut evidence: Vec<(usize, Evidence)> = streamed
        .evidence
        .into_iter()
        .chain(pairwise.evidence)
        .collect();
    evidence.sort_by_key(|(place, _)| *place);
    let measured = evidence
        .into_iter()
        .zip(&options.measures)
        .map(|((_, evidence), &measure)| evidence.into_measured(measure, options.convention))
        .collect();
    let [a, b] = sides;
    Ok(Compared {
        images: setting.images(),
        datapoints: setting.datapoints(),
        warnings: warnings::of(options, &affordable, &setting, [&a, &b]),
        a,
        b,
        measured,
    })
}

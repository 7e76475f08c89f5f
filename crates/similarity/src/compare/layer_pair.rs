//! Two layers compared, with nulls and intervals.

use super::evidence::measured;
use super::pairwise::Kept;
use super::{CompareError, Setting, pairwise, streamed, warnings};
use crate::{Activations, Compared, Options, Side};

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
    let pairwise = pairwise::evidence(&setting, &by_pairs, [0, 0], &mut Kept::new(0))?;
    let unknown = || {
        setting.dimensions().map(|dimensions| Side {
            dimensions,
            constant: 0,
            dependent: 0,
        })
    };
    let sides = streamed.sides.or(pairwise.sides).unwrap_or_else(unknown);
    let evidence = streamed
        .evidence
        .into_iter()
        .chain(pairwise.evidence)
        .collect();
    let [a, b] = sides;
    Ok(Compared {
        images: setting.images(),
        datapoints: setting.datapoints(),
        warnings: warnings::of(options, &affordable, &setting, [&a, &b])
            .into_iter()
            .chain(pairwise.warning)
            .collect(),
        a,
        b,
        measured: measured(options, evidence),
    })
}

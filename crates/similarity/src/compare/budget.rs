//! How many permutations and groups a comparison can afford.

use crate::gram::MOST_DATAPOINTS;
use crate::{Convention, MapShape, Measure, Options};

/// Permutations that are kept whatever they cost: `p` can still be 0.05.
const LEAST_PERMUTATIONS: usize = 19;

/// Groups that are kept whatever they cost: nine degrees of freedom.
const LEAST_GROUPS: usize = 10;

impl Options {
    /// These options with no more permutations and groups than [`budget`](Options::budget) allows
    /// between layers of these extents, but at least 19 permutations and 10 groups where as many
    /// were asked for.
    ///
    /// Costs are counted in floating-point operations, never in time, so the same layers get the
    /// same numbers on every machine. [`compare`](crate::compare()) does this itself, and warns.
    pub fn affordable(&self, a: MapShape, b: MapShape) -> Self {
        let cost = Cost::new(self, a, b);
        let most = |cost: f64| (self.budget / cost.max(1.0)).max(0.0) as usize;
        Self {
            permutations: most(cost.permutation)
                .max(LEAST_PERMUTATIONS)
                .min(self.permutations),
            groups: most(cost.group).max(LEAST_GROUPS).min(self.groups),
            ..self.clone()
        }
    }
}

/// Operations of one more permutation, and of one more group.
struct Cost {
    permutation: f64,
    group: f64,
}

impl Cost {
    fn new(options: &Options, a: MapShape, b: MapShape) -> Self {
        let (p, q) = (a.channels as f64, b.channels as f64);
        let images = a.images as f64;
        let grid = a.height.max(b.height).saturating_mul(a.width.max(b.width));
        let each = match options.convention {
            Convention::Spatial => options.positions.map_or(grid, |count| count.min(grid)) as f64,
            Convention::Pooled | Convention::Flattened => 1.0,
        };
        let flattened = options.convention == Convention::Flattened && grid > 1;
        let rows = if flattened {
            images.min(MOST_DATAPOINTS as f64)
        } else {
            (images * each).min(options.pairwise_datapoints.min(MOST_DATAPOINTS) as f64)
        };
        let mut cost = Self {
            permutation: 0.0,
            group: 0.0,
        };
        let mut streamed = false;
        for &measure in &options.measures {
            if flattened || !measure.from_moments() {
                let nuclear = matches!(measure, Measure::Procrustes | Measure::AngularProcrustes);
                let cube = if nuclear { rows.powi(3) } else { 0.0 };
                cost.permutation += 2.0 * rows * rows + 20.0 * cube;
                cost.group += 20.0 * rows * rows + 40.0 * cube;
            } else {
                streamed = true;
                // Decompositions reach a fraction of the speed of products: they count double.
                if !matches!(
                    measure,
                    Measure::Cka | Measure::DebiasedCka | Measure::CkaPrime
                ) {
                    let singular = 16.0 * p.max(q) * p.min(q).powi(2);
                    cost.permutation += singular;
                    cost.group += singular + 18.0 * (p.powi(3) + q.powi(3));
                }
            }
        }
        if streamed {
            cost.permutation += 2.0 * images * each * p * q;
            // Every image is in one group: the pass over the data does not grow with the groups.
            cost.group += 4.0 * (p * p + q * q + p * q);
        }
        cost
    }
}

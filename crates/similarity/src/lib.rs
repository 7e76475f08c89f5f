//! How alike two networks represent the same images.
//!
//! One streaming pass over datapoints accumulates second moments in `f64`; every measure that
//! second moments determine (CCA, SVCCA, PWCCA, linear CKA, Procrustes, regression) follows from
//! them, in memory that depends on the channels only. Measures of pairs of datapoints (RBF CKA,
//! neighbours) use Gram matrices of a bounded subsample.
//!
//! A result is a number or a typed [`Reason`] why there is none, never NaN.

mod activations;
mod canonical;
mod cca;
mod cka;
mod compare;
mod comparison;
mod convention;
mod correlation;
mod cross_scatter;
mod datapoints;
mod evaluation;
pub mod files;
mod floor;
mod gram;
mod linear;
mod measure;
mod moments;
mod original;
mod pair;
mod procrustes;
mod pwcca;
mod reason;
mod regression;
mod svcca;
mod view;

pub use activations::{Activations, MapShape, Memory, ReadError, Values};
pub use canonical::{Canonical, CanonicalSide};
pub use compare::{CompareError, SelfTest, compare, layer_map, self_test};
pub use comparison::{Compared, Interval, Measured, Null, Options, Side};
pub use convention::Convention;
pub use floor::{wachter_edges, wachter_mean};
pub use kernels::Panels;
pub use measure::{Criterion, Measure, UnknownMeasure};
pub use moments::{CrossMoments, Moments, MomentsError};
pub use original::{Original, OriginalSide, sum_threshold};
pub use pair::{OwnedPair, Pair};
pub use reason::Reason;
pub use svcca::{Keep, Truncated};
pub use view::View;

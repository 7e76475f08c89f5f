//! How alike two networks represent the same images.
//!
//! One streaming pass over datapoints accumulates second moments in `f64`; every measure that
//! second moments determine (CCA, SVCCA, PWCCA, linear CKA, Procrustes, regression) follows from
//! them, in memory that depends on the channels only. Measures of pairs of datapoints (RBF CKA,
//! neighbours) use Gram matrices of a bounded subsample.
//!
//! A result is a number or a typed [`Reason`] why there is none, never NaN.

mod activations;
mod comparison;
mod convention;
pub mod files;
mod measure;
mod moments;
mod reason;
mod stream;

pub use activations::{Activations, MapShape, Memory, ReadError, Values};
pub use comparison::{Compared, Interval, Measured, Null, Options, Side};
pub use convention::Convention;
pub use measure::{Criterion, Measure, UnknownMeasure};
pub use moments::{CrossMoments, Moments, Pair};
pub use reason::Reason;

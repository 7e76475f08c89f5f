//! How alike two networks represent the same images.
//!
//! One streaming pass over datapoints accumulates second moments in `f64`; every measure that
//! second moments determine (CCA, SVCCA, PWCCA, linear CKA, Procrustes, regression) follows from
//! them, in memory that depends on the channels only. Measures of pairs of datapoints (RBF CKA,
//! neighbours) use Gram matrices of a bounded subsample.
//!
//! A result is a number or a typed [`Reason`] why there is none, never NaN.
//!
//! ```
//! use similarity::{MapShape, Measure, Memory, Options, compare};
//!
//! // 50 images, one position, two channels; `b` is a rotation of `a`, `c` something else.
//! let of = |value: &dyn Fn(f32) -> [f32; 2]| {
//!     let values = (0..50).flat_map(|image| value(image as f32)).collect();
//!     let shape = MapShape { images: 50, height: 1, width: 1, channels: 2 };
//!     Memory::new(shape, values)
//! };
//! let a = of(&|i| [(i * 0.7).sin(), (i * 1.3).cos()])?;
//! let b = of(&|i| [-(i * 1.3).cos(), (i * 0.7).sin()])?;
//! let c = of(&|i| [(i * 2.9).sin(), (i * i).cos()])?;
//!
//! let options = Options {
//!     measures: vec![Measure::MeanCca, Measure::Cka],
//!     ..Options::default()
//! };
//! for measured in compare(&a, &b, &options)?.measured {
//!     assert!((measured.value? - 1.0).abs() < 1e-9); // alike but for a rotation
//! }
//! for measured in compare(&a, &c, &options)?.measured {
//!     let null = measured.null.ok_or("no null")?;
//!     assert!(measured.value? < 0.5 && null.p > 0.05); // no more than shuffled images
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `examples/two_layers.rs` compares two `.npy` files.

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

//! Mean ROC and precision-recall curves of networks that were trained with several seeds and tested
//! on the same cases, with pointwise bands for other seeds and other patients.
//!
//! ```
//! use curves::{ArmCurves, CurveGrid, SeedCurve};
//! use stats::{ClusterDraws, Clusters, Finding};
//!
//! let labels = [true, false, true, true, false, false, true, false];
//! let seed = |scores: [f64; 8]| {
//!     let finding = Finding { cases: (0..8).collect(), labels: labels.into(), scores: scores.into() };
//!     vec![SeedCurve { finding, threshold: Some(0.5) }]
//! };
//! let seeds = [
//!     seed([0.9, 0.4, 0.3, 0.8, 0.2, 0.1, 0.7, 0.6]),
//!     seed([0.8, 0.5, 0.6, 0.9, 0.1, 0.3, 0.4, 0.2]),
//!     seed([0.7, 0.3, 0.4, 0.6, 0.2, 0.5, 0.9, 0.1]),
//! ];
//! let patients = Clusters::new(labels.map(|_| None))?;
//! let draws = ClusterDraws::new(&patients, 200, 0)?;
//! let grid = CurveGrid::standard();
//! let arm = ArmCurves::new(&seeds, &patients, Some(&draws), None, &grid)?;
//! assert_eq!(arm.roc.values.last(), Some(&1.0));
//! assert!(arm.threshold.is_some_and(|[sensitivity, _]| sensitivity.value == 0.75));
//! # Ok::<(), stats::StatsError>(())
//! ```

mod arm_curves;
mod curve_trace;
mod resampled_sums;

pub use arm_curves::{ArmCurves, Band, Banded, CurveFolds, SeedCurve};
pub use curve_trace::CurveGrid;

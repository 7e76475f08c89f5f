//! What may be concluded from arms that were trained with several seeds and tested on the same
//! cases: who differs, who is equivalent, who may be the best, and how sure that is.
//!
//! Everything that a study says is one family ([`Shares`]): the chance that any of it is false is
//! held to 5%; simulated in docs/statistics.md, it is from five seeds on, and up to 9% with three.
//! With fewer than three seeds nothing is concluded.
//!
//! ```text
//! estimates by arm and seed ─▶ Arms ─▶ Contrast ─▶ corrected ─▶ Outcome
//!                                └──▶ Best       └▶ Planning
//! ```
//!
//! Where seeds are added until all is decided, [`Sequential`] takes one look after another.
//!
//! ```
//! use decisions::{Arms, Concludes, Shares, corrected};
//! use stats::{Delong, Outcome};
//!
//! // 400 cases, every third positive, scored by three seeds of each of two arms.
//! let labels: Vec<bool> = (0..400).map(|case| case % 3 == 0).collect();
//! let run = |gain: f64, seed: u64| {
//!     let score = |case: u64| (case * 37 + seed * 11 + case * seed) as f64 % 101.0 / 101.0;
//!     let scores: Vec<f64> = (0..400)
//!         .map(|case| score(case) + gain * f64::from(u8::from(labels[case as usize])))
//!         .collect();
//!     Ok((seed, Delong::new(&labels, &scores)?.estimate()?))
//! };
//! let arm = |gain| [1, 2, 3].map(|seed| run(gain, seed)).into_iter().collect();
//! let better: Result<Vec<_>, stats::StatsError> = arm(0.8);
//! let baseline: Result<Vec<_>, stats::StatsError> = arm(0.2);
//! let (better, baseline) = (better?, baseline?);
//!
//! let arms = Arms::new([(&better[..], 0), (&baseline[..], 0)]);
//! let contrast = arms.contrast([0, 1]).expect("seeds that both have");
//! let share = Shares::of(Concludes::default()).differences;
//! let after = corrected(&[&contrast], 0.01, share)?;
//! assert_eq!(after[0].outcome(contrast.difference.mean), Outcome::Better);
//!
//! // Two seeds decide nothing.
//! let arms = Arms::new([(&better[..2], 0), (&baseline[..2], 0)]);
//! let contrast = arms.contrast([0, 1]).expect("seeds that both have");
//! assert_eq!(contrast.interval(0.95), None);
//! # Ok::<(), stats::StatsError>(())
//! ```

mod arms;
mod best;
mod binormal;
mod concern;
mod contrast;
mod design;
mod family;
mod futility;
mod of_folds;
mod planning;
mod rectangle;
mod sequential;
mod spending;
mod step_down;
pub mod words;

pub use arms::{Arms, Seeds};
pub use best::Best;
pub use concern::Concern;
pub use contrast::{Contrast, Posterior};
pub use design::{Asked, Cell, Design, Guess};
pub use family::{Concludes, Corrected, ERROR, Shares, corrected, corrected_alone};
pub use futility::Futility;
pub use of_folds::OfFolds;
pub use planning::{
    ErrorOf, MOST_PATIENTS, MOST_SEEDS, Needed, POWER, Planning, power_of_difference,
    power_of_equivalence,
};
pub use sequential::{Sequential, Standing};
pub use spending::Spending;

/// Fewest seeds from which anything is concluded about how an arm is trained.
pub const FEWEST_SEEDS: usize = 3;

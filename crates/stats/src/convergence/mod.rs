//! How soon learning curves arrive.

mod kaplan_meier;
mod learning_curve;
mod speed_up;
mod threshold;

pub use kaplan_meier::{KaplanMeier, LogRank, MedianSteps, RestrictedMean, SurvivalPoint};
pub use learning_curve::{area_under_learning_curve, common_steps};
pub use speed_up::{Bound, SpeedUp};
pub use threshold::{Crossing, steps_to, steps_to_sustained};

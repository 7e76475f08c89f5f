//! How soon learning curves arrive.

mod arrival;
mod isotonic;
mod kaplan_meier;
mod learning_curve;
mod redrawn_curve;
mod speed_up;
mod threshold;

pub use arrival::Arrival;
pub use isotonic::isotonic;
pub use kaplan_meier::{KaplanMeier, LogRank, MedianSteps, RestrictedMean, SurvivalPoint};
pub use learning_curve::{area_under_learning_curve, common_steps};
pub use redrawn_curve::{PatientDraws, RedrawnCurve};
pub use speed_up::{Bound, SPEED_MARGIN, Speed, SpeedUp};
pub use threshold::{Crossing, steps_to, steps_to_sustained};

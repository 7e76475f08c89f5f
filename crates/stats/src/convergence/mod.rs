//! How soon learning curves arrive.

mod arrival;
mod arrival_ratio;
mod isotonic;
mod kaplan_meier;
mod learning_curve;
mod redrawn_curve;
mod speed_up;
mod threshold;

pub use arrival::Arrival;
pub use arrival_ratio::{ArrivalRatio, SPEED_MARGIN, Speed};
pub use isotonic::isotonic;
pub use kaplan_meier::{KaplanMeier, LogRank, MedianSteps, RestrictedMean, SurvivalPoint};
pub use learning_curve::{area_under_learning_curve, common_steps};
pub use redrawn_curve::{PatientDraws, RedrawnCurve};
pub use speed_up::{Bound, SpeedUp};
pub use threshold::{Crossing, steps_to, steps_to_sustained};

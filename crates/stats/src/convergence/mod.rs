//! How soon learning curves arrive.

mod arrival;
mod arrival_ratio;
mod bound;
mod isotonic;
mod learning_curve;
mod redrawn_curve;

pub use arrival::Arrival;
pub use arrival_ratio::{ArrivalRatio, SPEED_MARGIN, Speed};
pub use bound::Bound;
pub use isotonic::isotonic;
pub use learning_curve::{area_under_learning_curve, common_steps};
pub use redrawn_curve::{PatientDraws, RedrawnCurve};

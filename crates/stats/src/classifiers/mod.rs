//! Classifiers of features that are computed once: what they tell of labels without training the
//! network that made them.
//!
//! [`FeatureRows`] and [`Labels`] ─▶ [`LogisticRegression`] or [`NearestNeighbours`] ─▶ scores
//! `[cases, classes]`.

mod feature_rows;
mod labels;
mod logistic_regression;
mod nearest_neighbours;
mod regression;
mod standardised;

pub use feature_rows::FeatureRows;
pub use labels::Labels;
pub use logistic_regression::LogisticRegression;
pub use nearest_neighbours::NearestNeighbours;

//! What is measured on the test pictures of a run: one table, a row a metric.

mod judged;
mod measure;
mod metric;
mod table;
mod values;

pub use judged::Judged;
pub use measure::measure;
pub use metric::{Direction, Metric};
pub use table::{METRICS, log_loss};
pub use values::MetricValues;

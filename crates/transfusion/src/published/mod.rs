//! Tables of published results, analysed anew: what do they really show?

mod analysis;
mod table;

pub use analysis::{AnalysedRow, Analysis, Counts, Untested, analyse};
pub use table::{Printed, PublishedError, PublishedTables, Row, Table};

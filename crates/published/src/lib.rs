//! Tables of published results, analysed anew: what do they really show?

mod reanalysis;
mod table;

pub use reanalysis::{AnalysedRow, Analysis, Counts, Untested, analyse};
pub use table::{Printed, PublishedError, PublishedTables, Row, Table};

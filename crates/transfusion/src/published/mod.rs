//! Tables of published results, analysed anew: what do they really show?

mod analysis;
mod table;

pub use analysis::{Analysis, AnalysedRow, Counts, Untested, analyse};
pub use table::{PublishedError, PublishedTables, Printed, Row, Table};

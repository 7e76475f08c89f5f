//! Tidy tables of everything, as CSV or Parquet.

mod columns;
mod csv_table;
mod parquet;
mod rows;
mod thrift;
mod write;

pub(crate) use write::{Format, Tables};

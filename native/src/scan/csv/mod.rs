//! CSV files with rows that do not fit, and the columns of CSV files.

mod bad_row;
pub mod csv_scan;
mod header;
mod lines;
pub mod opener;
mod parser;
mod pending;
pub mod rows;
pub mod schema;

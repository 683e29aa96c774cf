//! CSV files with rows that do not fit, and the columns of CSV files.

mod lines;
pub mod opener;
mod pending;
pub mod rows;
pub mod schema;
mod zone;

//! DataFrames: reading files, verbs, and writing rows to files and tables.

pub mod read;
pub mod verb;
pub mod write;

//! Functions: documentation of DataFusion's, Spark's functions with a prefix, and series as tables.

mod documentation;
pub mod series;
pub mod spark;

//! Plans in formats of other systems: SQL and Substrait.

mod faithful;
pub mod sql;
pub mod substrait;

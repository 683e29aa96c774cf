//! TypeScript UDFs as DataFusion functions: one file for each kind, and the code that they share.

pub mod aggregate;
mod group_rows;
mod groups;
pub mod js_function;
mod one_group;
pub mod scalar;
pub mod table_call;
pub mod table_function;
pub mod table_scan;
pub mod window;

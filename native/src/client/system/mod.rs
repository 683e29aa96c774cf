//! The schema `system`: the jobs and executors of the scheduler as tables.

mod columns;
pub mod system_catalog;
pub mod system_table;

//! The cache of SQL plans of a session.

pub mod basis;
pub mod plan_cache;
pub mod planned;

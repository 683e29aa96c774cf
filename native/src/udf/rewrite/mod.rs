//! Rewrites of plans that call TypeScript UDFs.

pub mod bind;
pub mod called;
pub mod coalesce;
pub mod runnable;
pub mod windows;

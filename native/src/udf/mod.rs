//! Functions in TypeScript. They are known to client and scheduler, and run where tasks run.

pub mod aggregate;
pub mod batch;
pub mod bind;
pub mod codec;
pub mod definition;
pub mod failure;
pub mod function;
pub mod gather;
mod groups;
pub mod hoist;
pub mod log;
pub mod module;
pub mod pool;
mod room;
pub mod scalar;
pub mod table;
pub mod task;
pub mod window;
pub mod worker;

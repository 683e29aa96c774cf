//! User-defined functions (UDFs) in TypeScript.
//!
//! Clients and schedulers only know their definitions; UDFs run where tasks run. `function` has the functions
//! that DataFusion calls, `worker` the JavaScript threads that run the code, `rewrite` the changes that plans
//! need before they can call UDFs.

pub mod code;
pub mod definition;
pub mod failure;
pub mod function;
pub mod log;
pub mod rewrite;
pub mod worker;

//! In-memory tables that reach the cluster.
//!
//! A table is a set of Arrow IPC files in a virtual object store, `ballista-table://<id>/`. The
//! plan ships as an ordinary listing of that folder, which the engine serialises, splits over
//! tasks and projects by itself; only the bytes need a way to the executors. They travel to the
//! scheduler once, when it does not have the table yet, and from there to each executor that
//! reads them. Inside one process they do not travel at all: every party finds them in `local`.

pub mod local;
pub mod provider;
pub mod registry;
pub mod remote;
pub mod service;
pub mod store;
pub mod values;

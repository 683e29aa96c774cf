//! In-memory tables that a cluster can read.
//!
//! A table is a set of Arrow IPC files in a virtual object store, `ballista-table://<id>/`. The plan has an
//! ordinary listing table over that folder, which DataFusion serializes, splits over tasks and projects by
//! itself. Only the bytes must be sent to the executors: they are a blob, see `blobs`.

pub mod changed;
pub mod contents;
pub mod dml;
pub mod file_table;
pub mod named_files;
pub mod numbered;
pub mod provider;
pub mod snapshots;
pub mod store_registry;
pub mod stored;
pub mod table_store;
pub mod values;

//! Blobs: files that are sent once, for the data of in-memory tables and the code of UDFs.
//!
//! A blob has an id, which contains a hash of its files, and is immutable. A client sends it to the scheduler once, and each executor that needs
//! it fetches it from there once. Within a process it is not sent: all parts of the process find it by its
//! id.

pub mod blob;
pub mod budget;
pub mod cache;
pub mod content;
pub mod frames;
pub mod remote;
pub mod source;

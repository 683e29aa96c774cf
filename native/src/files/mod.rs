//! Files that queries write, and the folders that they are in.

pub mod arrow_format;
pub mod by_extension;
pub mod copy;
pub mod folder;
pub mod listed;
pub mod partitions;
pub mod sinks;
pub mod staged;
pub mod staging;
pub mod write_mode;
pub mod zone;

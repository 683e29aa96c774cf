//! Files that queries write.

pub mod arrow_format;
pub mod copy;
pub mod folder;
pub mod sinks;
pub mod staged;
pub mod staging;
pub mod write_mode;

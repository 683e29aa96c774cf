//! Files that queries write.

pub mod arrow;
pub mod copy;
pub mod staged;

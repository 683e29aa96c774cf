//! Plan serialization: DataFusion's and Ballista's codecs, with what they leave out.

pub mod function;
pub mod logical;
pub mod note;
pub mod physical;
pub mod whole_plan;

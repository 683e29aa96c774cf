//! Plan serialization: DataFusion's and Ballista's codecs, with what they leave out.

pub mod divided;
mod file_table;
pub mod function;
pub mod logical;
pub mod message_depth;
pub mod note;
mod part;
pub mod physical;
mod plan_part;
pub mod whole_plan;

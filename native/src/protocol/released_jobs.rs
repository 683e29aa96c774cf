//! `PUT /jobs/released`: a client tells a scheduler of this package which ended jobs it is done with.

use prost::Message;

pub const PATH: &str = "/jobs/released";

#[derive(Clone, PartialEq, Message)]
pub struct ReleasedJobs {
    #[prost(string, repeated, tag = "1")]
    pub ids: Vec<String>,
}

//! Turns a query into one physical node that submits its logical plan to the cluster.

pub mod analyze;
pub mod cluster_planner;
mod local_writes;
mod portable;
pub mod remote_query;

//! How the scheduler plans a query: in the client's session, for one executor or in stages.

mod distributed_planner;
mod permitted;
mod scheduler_planner;
pub mod sessions;
mod shallow_plans;

//! The scheduler's state: its executors and jobs, and the distribution of tasks.

mod bind_task;
mod budget;
pub mod cluster_state;
mod distribution;
mod executor_clients;
mod executor_reports;
pub mod job_events;
pub mod job_failure;
mod known_jobs;
mod launcher;
mod lost_executor;
pub mod registered;
mod running_tasks;
pub mod stage_reports;
mod task_config;

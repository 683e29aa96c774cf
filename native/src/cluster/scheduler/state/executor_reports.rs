//! What is known of the registered executors, for clients that list them.

use super::cluster_state::Executors;
use crate::protocol::executor_facts::{runs_functions, task_memory};
use crate::protocol::executor_report::ExecutorReport;
use ballista_core::serde::protobuf::task_status::Status;
use ballista_core::JobId;
use ballista_scheduler::cluster::ClusterState;
use ballista_scheduler::state::execution_graph::ExecutionGraphBox;
use ballista_scheduler::state::execution_stage::ExecutionStage;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::RwLock;

/// What runs on an executor.
#[derive(Default)]
struct Load {
    slots: u32,
    tasks: u32,
}

impl Executors {
    /// The graph of a job that has not ended. `None`, too, before its first tasks could be bound.
    pub async fn graph(&self, job: &JobId) -> Option<Arc<RwLock<ExecutionGraphBox>>> {
        self.jobs.lock().await.all.get(job)?.graph.upgrade()
    }

    /// In the order of their ids.
    pub async fn reports(&self) -> Vec<ExecutorReport> {
        let loads = self.loads().await;
        let known = self.known.registered_executor_metadata().await;
        let reports = known.into_iter().filter_map(|executor| {
            let (closing, disk_full) = self.registered.state(&executor.id)?;
            let load = loads.get(&executor.id);
            let (used, running_tasks) = load.map_or((0, 0), |load| (load.slots, load.tasks));
            let heartbeat = self.known.get_executor_heartbeat(&executor.id);
            let slots = executor.specification.vcores;
            Some(ExecutorReport {
                task_memory: task_memory(&executor).unwrap_or(0) as u64,
                runs_functions: runs_functions(&executor.id),
                id: executor.id,
                host: executor.host,
                port: executor.port.into(),
                grpc_port: executor.grpc_port.into(),
                slots,
                free_slots: slots.saturating_sub(used),
                running_tasks,
                closing,
                disk_full,
                seen: heartbeat.map_or(0, |beat| beat.timestamp * 1000),
            })
        });
        let mut reports: Vec<_> = reports.collect();
        reports.sort_by(|a, b| a.id.cmp(&b.id));
        reports
    }

    async fn loads(&self) -> HashMap<String, Load> {
        let graphs: Vec<_> = {
            let jobs = self.jobs.lock().await;
            jobs.all.values().filter_map(|job| job.graph.upgrade()).collect()
        };
        let mut loads: HashMap<String, Load> = HashMap::new();
        for graph in graphs {
            let graph = graph.read().await;
            for stage in graph.stages().values() {
                let ExecutionStage::Running(stage) = stage else {
                    continue;
                };
                for task in &stage.task_infos {
                    if let Status::Running(running) = &task.task_status {
                        let load = loads.entry(running.executor_id.clone()).or_default();
                        load.slots += task.vcores_consumed;
                        load.tasks += 1;
                    }
                }
            }
        }
        loads
    }
}

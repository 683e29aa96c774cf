//! Tells the scheduler how tasks ended. A report is repeated until it arrives: without it, the job would wait for ever.

use super::scheduler_link::SchedulerLink;
use super::tasks::Tasks;
use ballista_core::serde::protobuf::{TaskStatus, UpdateTaskStatusParams};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tonic::Code;

const MOST: usize = 1_000;
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

pub async fn report(tasks: Arc<Tasks>, link: Arc<SchedulerLink>, mut ends: UnboundedReceiver<TaskStatus>) {
    let mut batch = Vec::new();
    loop {
        let count = ends.recv_many(&mut batch, MOST).await;
        if count == 0 {
            return;
        }
        send(&link, tasks.executor(), std::mem::take(&mut batch)).await;
        tasks.reported(count);
    }
}

async fn send(link: &SchedulerLink, executor: &str, task_status: Vec<TaskStatus>) {
    let report = UpdateTaskStatusParams {
        executor_id: executor.to_owned(),
        task_status,
    };
    let mut pause = FIRST_PAUSE;
    loop {
        let sent = async { link.scheduler().await?.update_task_status(report.clone()).await };
        match sent.await {
            Ok(_) => return,
            // The scheduler would refuse it again.
            Err(status)
                if matches!(
                    status.code(),
                    Code::InvalidArgument | Code::OutOfRange | Code::NotFound
                ) =>
            {
                log::error!("The scheduler refused the reports of tasks: {}", status.message());
                return;
            }
            Err(_) => {}
        }
        tokio::time::sleep(pause).await;
        pause = (2 * pause).min(LONGEST_PAUSE);
    }
}

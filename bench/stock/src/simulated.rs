//! Simulated executors that do no work: they register with a scheduler, accept its tasks and report them as
//! successful at once. So the time of a query is only the work of the scheduler.
//!
//! Each executor has its own port, because a launch does not say which executor it is for. Like real
//! executors, they send a heartbeat every five seconds, and report all tasks that have ended since the last
//! report in one message.

use crate::serve::{external, until_closed};
use ballista::prelude::SessionConfigExt;
use ballista_core::execution_plans::SortShuffleWriterExec;
use ballista_core::serde::protobuf::executor_grpc_server::{ExecutorGrpc, ExecutorGrpcServer};
use ballista_core::serde::protobuf::executor_metric::Metric as ExecutorMetricValue;
use ballista_core::serde::protobuf::executor_resource::Resource;
use ballista_core::serde::protobuf::operator_metric::Metric;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{
    executor_status, task_status, CancelTasksParams, CancelTasksResult, ExecutorMetric,
    ExecutorOperatingSystemSpecification, ExecutorRegistration, ExecutorResource, ExecutorSpecification,
    ExecutorStatus, HeartBeatParams, KeyValuePair, LaunchMultiTaskParams, LaunchMultiTaskResult,
    LaunchTaskParams, LaunchTaskResult, MultiTaskDefinition, NamedCount, OperatorMetric, OperatorMetricsSet,
    RegisterExecutorParams, RemoveJobDataParams, RemoveJobDataResult, ShuffleWritePartition,
    StopExecutorParams, StopExecutorResult, SuccessfulTask, TaskId, TaskStatus, UpdateTaskStatusParams,
};
use ballista_core::serde::BallistaPhysicalExtensionCodec;
use ballista_core::BALLISTA_PROTOCOL_VERSION;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::physical_plan::AsExecutionPlan;
use datafusion_proto::protobuf::PhysicalPlanNode;
use futures::{StreamExt, TryStreamExt};
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Request, Response, Status};

const HEARTBEAT: Duration = Duration::from_secs(5);
/// How many executors register at once.
const AT_ONCE: usize = 32;
/// About the number of metrics of a Parquet scan, and of other operators.
const METRICS_OF_SCAN: usize = 30;
const METRICS_OF_OTHERS: usize = 8;

/// The report of every task of a stage.
struct Report {
    metrics: Vec<OperatorMetricsSet>,
    /// The number of partitions that the stage shuffles its rows to. 0 if the client reads the result, which
    /// is empty here.
    outputs: usize,
}

/// State that the executors share.
struct Stages {
    context: Arc<TaskContext>,
    /// The number of shuffle partitions that the rows of one task fall into.
    filled: usize,
    reports: Mutex<HashMap<(String, u32), Arc<Report>>>,
}

impl Stages {
    /// Decodes the plan once for each stage.
    fn report(&self, tasks: &MultiTaskDefinition) -> Result<Arc<Report>> {
        let key = (tasks.job_id.clone(), tasks.stage_id);
        let mut reports = self.reports.lock().expect("no panics");
        if let Some(report) = reports.get(&key) {
            return Ok(report.clone());
        }
        let plan = PhysicalPlanNode::try_decode(&tasks.plan)?;
        let codec = BallistaPhysicalExtensionCodec::default();
        let plan = plan.try_into_physical_plan(&self.context, &codec)?;
        let mut metrics = vec![];
        measure(&plan, &mut metrics);
        let writer = plan.downcast_ref::<SortShuffleWriterExec>();
        let outputs = writer.map_or(0, |writer| writer.shuffle_output_partitioning().partition_count());
        let report = Arc::new(Report { metrics, outputs });
        reports.insert(key, report.clone());
        Ok(report)
    }
}

/// Metrics for each operator that has some, in the order in which an executor reports them.
fn measure(node: &Arc<dyn ExecutionPlan>, metrics: &mut Vec<OperatorMetricsSet>) {
    if node.metrics().is_some() {
        let count = match node.children().is_empty() {
            true => METRICS_OF_SCAN,
            false => METRICS_OF_OTHERS,
        };
        let first = [Metric::OutputRows(1), Metric::ElapseTime(1000)].into_iter();
        let others = (first.len()..count).map(|number| {
            Metric::Count(NamedCount {
                name: format!("count_{number}"),
                value: 1,
            })
        });
        let metrics_of_node = first.chain(others).map(|metric| OperatorMetric {
            partition: Some(0),
            metric: Some(metric),
        });
        metrics.push(OperatorMetricsSet {
            metrics: metrics_of_node.collect(),
        });
    }
    for child in node.children() {
        measure(child, metrics);
    }
}

/// Whether tasks report metrics. Reads the setting as the executors of the package do.
fn is_measured(tasks: &MultiTaskDefinition) -> bool {
    let setting =
        |prop: &KeyValuePair| prop.key == "cluster.task_metrics" && prop.value.as_deref() == Some("false");
    !tasks.props.iter().any(setting)
}

struct Simulated {
    id: String,
    stages: Arc<Stages>,
    done: mpsc::UnboundedSender<TaskStatus>,
}

impl Simulated {
    fn status(&self, tasks: &MultiTaskDefinition, task: &TaskId, report: &Report) -> TaskStatus {
        let partitions = (0..self.stages.filled.min(report.outputs)).map(|number| ShuffleWritePartition {
            partition_id: ((task.task_id as usize + number) % report.outputs) as u64,
            num_batches: 1,
            num_rows: 1,
            num_bytes: 100,
            file_id: Some(task.task_id.into()),
            is_sort_shuffle: true,
        });
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis() as u64;
        TaskStatus {
            task_id: task.task_id,
            job_id: tasks.job_id.clone(),
            stage_id: tasks.stage_id,
            stage_attempt_num: tasks.stage_attempt_num,
            launch_time: tasks.launch_time,
            start_exec_time: now,
            end_exec_time: now,
            metrics: match is_measured(tasks) {
                true => report.metrics.clone(),
                false => vec![OperatorMetricsSet::default(); report.metrics.len()],
            },
            status: Some(task_status::Status::Successful(SuccessfulTask {
                executor_id: self.id.clone(),
                partitions: partitions.collect(),
                ..SuccessfulTask::default()
            })),
        }
    }
}

type Answer<T> = std::result::Result<Response<T>, Status>;

#[tonic::async_trait]
impl ExecutorGrpc for Simulated {
    async fn launch_multi_task(
        &self,
        request: Request<LaunchMultiTaskParams>,
    ) -> Answer<LaunchMultiTaskResult> {
        for tasks in request.into_inner().multi_tasks {
            let report = self.stages.report(&tasks);
            let report = report.map_err(|error| Status::internal(error.to_string()))?;
            for task in &tasks.task_ids {
                let _ = self.done.send(self.status(&tasks, task, &report));
            }
        }
        Ok(Response::new(LaunchMultiTaskResult::default()))
    }

    async fn launch_task(&self, _: Request<LaunchTaskParams>) -> Answer<LaunchTaskResult> {
        Err(Status::unimplemented("schedulers launch several tasks at once"))
    }

    async fn stop_executor(&self, _: Request<StopExecutorParams>) -> Answer<StopExecutorResult> {
        Ok(Response::new(StopExecutorResult {}))
    }

    async fn cancel_tasks(&self, _: Request<CancelTasksParams>) -> Answer<CancelTasksResult> {
        Ok(Response::new(CancelTasksResult { cancelled: true }))
    }

    async fn remove_job_data(&self, _: Request<RemoveJobDataParams>) -> Answer<RemoveJobDataResult> {
        Ok(Response::new(RemoveJobDataResult {}))
    }
}

/// Starts the executors, and prints `{"port":N}` with the port of one of them when all have registered. Exits
/// when its standard input closes.
pub async fn run(scheduler: u16, executors: usize, vcores: u32, filled: usize) -> Result<()> {
    let context = SessionContext::new_with_config(SessionConfig::new_with_ballista());
    let stages = Arc::new(Stages {
        context: context.task_ctx(),
        filled,
        reports: Mutex::default(),
    });
    let started = (0..executors).map(|number| start(number, executors, scheduler, vcores, stages.clone()));
    let ports: Vec<u16> = futures::stream::iter(started)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    println!("{{\"port\":{}}}", ports[0]);
    until_closed().await
}

async fn start(
    number: usize,
    executors: usize,
    scheduler: u16,
    vcores: u32,
    stages: Arc<Stages>,
) -> Result<u16> {
    let incoming = TcpIncoming::bind((Ipv4Addr::LOCALHOST, 0).into())?.with_nodelay(Some(true));
    let port = incoming.local_addr()?.port();
    // The id prefix of this package's executors. Other executors get the whole configuration with each task.
    let id = format!("node-simulated-{number}");
    let (done, ended) = mpsc::unbounded_channel();
    let service = Simulated {
        id: id.clone(),
        stages,
        done,
    };
    let service = ExecutorGrpcServer::new(service)
        .max_decoding_message_size(usize::MAX)
        .max_encoding_message_size(usize::MAX);
    tokio::spawn(
        Server::builder()
            .add_service(service)
            .serve_with_incoming(incoming),
    );

    let channel = Endpoint::from_shared(format!("http://127.0.0.1:{scheduler}")).map_err(external)?;
    let channel = channel.tcp_nodelay(true).connect().await.map_err(external)?;
    let mut client = SchedulerGrpcClient::new(channel).max_encoding_message_size(usize::MAX);
    let metadata = ExecutorRegistration {
        id: id.clone(),
        host: Some("127.0.0.1".into()),
        port: port.into(),
        grpc_port: port.into(),
        specification: Some(ExecutorSpecification {
            resources: vec![ExecutorResource {
                resource: Some(Resource::Vcores(vcores)),
            }],
        }),
        os_info: Some(ExecutorOperatingSystemSpecification {
            system_name: std::env::consts::OS.into(),
            os_ver_long: "; memory for tasks: 1073741824".into(),
            ..Default::default()
        }),
        ballista_protocol_version: BALLISTA_PROTOCOL_VERSION,
    };
    let registration = RegisterExecutorParams {
        metadata: Some(metadata.clone()),
    };
    client.register_executor(registration).await.map_err(external)?;
    tokio::spawn(send_reports(id.clone(), client.clone(), ended));
    // Spreads the heartbeats of all executors over one heartbeat interval.
    let first = HEARTBEAT.mul_f64(number as f64 / executors as f64);
    tokio::spawn(send_heartbeats(id, client, metadata, first));
    Ok(port)
}

async fn send_reports(
    executor_id: String,
    mut scheduler: SchedulerGrpcClient<Channel>,
    mut ended: mpsc::UnboundedReceiver<TaskStatus>,
) {
    while let Some(status) = ended.recv().await {
        let mut task_status = vec![status];
        while let Ok(status) = ended.try_recv() {
            task_status.push(status);
        }
        let report = UpdateTaskStatusParams {
            executor_id: executor_id.clone(),
            task_status,
        };
        if let Err(error) = scheduler.update_task_status(report).await {
            eprintln!("{executor_id}: {error}");
        }
    }
}

async fn send_heartbeats(
    executor_id: String,
    mut scheduler: SchedulerGrpcClient<Channel>,
    metadata: ExecutorRegistration,
    first: Duration,
) {
    tokio::time::sleep(first).await;
    let mut ticks = tokio::time::interval(HEARTBEAT);
    loop {
        ticks.tick().await;
        let memory = [
            ExecutorMetricValue::ProcPhysicalMemory(1 << 30),
            ExecutorMetricValue::ProcVirtualMemory(1 << 30),
        ];
        let beat = HeartBeatParams {
            executor_id: executor_id.clone(),
            metrics: memory
                .map(|metric| ExecutorMetric { metric: Some(metric) })
                .into(),
            status: Some(ExecutorStatus {
                status: Some(executor_status::Status::Active(String::new())),
            }),
            metadata: Some(metadata.clone()),
        };
        if scheduler.heart_beat_from_executor(beat).await.is_err() {
            return;
        }
    }
}

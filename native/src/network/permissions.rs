//! The roles that each path of a server needs.

use super::principal::Role::{self, Executor, Read};

/// Any of these roles. Plans and uploads need more, which their handlers check.
type Needed = &'static [Role];

const MEMBER: Needed = &[Executor];
const CLIENT: Needed = &[Read];
const DATA: Needed = &[Read, Executor];
const ANYONE: Needed = &[];

/// Paths, and prefixes that end with a slash. A path without a row is refused.
const TABLE: [(&str, Needed); 24] = [
    ("/ballista.protobuf.SchedulerGrpc/PollWork", MEMBER),
    ("/ballista.protobuf.SchedulerGrpc/RegisterExecutor", MEMBER),
    ("/ballista.protobuf.SchedulerGrpc/HeartBeatFromExecutor", MEMBER),
    ("/ballista.protobuf.SchedulerGrpc/UpdateTaskStatus", MEMBER),
    ("/ballista.protobuf.SchedulerGrpc/ExecutorStopped", MEMBER),
    ("/ballista.protobuf.SchedulerGrpc/CreateUpdateSession", CLIENT),
    ("/ballista.protobuf.SchedulerGrpc/RemoveSession", CLIENT),
    ("/ballista.protobuf.SchedulerGrpc/ExecuteQuery", CLIENT),
    ("/ballista.protobuf.SchedulerGrpc/ExecuteQueryPush", CLIENT),
    ("/ballista.protobuf.SchedulerGrpc/GetJobStatus", CLIENT),
    ("/ballista.protobuf.SchedulerGrpc/GetJobMetrics", CLIENT),
    ("/ballista.protobuf.SchedulerGrpc/CancelJob", CLIENT),
    ("/ballista.protobuf.SchedulerGrpc/CleanJobData", CLIENT),
    ("/ballista.protobuf.ExecutorGrpc/", MEMBER),
    ("/arrow.flight.protocol.FlightService/", DATA),
    ("/executors", CLIENT),
    ("/executors/", MEMBER),
    ("/sessions/", CLIENT),
    ("/jobs", CLIENT),
    ("/jobs/", CLIENT),
    ("/results/", CLIENT),
    ("/partitions/", DATA),
    ("/healthz", ANYONE),
    ("/readyz", ANYONE),
];

/// `None`: the server has no such path.
pub fn needed(path: &str) -> Option<Needed> {
    TABLE
        .iter()
        .find(|(known, _)| path == *known || (known.ends_with('/') && path.starts_with(known)))
        .map(|(_, needed)| *needed)
}

//! What is measured while shuffled rows are read. The names are those of Ballista's reader.

use datafusion::physical_plan::metrics::{Count, ExecutionPlanMetricsSet, MetricBuilder, Time};

#[derive(Clone)]
pub struct ReadMetrics {
    /// The time of requests, which overlap.
    pub fetch_time: Time,
    pub local_read_time: Time,
    /// The bytes of rows in memory.
    pub decoded_bytes: Count,
    pub fetch_requests: Count,
    pub fetch_retries: Count,
    pub local_partitions: Count,
    pub remote_partitions: Count,
}

impl ReadMetrics {
    pub fn new(partition: usize, metrics: &ExecutionPlanMetricsSet) -> Self {
        let time = |name| MetricBuilder::new(metrics).subset_time(name, partition);
        let count = |name| MetricBuilder::new(metrics).counter(name, partition);
        Self {
            fetch_time: time("fetch_time"),
            local_read_time: time("local_read_time"),
            decoded_bytes: count("decoded_bytes"),
            fetch_requests: count("fetch_requests"),
            fetch_retries: count("fetch_retries"),
            local_partitions: count("local_partitions"),
            remote_partitions: count("remote_partitions"),
        }
    }
}

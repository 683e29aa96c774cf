//! Metrics of operators, as JSON.

use datafusion::physical_plan::metrics::{Metric, MetricValue, MetricsSet};
use serde_json::{json, Value};

pub fn metrics(set: &MetricsSet) -> Vec<Value> {
    set.iter().map(|metric| entry(metric)).collect()
}

fn entry(metric: &Metric) -> Value {
    let value = metric.value();
    let labels = metric.labels().iter();
    let labels: serde_json::Map<_, _> = labels
        .map(|label| (label.name().to_owned(), label.value().into()))
        .collect();
    json!({
        "name": value.name(),
        "value": number(value),
        "text": value.to_string(),
        "kind": kind(value),
        "partition": metric.partition(),
        "labels": labels,
    })
}

/// Durations are in nanoseconds, timestamps in milliseconds.
fn number(value: &MetricValue) -> Option<String> {
    let number = match value {
        MetricValue::StartTimestamp(time) | MetricValue::EndTimestamp(time) => {
            time.value()?.timestamp_millis().to_string()
        }
        MetricValue::PruningMetrics { .. } | MetricValue::Ratio { .. } => return None,
        value => value.as_usize().to_string(),
    };
    Some(number)
}

fn kind(value: &MetricValue) -> &'static str {
    use MetricValue as M;
    match value {
        M::ElapsedCompute(_) | M::Time { .. } => "time",
        M::StartTimestamp(_) | M::EndTimestamp(_) => "timestamp",
        M::SpilledBytes(_) | M::OutputBytes(_) | M::CurrentMemoryUsage(_) | M::PeakMemoryUsage { .. } => {
            "bytes"
        }
        M::Gauge { .. } => "gauge",
        M::PruningMetrics { .. } => "pruning",
        M::Ratio { .. } => "ratio",
        M::Custom { .. } => "custom",
        _ => "count",
    }
}

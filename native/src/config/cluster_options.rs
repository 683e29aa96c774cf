//! The settings `cluster.*`: how a cluster of this package plans and runs a query.

use datafusion::common::config_err;
use datafusion::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::error::{DataFusionError, Result};
use datafusion::prelude::SessionConfig;
use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

const WHOLE_QUERY: &str = "whole_query";
const WHOLE_QUERY_MAX_BYTES: &str = "whole_query_max_bytes";
const BROADCAST_MAX_BYTES: &str = "broadcast_max_bytes";
const JOB_WEIGHT: &str = "job_weight";
const SESSION: &str = "session";
/// Sent by clients of this package with every query; users cannot set it.
pub const SESSION_KEY: &str = "cluster.session";
const KEEP_METRICS: &str = "keep_metrics";
const TASK_METRICS: &str = "task_metrics";
const RUNS_AGAIN: &str = "runs_again";

/// Clients set this for a query whose metrics they will read.
pub const WITH_METRICS: (&str, &str) = ("cluster.keep_metrics", "true");

/// Schedulers send this with a task whose metrics no client will read.
pub const WITHOUT_TASK_METRICS: (&str, &str) = ("cluster.task_metrics", "false");

/// Clients set this for a query that runs again because it lost an executor.
pub const AGAIN: (&str, &str) = ("cluster.runs_again", "true");

#[derive(Clone, Debug, PartialEq)]
pub struct ClusterOptions {
    pub whole_query: WholeQuery,
    pub whole_query_max_bytes: usize,
    pub broadcast_max_bytes: usize,
    pub job_weight: usize,
    /// The settings of the client's session by key, for clients of this package. A whole query runs with
    /// these only, because the rest of the configuration has what distributed plans need.
    pub session: Option<BTreeMap<String, String>>,
    /// Not listed as a setting: set for single queries, not by users.
    pub keep_metrics: bool,
    /// Not listed as a setting: whether a task reports the metrics of its operators.
    pub task_metrics: bool,
    /// Not listed as a setting: whether an earlier attempt of the query lost an executor.
    pub runs_again: bool,
}

/// When one executor runs a query alone, as one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WholeQuery {
    /// If the cluster has one executor, or the query scans little.
    Auto,
    Always,
    Never,
}

impl fmt::Display for WholeQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        })
    }
}

impl FromStr for WholeQuery {
    type Err = DataFusionError;

    fn from_str(value: &str) -> Result<Self> {
        match value {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => config_err!("use auto, always or never"),
        }
    }
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            whole_query: WholeQuery::Auto,
            whole_query_max_bytes: 64 << 20,
            broadcast_max_bytes: 32 << 20,
            job_weight: 1,
            session: None,
            keep_metrics: false,
            task_metrics: true,
            runs_again: false,
        }
    }
}

impl ClusterOptions {
    /// The options of a query; the defaults if its configuration has none.
    pub fn of(config: &SessionConfig) -> &Self {
        static DEFAULTS: LazyLock<ClusterOptions> = LazyLock::new(ClusterOptions::default);
        config.options().extensions.get().unwrap_or(&DEFAULTS)
    }

    /// Whether a client may ask for the metrics of the query. Only clients of this package say beforehand.
    pub fn is_measured(&self) -> bool {
        self.keep_metrics || self.session.is_none()
    }
}

impl ConfigExtension for ClusterOptions {
    const PREFIX: &'static str = "cluster";
}

impl ExtensionOptions for ClusterOptions {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        match key {
            WHOLE_QUERY => self.whole_query = value.parse()?,
            WHOLE_QUERY_MAX_BYTES => self.whole_query_max_bytes = number(value)?,
            BROADCAST_MAX_BYTES => self.broadcast_max_bytes = number(value)?,
            JOB_WEIGHT => match number(value)? {
                0 => return config_err!("use a whole number of at least 1"),
                weight => self.job_weight = weight,
            },
            SESSION => {
                let settings = serde_json::from_str(value);
                self.session = Some(settings.or_else(|error| config_err!("{error}"))?);
            }
            KEEP_METRICS => self.keep_metrics = value == "true",
            TASK_METRICS => self.task_metrics = value == "true",
            RUNS_AGAIN => self.runs_again = value == "true",
            _ => return config_err!("the setting cluster.{key} does not exist"),
        }
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        let entry = |key, value: &dyn fmt::Display, description| ConfigEntry {
            key: format!("{}.{key}", Self::PREFIX),
            value: Some(value.to_string()),
            description,
        };
        vec![
            entry(
                WHOLE_QUERY,
                &self.whole_query,
                "Whether one executor runs a query alone, as one task: always, never or auto. auto means: if the \
                 cluster has one executor, if the files of the query have a total size of at most \
                 cluster.whole_query_max_bytes, or if the query cannot be split into stages",
            ),
            entry(
                WHOLE_QUERY_MAX_BYTES,
                &self.whole_query_max_bytes,
                "If the files of a query have at most this total size, in bytes, cluster.whole_query = auto runs \
                 the query as one task, even if the cluster has several executors",
            ),
            entry(
                BROADCAST_MAX_BYTES,
                &self.broadcast_max_bytes,
                "The largest estimated size, in bytes, of a side of a hash join that may be sent to every task. The \
                 scheduler does so if that costs less than partitioning both sides. 0 always partitions both sides",
            ),
            entry(
                JOB_WEIGHT,
                &self.job_weight,
                "The share of the slots that a query gets while other queries wait, relative to their weights",
            ),
        ]
    }
}

fn number(value: &str) -> Result<usize> {
    value
        .parse()
        .or_else(|_| config_err!("use a whole number of at least 0"))
}

//! The largest values of settings that the engine allocates memory for, or starts tasks for.

use crate::error::{Code, Error, Result};
use ballista_core::config::BallistaConfig;
use datafusion::config::ConfigOptions;
use datafusion::prelude::SessionConfig;
use std::fmt;

/// The most partitions of a query. Each pair of partitions may have a channel.
pub const MOST_PARTITIONS: usize = 1_024;
const MOST_ROWS: usize = 65_536;
const MOST_TASKS: usize = 1_024;
const MOST_BYTES: usize = 1 << 40;
const PARTITIONS: &str = "datafusion.execution.target_partitions";

type Value = fn(&ConfigOptions) -> usize;

const BOUNDS: [(&str, usize, Value); 12] = [
    (PARTITIONS, MOST_PARTITIONS, |all| all.execution.target_partitions),
    ("datafusion.execution.batch_size", MOST_ROWS, |all| {
        all.execution.batch_size.get()
    }),
    ("datafusion.execution.planning_concurrency", MOST_TASKS, |all| {
        all.execution.planning_concurrency
    }),
    ("datafusion.execution.meta_fetch_concurrency", MOST_TASKS, |all| {
        all.execution.meta_fetch_concurrency.into()
    }),
    (
        "datafusion.execution.minimum_parallel_output_files",
        MOST_TASKS,
        |all| all.execution.minimum_parallel_output_files.into(),
    ),
    (
        "datafusion.execution.max_buffered_batches_per_output_file",
        MOST_TASKS,
        |all| all.execution.max_buffered_batches_per_output_file.into(),
    ),
    (
        "datafusion.execution.parquet.maximum_parallel_row_group_writers",
        MOST_TASKS,
        |all| all.execution.parquet.maximum_parallel_row_group_writers,
    ),
    (
        "datafusion.execution.parquet.maximum_buffered_record_batches_per_stream",
        MOST_TASKS,
        |all| all.execution.parquet.maximum_buffered_record_batches_per_stream,
    ),
    (
        "datafusion.execution.objectstore_writer_buffer_size",
        1 << 30,
        |all| all.execution.objectstore_writer_buffer_size,
    ),
    (
        "datafusion.execution.sort_spill_reservation_bytes",
        MOST_BYTES,
        |all| all.execution.sort_spill_reservation_bytes,
    ),
    (
        "datafusion.execution.sort_pushdown_buffer_capacity",
        MOST_BYTES,
        |all| all.execution.sort_pushdown_buffer_capacity,
    ),
    (
        "datafusion.execution.hash_join_buffering_capacity",
        MOST_BYTES,
        |all| all.execution.hash_join_buffering_capacity,
    ),
];

const BALLISTA_BOUNDS: [(&str, usize); 6] = [
    ("ballista.client.initial_connection_window_size", (1 << 31) - 1),
    ("ballista.client.initial_stream_window_size", (1 << 31) - 1),
    ("ballista.shuffle.max_concurrent_read_requests", MOST_ROWS),
    (
        "ballista.shuffle.reader.max_blocks_in_flight_per_address",
        MOST_ROWS,
    ),
    ("ballista.shuffle.sort_based.batch_size", MOST_ROWS),
    ("ballista.shuffle.writer_channel_capacity", MOST_TASKS),
];

/// `partitions` is the number of partitions that queries have by default, if it is large.
pub fn check(options: &ConfigOptions, partitions: usize) -> Result<()> {
    for (key, most, value) in BOUNDS {
        let most = if key == PARTITIONS {
            most.max(partitions)
        } else {
            most
        };
        check_value(key, value(options), most)?;
    }
    let ballista = options.extensions.get::<BallistaConfig>();
    let settings = ballista.map(BallistaConfig::settings).into_iter().flatten();
    for (key, value) in settings {
        let bound = BALLISTA_BOUNDS.into_iter().find(|(bounded, _)| bounded == key);
        if let (Some((_, most)), Ok(value)) = (bound, value.parse()) {
            check_value(key, value, most)?;
        }
    }
    Ok(())
}

/// Checks settings of a client, which may not be of this package. Ballista accepts any string for its own
/// settings, and panics when it reads them.
pub fn check_received(config: &SessionConfig, partitions: usize) -> Result<()> {
    let options = config.options();
    check(options, partitions)?;
    let ballista = options.extensions.get::<BallistaConfig>();
    for (key, value) in ballista.map(BallistaConfig::settings).into_iter().flatten() {
        let Some(entry) = BallistaConfig::valid_entries().get(key) else {
            continue;
        };
        BallistaConfig::parse_value(value, entry.data_type().clone())
            .map_err(|error| refused(key, value, error))?;
    }
    Ok(())
}

fn check_value(key: &str, value: usize, most: usize) -> Result<()> {
    match value > most {
        true => Err(refused(key, value, format!("use at most {most}"))),
        false => Ok(()),
    }
}

pub fn refused(key: &str, value: impl fmt::Display, error: impl fmt::Display) -> Error {
    let message = format!("The setting \"{key}\" does not accept the value \"{value}\": {error}.");
    Error::new(Code::Config, message)
}

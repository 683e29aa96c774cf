//! The engine's log, on the standard error of the process.

use datafusion::arrow::temporal_conversions::timestamp_ms_to_datetime;
use env_logger::{Builder, Env};
use log::{LevelFilter, Record};
use serde_json::json;
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

/// These log the values of all settings, with the credentials of object stores, and the text of statements.
const SECRET: [&str; 2] = ["ballista_core::extension", "sqlparser"];

/// Logging is off unless BALLISTA_LOG is set, for example to "info" or "ballista_executor=debug". BALLISTA_LOG_FORMAT
/// chooses lines with the time: "text", or "json" for programs.
pub fn init() {
    let mut logger = Builder::from_env(Env::new().filter_or("BALLISTA_LOG", "off"));
    for module in SECRET {
        logger.filter_module(module, LevelFilter::Warn);
    }
    match std::env::var("BALLISTA_LOG_FORMAT").as_deref() {
        Ok("json") => logger.format(as_json),
        Ok("text") => logger.format(as_text),
        _ => &mut logger,
    };
    let _ = logger.try_init();
}

fn as_json(out: &mut impl Write, record: &Record) -> io::Result<()> {
    let line = json!({
        "time": now(),
        "level": record.level().as_str().to_lowercase(),
        "target": record.target(),
        "message": record.args().to_string(),
    });
    writeln!(out, "{line}")
}

fn as_text(out: &mut impl Write, record: &Record) -> io::Result<()> {
    writeln!(
        out,
        "{} {:<5} {}: {}",
        now(),
        record.level(),
        record.target(),
        record.args()
    )
}

/// The time in the form of ISO 8601, in milliseconds.
fn now() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let time = timestamp_ms_to_datetime(since.as_millis() as i64).unwrap_or_default();
    time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

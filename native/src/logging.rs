//! The engine's log, on the standard error of the process, and for a listener in JavaScript.

use datafusion::arrow::temporal_conversions::timestamp_ms_to_datetime;
use env_logger::{Builder, Env, Logger};
use log::{Level, LevelFilter, Log, Metadata, Record};
use napi::bindgen_prelude::Function;
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::Status;
use napi_derive::napi;
use parking_lot::RwLock;
use serde_json::json;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// These log the values of all settings, with the credentials of object stores, and the text of statements.
const SECRET: [&str; 2] = ["ballista_core::extension", "sqlparser"];

/// How many lines may wait for JavaScript.
const LINES: usize = 10_000;

static LOGGER: OnceLock<EngineLog> = OnceLock::new();

struct EngineLog {
    stderr: Logger,
    /// Locked to replace it and to take a copy.
    listener: RwLock<Option<Arc<Listener>>>,
}

struct Listener {
    /// Decides which lines the listener gets, and writes none.
    filter: Logger,
    /// Weak, so that it does not keep the process alive.
    call: ThreadsafeFunction<String, (), String, Status, false, true, LINES>,
    /// How many lines found no room since the last one that did.
    lost: AtomicU64,
}

/// Logging is off unless BALLISTA_LOG is set, for example to "info" or "ballista_executor=debug". BALLISTA_LOG_FORMAT
/// chooses lines with the time: "text", or "json" for programs.
pub fn init() {
    let logger = LOGGER.get_or_init(|| {
        let mut stderr = Builder::from_env(Env::new().filter_or("BALLISTA_LOG", "off"));
        match std::env::var("BALLISTA_LOG_FORMAT").as_deref() {
            Ok("json") => stderr.format(as_json),
            Ok("text") => stderr.format(as_text),
            _ => &mut stderr,
        };
        EngineLog {
            stderr: built(&mut stderr),
            listener: RwLock::default(),
        }
    });
    if log::set_logger(logger).is_ok() {
        log::set_max_level(logger.stderr.filter());
    }
}

/// Passes the engine's log to the listener, as JSON, besides the standard error. Without a listener, to none. `level` is as in
/// BALLISTA_LOG. The log is that of the process, so there is one listener. Calling it never waits: if lines come too fast, some
/// are lost, and the listener learns how many.
#[napi(catch_unwind)]
pub fn set_log_listener(level: String, listener: Option<Function<String, ()>>) -> napi::Result<()> {
    init();
    let Some(logger) = LOGGER.get() else {
        return Ok(());
    };
    let listener = match listener {
        Some(listener) => {
            let call = listener.build_threadsafe_function().weak::<true>();
            Some(Arc::new(Listener {
                filter: built(Builder::new().parse_filters(&level)),
                call: call.max_queue_size::<LINES>().build()?,
                lost: AtomicU64::new(0),
            }))
        }
        None => None,
    };
    let wanted = listener.as_ref().map(|listener| listener.filter.filter());
    // Dropped after the lock.
    let _before = std::mem::replace(&mut *logger.listener.write(), listener);
    log::set_max_level(wanted.into_iter().fold(logger.stderr.filter(), Ord::max));
    Ok(())
}

impl Log for EngineLog {
    fn enabled(&self, metadata: &Metadata) -> bool {
        let listener = self.listener.read().clone();
        self.stderr.enabled(metadata) || listener.is_some_and(|listener| listener.filter.enabled(metadata))
    }

    fn log(&self, record: &Record) {
        self.stderr.log(record);
        // A copy, because writing the message may log.
        let listener = self.listener.read().clone();
        if let Some(listener) = listener.filter(|listener| listener.filter.matches(record)) {
            listener.tell(record);
        }
    }

    fn flush(&self) {}
}

impl Listener {
    fn tell(&self, record: &Record) {
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            let text = format!("{lost} lines of the log came too fast and are lost.");
            self.send(line(Level::Warn, "ballista", &text), lost);
        }
        self.send(
            line(record.level(), record.target(), &record.args().to_string()),
            1,
        );
    }

    /// `lines`: how many lines are lost if there is no room.
    fn send(&self, line: String, lines: u64) {
        let status = self.call.call(line, ThreadsafeFunctionCallMode::NonBlocking);
        if status == Status::QueueFull {
            self.lost.fetch_add(lines, Ordering::Relaxed);
        }
    }
}

/// The logger without secrets, unless their modules are named more exactly.
fn built(logger: &mut Builder) -> Logger {
    for module in SECRET {
        logger.filter_module(module, LevelFilter::Warn);
    }
    logger.build()
}

fn as_json(out: &mut impl Write, record: &Record) -> io::Result<()> {
    let text = record.args().to_string();
    writeln!(out, "{}", line(record.level(), record.target(), &text))
}

fn line(level: Level, target: &str, message: &str) -> String {
    json!({
        "time": now(),
        "level": level.as_str().to_lowercase(),
        "target": target,
        "message": message,
    })
    .to_string()
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

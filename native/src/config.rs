//! Settings: every key of the engine with its documentation, and the check of names and values
//! that the engine itself lacks.

use crate::error::{Code, Error, Result};
use crate::stores::Stores;
use ballista_core::config::BallistaConfig;
use ballista_core::extension::SessionConfigExt;
use datafusion::common::utils::datafusion_strsim::normalized_levenshtein;
use datafusion::config::{ConfigEntry, ExtensionOptions};
use datafusion::prelude::SessionConfig;
use napi_derive::napi;
use std::collections::{BTreeMap, HashMap};

/// A key of the engine's configuration.
#[napi(object)]
pub struct NativeConfigEntry {
    pub key: String,
    /// The default that a session of this package starts with; absent: not set.
    pub value: Option<String>,
    pub description: String,
}

/// Every `datafusion.*` and `ballista.*` key, sorted.
#[napi(catch_unwind)]
pub fn config_entries() -> Vec<NativeConfigEntry> {
    let mut entries: Vec<_> = entries()
        .into_iter()
        .map(|entry| NativeConfigEntry {
            key: entry.key,
            value: entry.value,
            description: entry.description.to_owned(),
        })
        .collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    entries
}

/// Checks names and values against the engine.
#[napi(catch_unwind)]
pub fn validate_config(config: HashMap<String, String>) -> napi::Result<()> {
    Ok(session_config(&settings(config)).map(|_| ())?)
}

fn entries() -> Vec<ConfigEntry> {
    let defaults = session_config(&settings(HashMap::new())).expect("keys and values of this version");
    defaults.options().entries()
}

/// Settings of every session unless it says otherwise; they travel with each query.
///
/// Ballista's adaptive planner loses a job when planning anew fails half-way, as it does for some
/// unions: the job then never ends. Its static planner has no such half-way. And where it turns a
/// hash join into a broadcast, it may swap the sides after ORDER BY was planned below one of them.
///
/// Moving parts of structs into scans, the engine's rule makes plans of tables without a name ambiguous.
const DEFAULTS: [(&str, &str); 3] = [
    ("datafusion.optimizer.enable_leaf_expression_pushdown", "false"),
    ("ballista.planner.adaptive.enabled", "false"),
    ("ballista.optimizer.broadcast_join_threshold_bytes", "0"),
];

/// What a session is given, and our own defaults.
pub fn settings(given: HashMap<String, String>) -> BTreeMap<String, String> {
    let defaults = DEFAULTS.map(|(key, value)| (key.to_owned(), value.to_owned()));
    defaults.into_iter().chain(given).collect()
}

/// A session's configuration: Ballista's defaults, then the settings.
pub fn session_config(settings: &BTreeMap<String, String>) -> Result<SessionConfig> {
    configured(SessionConfig::new_with_ballista(), settings)
}

/// The configuration of a session without a cluster: the engine's own, with what Ballista needs for
/// the same results.
pub fn local_config(settings: &BTreeMap<String, String>) -> Result<SessionConfig> {
    configured(local_defaults(), settings)
}

fn local_defaults() -> SessionConfig {
    SessionConfig::new()
        .with_information_schema(true)
        .set_bool("datafusion.execution.parquet.schema_force_view_types", false)
        .set_bool("datafusion.sql_parser.map_string_types_to_utf8view", false)
        .set_bool("datafusion.optimizer.enable_leaf_expression_pushdown", false)
}

fn configured(mut config: SessionConfig, settings: &BTreeMap<String, String>) -> Result<SessionConfig> {
    for (key, value) in settings {
        check_key(&config, key)?;
        set(&mut config, key, value)?;
    }
    Ok(config)
}

/// Refuses what a session would refuse late, with a poor message, or take and panic on.
pub fn check(config: &SessionConfig, key: &str, value: &str) -> Result<()> {
    if key.starts_with("datafusion.runtime.") {
        return Ok(());
    }
    check_key(config, key)?;
    set(&mut config.clone(), key, value)
}

fn check_key(config: &SessionConfig, key: &str) -> Result<()> {
    let known = config.options().entries();
    if known.iter().any(|entry| entry.key == key) {
        return Ok(());
    }
    let nearest = known
        .iter()
        .map(|entry| (normalized_levenshtein(&entry.key, key), &entry.key))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let hint = match nearest {
        Some((score, name)) if score > 0.5 => format!(" Did you mean \"{name}\"?"),
        _ => " SHOW ALL lists the keys.".into(),
    };
    Err(Error::new(
        Code::Config,
        format!("There is no setting \"{key}\".{hint}"),
    ))
}

fn set(config: &mut SessionConfig, key: &str, value: &str) -> Result<()> {
    // Ballista takes any text and panics when it is read.
    if let Some(entry) = BallistaConfig::valid_entries().get(key) {
        BallistaConfig::parse_value(value, entry.data_type().clone())
            .map_err(|error| refuse(key, value, error))?;
    }
    let set = config.options_mut().set(key, value);
    set.map_err(|error| refuse(key, value, Error::from(error)))
}

fn refuse(key: &str, value: &str, error: impl std::fmt::Display) -> Error {
    Error::new(
        Code::Config,
        format!("The setting \"{key}\" does not take the value \"{value}\": {error}."),
    )
}

/// The size of Ballista's own messages, which its configuration limits to 16 MiB by default.
pub const MESSAGE_BYTES: usize = 256 << 20;

/// The defaults of our schedulers and executors.
pub fn server_config() -> SessionConfig {
    let mut config = SessionConfig::new_with_ballista().with_option_extension(Stores::default());
    let options = config.options_mut();
    if let Some(ballista) = options.extensions.get_mut::<BallistaConfig>() {
        ballista
            .set("client.grpc_max_message_size", &MESSAGE_BYTES.to_string())
            .expect("a key and a value of this version");
    }
    config
}

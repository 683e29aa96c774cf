//! Session settings: all keys with their documentation, and validation that DataFusion lacks.

pub mod bounds;
pub mod cluster_options;

use crate::error::{did_you_mean, Code, Error, Result};
use crate::files::write_mode::WriteMode;
use crate::stores::Stores;
use ballista_core::config::BallistaConfig;
use ballista_core::extension::SessionConfigExt;
use bounds::refused;
use cluster_options::ClusterOptions;
use datafusion::arrow::array::timezone::Tz;
use datafusion::config::{ConfigEntry, ExtensionOptions};
use datafusion::error::DataFusionError;
use datafusion::prelude::SessionConfig;
use napi_derive::napi;
use std::collections::{BTreeMap, HashMap};

/// A configuration key of the engine.
#[napi(object)]
pub struct NativeConfigEntry {
    pub key: String,
    /// The default value in a session of this package. Absent: the key has no default value.
    pub value: Option<String>,
    pub description: String,
}

/// All `datafusion.*` and `ballista.*` keys, sorted.
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

/// Checks keys and values against the engine.
#[napi(catch_unwind)]
pub fn validate_config(config: HashMap<String, String>) -> napi::Result<()> {
    Ok(session_config(&settings(config)).map(|_| ())?)
}

fn entries() -> Vec<ConfigEntry> {
    let defaults = session_config(&settings(HashMap::new())).expect("the default settings are valid");
    defaults.options().entries()
}

/// Defaults of every session, which are sent with each query.
///
/// Ballista's adaptive planner loses jobs and rows, and it broadcasts too late, so our schedulers decide
/// about broadcasts themselves. Hash joins are faster than Ballista's default, merge joins.
///
/// Leaf expression pushdown is off, because it moves struct fields into scans and makes plans of unnamed
/// tables ambiguous.
const DEFAULTS: [(&str, &str); 4] = [
    ("datafusion.optimizer.enable_leaf_expression_pushdown", "false"),
    ("datafusion.optimizer.prefer_hash_join", "true"),
    (ADAPTIVE, "false"),
    ("ballista.optimizer.broadcast_join_threshold_bytes", "0"),
];

const ADAPTIVE: &str = "ballista.planner.adaptive.enabled";

/// The given settings on top of our defaults.
pub fn settings(given: HashMap<String, String>) -> BTreeMap<String, String> {
    let defaults = DEFAULTS.map(|(key, value)| (key.to_owned(), value.to_owned()));
    defaults.into_iter().chain(given).collect()
}

/// The configuration of a session: Ballista's defaults, then the settings.
pub fn session_config(settings: &BTreeMap<String, String>) -> Result<SessionConfig> {
    configured(cluster_defaults(), settings)
}

fn cluster_defaults() -> SessionConfig {
    SessionConfig::new_with_ballista().with_option_extension(ClusterOptions::default())
}

/// The configuration of a local session: DataFusion's defaults, with what is needed for the same results as
/// Ballista.
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

/// The configuration of a whole query, made from the configuration of its job.
pub fn whole_config(query: &SessionConfig, slots: usize) -> SessionConfig {
    let mut config = local_defaults().with_target_partitions(slots);
    config.options_mut().extensions = query.options().extensions.clone();
    for (key, value) in ClusterOptions::of(query).session.iter().flatten() {
        // Values were checked when they were set; a client of another version may send unknown keys.
        let _ = config.options_mut().set(key, value);
    }
    config
}

fn configured(mut config: SessionConfig, settings: &BTreeMap<String, String>) -> Result<SessionConfig> {
    for (key, value) in settings {
        check_key(&config, key)?;
        set(&mut config, key, value)?;
    }
    Ok(config)
}

/// Rejects values that the session would reject late with an unclear error, or accept and panic on.
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
    let keys = known.iter().map(|entry| &entry.key);
    let hint = did_you_mean(key, keys, 0.8).unwrap_or_else(|| " SHOW ALL lists all settings.".into());
    Err(Error::new(
        Code::Config,
        format!("The setting \"{key}\" does not exist.{hint}"),
    ))
}

fn set(config: &mut SessionConfig, key: &str, value: &str) -> Result<()> {
    // Ballista accepts any string here, and panics when it reads the setting.
    if let Some(entry) = BallistaConfig::valid_entries().get(key) {
        BallistaConfig::parse_value(value, entry.data_type().clone())
            .map_err(|error| refused(key, value, error))?;
    }
    // The engine reads the zone only when a function needs it.
    if key == "datafusion.execution.time_zone" && !value.is_empty() {
        let zone = value.parse::<Tz>();
        zone.map_err(|error| refused(key, value, Error::from(DataFusionError::from(error))))?;
    }
    let set = config.options_mut().set(key, value);
    set.map_err(|error| refused(key, value, Error::from(error)))?;
    bounds::check(config.options(), bounds::MOST_PARTITIONS)?;
    match key == ADAPTIVE && config.ballista_adaptive_query_planner_enabled() {
        true => Err(refused(key, value, NOT_ADAPTIVE)),
        false => Ok(()),
    }
}

const NOT_ADAPTIVE: &str =
    "Ballista's adaptive planner loses rows of joins, and some of its queries never end";

/// The maximum size of messages. Ballista's default limit is 16 MiB.
pub const MESSAGE_BYTES: usize = 256 << 20;

/// The configuration of our schedulers and executors.
pub fn server_config() -> SessionConfig {
    let mut config = cluster_defaults()
        .with_option_extension(Stores::default())
        .with_option_extension(WriteMode::default());
    let options = config.options_mut();
    options.optimizer.prefer_hash_join = true;
    if let Some(ballista) = options.extensions.get_mut::<BallistaConfig>() {
        ballista
            .set("client.grpc_max_message_size", &MESSAGE_BYTES.to_string())
            .expect("the setting is valid");
    }
    config
}

//! What a write does if there are files already. It travels with the settings of the query, to the task that writes.

use datafusion::common::config_err;
use datafusion::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::error::Result;
use datafusion::prelude::SessionConfig;
use serde::Deserialize;
use std::any::Any;

/// The setting that carries it. Sessions of clients do not list it.
pub const KEY: &str = "file_writes.mode";

/// If the file exists, or the folder contains files.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub enum WriteMode {
    /// Fails.
    Error,
    /// Adds files to the folder, and replaces a single file. COPY TO does this.
    #[default]
    Append,
    /// Replaces the files.
    Overwrite,
    /// Writes nothing.
    Ignore,
}

impl WriteMode {
    pub fn of(config: &SessionConfig) -> Self {
        config.options().extensions.get().copied().unwrap_or_default()
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Append => "append",
            Self::Overwrite => "overwrite",
            Self::Ignore => "ignore",
        }
    }
}

impl ConfigExtension for WriteMode {
    const PREFIX: &'static str = "file_writes";
}

impl ExtensionOptions for WriteMode {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(*self)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let modes = [Self::Error, Self::Append, Self::Overwrite, Self::Ignore];
        match modes.into_iter().find(|mode| mode.name() == value) {
            Some(mode) if key == "mode" => *self = mode,
            _ => return config_err!("the setting {}.{key} cannot be {value}", Self::PREFIX),
        }
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        vec![ConfigEntry {
            key: KEY.into(),
            value: Some(self.name().into()),
            description: "What a write does if there are files already",
        }]
    }
}

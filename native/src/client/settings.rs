//! The settings that were set explicitly in a session. The scheduler decides all others.

use parking_lot::RwLock;
use std::collections::BTreeMap;

/// Has no Debug, because some settings are credentials. Locked to read or change a value, never across an await.
pub struct Settings(RwLock<BTreeMap<String, String>>);

impl Settings {
    pub fn new(settings: BTreeMap<String, String>) -> Self {
        Self(RwLock::new(settings))
    }

    pub fn all(&self) -> BTreeMap<String, String> {
        self.0.read().clone()
    }

    pub fn set(&self, key: String, value: String) {
        self.0.write().insert(key, value);
    }

    /// Sets the value, or removes the setting if there is none.
    pub fn reset(&self, key: String, value: Option<String>) {
        let mut settings = self.0.write();
        settings.remove(&key);
        settings.extend(value.map(|value| (key, value)));
    }

    /// Replaces a value by one made from the current value.
    pub fn change<E>(
        &self,
        key: &str,
        change: impl FnOnce(Option<&str>) -> Result<String, E>,
    ) -> Result<(), E> {
        let mut settings = self.0.write();
        let value = change(settings.get(key).map(String::as_str))?;
        settings.insert(key.to_owned(), value);
        Ok(())
    }
}

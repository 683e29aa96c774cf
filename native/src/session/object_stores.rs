//! Object stores that a session registers.

use super::Session;
use crate::error::{Code, Error, Result};
use crate::stores::options::{build, Chosen};
use url::Url;

impl Session {
    /// Registers a store for this session. It is sent along with the session's queries.
    pub fn register_store(&self, url: &str, options: String) -> Result<()> {
        let parsed = parse_url(url)?;
        let store = build(&options, self.files.as_ref(), Chosen::Here)?;
        self.context().register_object_store(&parsed, store);
        self.backend.change_stores(|by_url| {
            by_url.insert(url.to_owned(), options);
        })
    }

    /// Returns whether the store was registered.
    pub fn deregister_store(&self, url: &str) -> Result<bool> {
        let gone = self
            .context()
            .runtime_env()
            .deregister_object_store(&parse_url(url)?);
        self.backend.change_stores(|by_url| {
            by_url.remove(url);
        })?;
        Ok(gone.is_ok())
    }
}

fn parse_url(url: &str) -> Result<Url> {
    Url::parse(url).map_err(|error| {
        Error::new(
            Code::InvalidArgument,
            format!("\"{url}\" is not a valid URL: {error}."),
        )
    })
}

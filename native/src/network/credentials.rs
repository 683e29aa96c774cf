//! How this process shows who it is to others, and whom it believes.

use super::access::Own;
use super::tls::{NativeTls, Tls};
use super::token::{NativeToken, Token};
use crate::error::Result;
use std::sync::Arc;

/// Cheap to clone.
#[derive(Clone, Default)]
pub struct Credentials {
    /// `None`: connections are plain.
    pub tls: Option<Arc<Tls>>,
    token: Option<Arc<Token>>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

impl Credentials {
    /// Reads the files.
    pub fn new(tls: Option<NativeTls>, token: Option<NativeToken>) -> Result<Self> {
        Ok(Self {
            tls: tls.map(Tls::new).transpose()?.map(Arc::new),
            token: token.map(Token::new).transpose()?.map(Arc::new),
        })
    }

    /// The token for requests to a server. Servers that take only requests of this process get its secret.
    pub fn token_for(&self, host: &str, port: u16) -> Option<Arc<Token>> {
        match Own::is_at(host, port) {
            true => Some(Own::secret()),
            false => self.token.clone(),
        }
    }

    /// Changes with the files, so that connections can be opened again that the engine cannot change.
    pub fn version(&self) -> (u64, u64) {
        (
            self.tls.as_ref().map_or(0, |tls| tls.version()),
            self.token.as_ref().map_or(0, |token| token.versioned().1),
        )
    }
}

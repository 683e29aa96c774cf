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

    /// The token for requests to a server. Servers of this process get its secret, unless there is a token that they take.
    pub fn token_for(&self, host: &str, port: u16) -> Option<Arc<Token>> {
        match Own::at(host, port) {
            Some(own) if self.token.is_none() || !own.takes_tokens() => Some(Own::secret()),
            _ => self.token.clone(),
        }
    }

    /// Whether requests show a token to a server of this process, which would trust them without one.
    pub fn is_token_for_own(&self, host: &str, port: u16) -> bool {
        self.token.is_some() && Own::at(host, port).is_some_and(|own| own.takes_tokens())
    }

    /// Changes with the files, so that connections can be opened again that the engine cannot change.
    pub fn version(&self) -> (u64, u64) {
        (
            self.tls.as_ref().map_or(0, |tls| tls.version()),
            self.token.as_ref().map_or(0, |token| token.versioned().1),
        )
    }
}

//! Who may send requests to a server, and how requests of this process show that they are its own.
//!
//! They carry a secret in the header `user-agent`, the only header that can be set on every connection of the engine.
//! Tokens are sent in the same way.

use super::authenticator::{refused, Authenticator};
use super::hosts::same_host;
use super::principal::Principal;
use super::token::Token;
use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Weak};
use tonic::Status;
use uuid::Uuid;

/// The secret of this process.
static SECRET: LazyLock<String> =
    LazyLock::new(|| format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()));

/// The addresses of the servers that take the secret.
static OWN: Mutex<BTreeMap<(String, u16), Weak<Own>>> = Mutex::new(BTreeMap::new());

/// A server that takes the secret of this process, until it is dropped.
pub struct Own {
    /// Whether it also takes tokens.
    tokens: bool,
}

impl Own {
    fn announce(host: &str, port: u16, tokens: bool) -> Arc<Self> {
        let own = Arc::new(Self { tokens });
        let mut all = OWN.lock();
        all.retain(|_, own| own.strong_count() > 0);
        all.insert((host.to_owned(), port), Arc::downgrade(&own));
        own
    }

    pub fn at(host: &str, port: u16) -> Option<Arc<Self>> {
        let host = host.trim_matches(['[', ']']);
        let own = OWN.lock();
        let mut found = own
            .iter()
            .filter(|((bound, at), _)| *at == port && same_host(bound, host));
        found.find_map(|(_, own)| own.upgrade())
    }

    pub fn takes_tokens(&self) -> bool {
        self.tokens
    }

    /// What requests of this process carry.
    pub fn secret() -> Arc<Token> {
        static TOKEN: LazyLock<Arc<Token>> = LazyLock::new(|| {
            let mut secret = HeaderValue::from_static(SECRET.as_str());
            secret.set_sensitive(true);
            Arc::new(Token::Text(secret))
        });
        TOKEN.clone()
    }
}

/// Who may send requests to a server.
#[derive(Clone)]
pub struct Access {
    /// `None`: anyone. Otherwise this process, and whoever has a token.
    own: Option<Arc<Own>>,
    tokens: Option<Arc<Authenticator>>,
}

impl Access {
    pub fn new(host: &str, port: u16, process_only: bool, tokens: Option<Arc<Authenticator>>) -> Self {
        let is_open = tokens.is_none() && !process_only;
        Self {
            own: (!is_open).then(|| Own::announce(host, port, tokens.is_some())),
            tokens,
        }
    }

    pub async fn principal(&self, token: Option<String>) -> Result<Principal, Status> {
        if self.own.is_none() {
            return Ok(Principal::trusted());
        }
        match (&self.tokens, token) {
            (_, Some(token)) if is_secret(&token) => Ok(Principal::trusted()),
            (Some(tokens), Some(token)) => tokens.principal(&token).await,
            (Some(_), None) => Err(refused()),
            (None, _) => Err(Status::unauthenticated(
                "This cluster takes only requests of the process that it runs in.",
            )),
        }
    }
}

/// Takes as long for every wrong secret, so that it cannot be guessed by time.
fn is_secret(token: &str) -> bool {
    let (secret, token) = (SECRET.as_bytes(), token.as_bytes());
    let differences = secret.iter().zip(token).fold(0, |all, (a, b)| all | (a ^ b));
    token.len() == secret.len() && differences == 0
}

/// The token of a request: `authorization` of foreign clients, otherwise the first word of `user-agent`. tonic adds its
/// own name behind it.
pub fn token(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(value) = text(AUTHORIZATION) {
        let (scheme, token) = value.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim().to_owned());
    }
    let (token, _) = text(USER_AGENT)?.rsplit_once(" tonic/")?;
    Some(token.to_owned())
}

//! Which servers of this process take only requests of this process, and how requests show that they are its own.
//!
//! They carry a secret in the header `user-agent`, the only header that can be set on every connection of the engine.

use super::hosts::same_host;
use super::token::Token;
use axum::http::HeaderValue;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Weak};
use uuid::Uuid;

/// The secret of this process.
static SECRET: LazyLock<String> =
    LazyLock::new(|| format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple()));

/// The addresses of the servers that want the secret.
static OWN: Mutex<BTreeMap<(String, u16), Weak<Own>>> = Mutex::new(BTreeMap::new());

/// A server that takes only requests of this process, until it is dropped.
pub struct Own;

impl Own {
    pub fn announce(host: &str, port: u16) -> Arc<Self> {
        let own = Arc::new(Self);
        let mut all = OWN.lock();
        all.retain(|_, own| own.strong_count() > 0);
        all.insert((host.to_owned(), port), Arc::downgrade(&own));
        own
    }

    pub fn is_at(host: &str, port: u16) -> bool {
        let host = host.trim_matches(['[', ']']);
        let own = OWN.lock();
        own.iter()
            .any(|((bound, at), own)| *at == port && own.strong_count() > 0 && same_host(bound, host))
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

    /// Takes as long for every wrong secret, so that it cannot be guessed by time.
    pub fn accepts(agent: &[u8]) -> bool {
        let secret = SECRET.as_bytes();
        let differences = secret.iter().zip(agent).fold(0, |all, (a, b)| all | (a ^ b));
        agent.len() >= secret.len() && differences == 0
    }
}

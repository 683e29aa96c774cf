//! Finds out whose token a request carries. TypeScript checks tokens. Answers are remembered, so that a busy event loop
//! does not delay requests.

use super::principal::{Principal, Role};
use crate::error::{self, Code, Error};
use napi::bindgen_prelude::{Function, Promise};
use napi::threadsafe_function::ThreadsafeFunction;
use napi_derive::napi;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;
use tonic::Status;

/// How long a refused token is remembered. A token that becomes valid works after this time.
const REFUSED: Duration = Duration::from_secs(3);
/// The number of answers that are remembered.
const ANSWERS: usize = 10_000;
/// How many tokens JavaScript checks at once. The others wait, so that wrong tokens do not fill its event loop.
const CHECKS: usize = 16;
/// How long a check may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longer tokens are refused unseen.
const TOKEN_BYTES: usize = 16 << 10;

/// All authenticators of the process. Weak: an authenticator belongs to its server in JavaScript.
static AUTHENTICATORS: Mutex<BTreeMap<u32, Weak<Authenticator>>> = Mutex::new(BTreeMap::new());

#[napi(object)]
pub struct NativePrincipal {
    pub name: String,
    pub roles: Vec<String>,
    /// When the answer expires, in milliseconds since 1970.
    pub expires_at_ms: f64,
}

type Check = ThreadsafeFunction<String, Promise<Option<NativePrincipal>>, String, napi::Status, false, true>;

pub struct Authenticator {
    check: Check,
    checks: Semaphore,
    /// By the SHA-256 of the token. Locked for lookups and changes only.
    answers: Mutex<HashMap<[u8; 32], Answer>>,
}

#[derive(Clone)]
struct Answer {
    principal: Option<Principal>,
    expires: Instant,
}

/// Checks tokens for a server.
#[napi]
pub struct NativeAuthenticator {
    id: u32,
    _authenticator: Arc<Authenticator>,
}

#[napi]
impl NativeAuthenticator {
    /// `check` must not throw or reject.
    #[napi(constructor)]
    pub fn new(
        #[napi(ts_arg_type = "(token: string) => Promise<NativePrincipal | undefined>")] check: Function<
            String,
            Promise<Option<NativePrincipal>>,
        >,
    ) -> napi::Result<Self> {
        let authenticator = Arc::new(Authenticator {
            check: check.build_threadsafe_function().weak::<true>().build()?,
            checks: Semaphore::new(CHECKS),
            answers: Mutex::default(),
        });
        let mut all = AUTHENTICATORS.lock();
        let id = all.last_key_value().map_or(0, |(last, _)| last + 1);
        all.insert(id, Arc::downgrade(&authenticator));
        Ok(Self {
            id,
            _authenticator: authenticator,
        })
    }

    #[napi(getter)]
    pub fn id(&self) -> u32 {
        self.id
    }
}

impl Drop for NativeAuthenticator {
    fn drop(&mut self) {
        AUTHENTICATORS.lock().remove(&self.id);
    }
}

impl Authenticator {
    pub fn find(id: u32) -> error::Result<Arc<Self>> {
        let found = AUTHENTICATORS.lock().get(&id).and_then(Weak::upgrade);
        found.ok_or_else(|| Error::new(Code::Closed, "The server that checks tokens is closed."))
    }

    pub async fn principal(&self, token: &str) -> Result<Principal, Status> {
        let key: [u8; 32] = Sha256::digest(token).into();
        let answer = match self.remembered(&key) {
            Some(answer) => answer,
            None => tokio::time::timeout(PATIENCE, self.ask(key, token))
                .await
                .map_err(|_| Status::unavailable("The server could not check the token in time."))??,
        };
        answer.ok_or_else(refused)
    }

    fn remembered(&self, key: &[u8; 32]) -> Option<Option<Principal>> {
        let answers = self.answers.lock();
        let answer = answers
            .get(key)
            .filter(|answer| answer.expires > Instant::now())?;
        Some(answer.principal.clone())
    }

    async fn ask(&self, key: [u8; 32], token: &str) -> Result<Option<Principal>, Status> {
        if token.len() > TOKEN_BYTES {
            return Ok(None);
        }
        let failed = |_| Status::unavailable("The server could not check the token.");
        let _turn = self
            .checks
            .acquire()
            .await
            .expect("the semaphore is never closed");
        // A request with the same token may have been answered meanwhile.
        if let Some(answer) = self.remembered(&key) {
            return Ok(answer);
        }
        let asked = self
            .check
            .call_async_catch(token.to_owned())
            .await
            .map_err(failed)?;
        let (principal, valid) = match asked.await.map_err(failed)? {
            Some(known) => {
                let roles: Vec<Role> = known.roles.iter().filter_map(|role| Role::named(role)).collect();
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                let valid = Duration::from_millis(known.expires_at_ms as u64).saturating_sub(now);
                (Some(Principal::new(&known.name, &roles)), valid)
            }
            None => (None, REFUSED),
        };
        let expires = Instant::now() + valid;
        self.remember(
            key,
            Answer {
                principal: principal.clone(),
                expires,
            },
        );
        Ok(principal)
    }

    fn remember(&self, key: [u8; 32], answer: Answer) {
        let mut answers = self.answers.lock();
        if answers.len() >= ANSWERS {
            let now = Instant::now();
            answers.retain(|_, answer| answer.expires > now && answer.principal.is_some());
        }
        if answers.len() < ANSWERS {
            answers.insert(key, answer);
        }
    }
}

/// Does not say which it is: whoever guesses tokens learns nothing.
pub fn refused() -> Status {
    Status::unauthenticated(
        "The request has no token that this server accepts: it is missing, wrong or expired. Set the option token.",
    )
}

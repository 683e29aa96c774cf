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

/// How long a token is remembered that was refused, or that could not be checked. A token that becomes valid works after
/// this time.
const REFUSED: Duration = Duration::from_secs(3);
/// How long the last answer for a token is used after it has expired, while the token cannot be checked.
const GRACE: Duration = Duration::from_secs(60);
/// The number of answers that are remembered.
const ANSWERS: usize = 10_000;
/// How many tokens JavaScript checks at once. The others wait, so that wrong tokens do not fill its event loop.
const CHECKS: usize = 16;
/// How long a check may take, and how long it may take if the last answer can be used instead.
const PATIENCE: Duration = Duration::from_secs(10);
const SHORT_PATIENCE: Duration = Duration::from_secs(1);
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
    /// For tokens that were valid before. They do not wait behind others.
    rechecks: Semaphore,
    /// By the SHA-256 of the token. Locked for lookups and changes only.
    answers: Mutex<HashMap<[u8; 32], Answer>>,
}

#[derive(Clone)]
enum Known {
    Valid(Principal),
    Refused,
    /// The check failed.
    Unchecked,
}

#[derive(Clone)]
struct Answer {
    known: Known,
    expires: Instant,
    /// Until when a valid token may be used if it cannot be checked again.
    ends: Instant,
}

impl Answer {
    fn new(known: Known, valid: Duration) -> Self {
        let expires = Instant::now() + valid;
        let grace = match known {
            Known::Valid(_) => GRACE,
            _ => Duration::ZERO,
        };
        Self {
            known,
            expires,
            ends: expires + grace,
        }
    }

    fn is_fresh(&self) -> bool {
        self.expires > Instant::now()
    }

    fn is_usable(&self) -> bool {
        self.ends > Instant::now()
    }

    /// Used a little longer, so that not every request waits for a check that fails.
    fn again(self) -> Self {
        let expires = (Instant::now() + REFUSED).min(self.ends);
        Self { expires, ..self }
    }

    fn principal(self) -> Result<Principal, Status> {
        match self.known {
            Known::Valid(principal) => Ok(principal),
            Known::Refused => Err(refused()),
            Known::Unchecked => Err(unchecked()),
        }
    }
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
            rechecks: Semaphore::new(CHECKS),
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
        if token.len() > TOKEN_BYTES {
            return Err(refused());
        }
        let key: [u8; 32] = Sha256::digest(token).into();
        let last = self.remembered(&key);
        if let Some(answer) = last.clone().filter(Answer::is_fresh) {
            return answer.principal();
        }
        let (turns, patience) = match last {
            Some(_) => (&self.rechecks, SHORT_PATIENCE),
            None => (&self.checks, PATIENCE),
        };
        let asked = tokio::time::timeout(patience, self.ask(&key, token, turns)).await;
        let answer = match (asked, last) {
            (Ok(Ok(answer)), _) => answer,
            (_, Some(last)) => last.again(),
            (Ok(Err(Unavailable)), None) => Answer::new(Known::Unchecked, REFUSED),
            // It was not its turn yet.
            (Err(_), None) => return Err(unchecked()),
        };
        self.remember(key, answer.clone());
        answer.principal()
    }

    /// The last answer, unless it is too old.
    fn remembered(&self, key: &[u8; 32]) -> Option<Answer> {
        self.answers
            .lock()
            .get(key)
            .filter(|answer| answer.is_usable())
            .cloned()
    }

    async fn ask(&self, key: &[u8; 32], token: &str, turns: &Semaphore) -> Result<Answer, Unavailable> {
        let _turn = turns.acquire().await.expect("the semaphore is never closed");
        // A request with the same token may have been answered meanwhile.
        if let Some(answer) = self.remembered(key).filter(Answer::is_fresh) {
            return Ok(answer);
        }
        let asked = self.check.call_async_catch(token.to_owned());
        let answer = asked.await.map_err(|_| Unavailable)?;
        let Some(known) = answer.await.map_err(|_| Unavailable)? else {
            return Ok(Answer::new(Known::Refused, REFUSED));
        };
        let roles: Vec<Role> = known.roles.iter().filter_map(|role| Role::named(role)).collect();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let valid = Duration::from_millis(known.expires_at_ms as u64).saturating_sub(now);
        Ok(Answer::new(
            Known::Valid(Principal::new(&known.name, &roles)),
            valid,
        ))
    }

    fn remember(&self, key: [u8; 32], answer: Answer) {
        let mut answers = self.answers.lock();
        if answers.len() >= ANSWERS {
            answers.retain(|_, answer| answer.is_usable() && matches!(answer.known, Known::Valid(_)));
        }
        if answers.len() < ANSWERS {
            answers.insert(key, answer);
        }
    }
}

/// The check failed.
struct Unavailable;

fn unchecked() -> Status {
    Status::unavailable("The server could not check the token. Try again.")
}

/// Does not say which it is: whoever guesses tokens learns nothing.
pub fn refused() -> Status {
    Status::unauthenticated(
        "The request has no token that this server accepts: it is missing, wrong or expired. Set the option token (--token-file).",
    )
}

//! Console output of TypeScript UDFs, sent to the session whose query called them.
//!
//! Within a process, lines go directly to the session. From another process, an executor sends them to its
//! scheduler, and the scheduler passes them to the session that follows. Sending never blocks: if lines come
//! too fast, some are lost. The log of the executor has all of them.

use crate::blobs::budget::{Budget, Reserved};
use crate::config::MESSAGE_BYTES;
use crate::error::{Code, Error, Result};
use crate::network::flight::act;
use crate::network::refused::refused;
use crate::network::transport::Transport;
use arrow_flight::flight_service_client::FlightServiceClient;
use arrow_flight::{FlightData, Ticket};
use futures::{stream, Stream};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi::Status;
use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinSet;
use tonic::codegen::Bytes;

/// The Flight action that sends lines to the scheduler: the id of the session, then one JSON object a line.
pub const LOG: &str = "ballista-log";

/// The prefix of a Flight ticket that follows lines; the id of the session comes after it.
pub const FOLLOW: &str = "ballista-log:";

/// How many lines may wait on the executor, and how many in the session.
pub const LINES: usize = 10_000;

/// The length at which lines are sent. Schedulers take messages of up to `FRAME_BYTES`.
const BATCH_BYTES: usize = 1 << 20;

/// How many sessions may follow at the same time. Each costs little until executors send lines.
const FOLLOWERS: usize = 10_000;

/// The longest id of a session.
const ID_BYTES: usize = 200;

/// How many messages a follower may be behind.
const MESSAGES: usize = 64;

pub type Listener = ThreadsafeFunction<String, (), String, Status, false, true, LINES>;

/// Listeners by session id. Called while locked, because a listener only queues the line.
static LISTENERS: Mutex<BTreeMap<String, Listener>> = Mutex::new(BTreeMap::new());

pub fn listen(session: &str, listener: Listener) {
    LISTENERS.lock().insert(session.to_owned(), listener);
}

pub fn forget(session: &str) {
    LISTENERS.lock().remove(session);
}

/// Returns the session id if the session has a listener.
pub fn listener_of(session: &str) -> Option<String> {
    LISTENERS.lock().contains_key(session).then(|| session.to_owned())
}

/// Returns false if no session in this process listens.
pub fn tell(session: &str, line: &str) -> bool {
    let listeners = LISTENERS.lock();
    let Some(listener) = listeners.get(session) else {
        return false;
    };
    listener.call(line.to_owned(), ThreadsafeFunctionCallMode::NonBlocking);
    true
}

/// A session id and a line.
pub type Line = (String, String);

/// Sends lines to a scheduler until all senders are dropped.
pub fn sender(scheduler: Transport) -> mpsc::Sender<Line> {
    let (sender, mut lines) = mpsc::channel::<Line>(LINES);
    tokio::spawn(async move {
        let mut client = FlightServiceClient::new(scheduler);
        let mut some = Vec::new();
        while lines.recv_many(&mut some, LINES).await > 0 {
            let mut by_session: HashMap<String, String> = HashMap::new();
            for (session, line) in some.drain(..) {
                let text = by_session.entry(session.clone()).or_default();
                text.push('\n');
                text.push_str(&line);
                if text.len() >= BATCH_BYTES {
                    let text = std::mem::take(text);
                    send(&mut client, session, &text).await;
                }
            }
            for (session, text) in by_session {
                send(&mut client, session, &text).await;
            }
        }
    });
    sender
}

/// Errors are ignored: if the scheduler cannot be reached, the lines are lost.
async fn send(client: &mut FlightServiceClient<Transport>, session: String, text: &str) {
    if !text.is_empty() {
        let _ = act(client, LOG, &(session + text)).await;
    }
}

/// Passes lines of a session from other processes to its listener, until the task is dropped.
pub async fn follow(scheduler: Transport, session: &str) -> Result<JoinSet<()>> {
    let mut client = FlightServiceClient::new(scheduler).max_decoding_message_size(MESSAGE_BYTES);
    let answer = client.do_get(Ticket::new(format!("{FOLLOW}{session}"))).await;
    let mut frames = match answer {
        Ok(answer) => answer.into_inner(),
        Err(status) => {
            if let Some(error) = refused("The scheduler", &status) {
                return Err(error);
            }
            let text = format!(
                "The console output of TypeScript UDFs could not be read: {}.",
                status.message()
            );
            return Err(Error::new(Code::Connection, text));
        }
    };
    let session = session.to_owned();
    let mut task = JoinSet::new();
    task.spawn(async move {
        while let Ok(Some(frame)) = frames.message().await {
            let text = String::from_utf8_lossy(&frame.app_metadata);
            text.lines().for_each(|line| {
                tell(&session, line);
            });
        }
    });
    Ok(task)
}

/// Lines that followers have not taken yet.
struct Lines {
    bytes: Vec<u8>,
    _reserved: Reserved,
}

impl AsRef<[u8]> for Lines {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// The followers by session id, on the scheduler. Locked only for a lookup and a send that does not wait.
#[derive(Debug, Default)]
pub struct Followers(Mutex<HashMap<String, broadcast::Sender<Bytes>>>);

impl Followers {
    /// `text` is the id of a session, then its lines. They count against the budget until all followers have them, and
    /// are lost if it has no room.
    pub fn put(&self, text: &str, budget: &Arc<Budget>) {
        let Some((session, lines)) = text.split_once('\n') else {
            return;
        };
        let followers = self.0.lock();
        if let Some(follower) = followers.get(session) {
            let mut reserved = budget.none();
            if reserved.grow(lines.len()) {
                let lines = Lines {
                    bytes: lines.as_bytes().to_vec(),
                    _reserved: reserved,
                };
                let _ = follower.send(Bytes::from_owner(lines));
            }
        }
    }

    pub fn follow(
        &self,
        session: &str,
    ) -> std::result::Result<impl Stream<Item = FlightData> + use<>, tonic::Status> {
        let mut followers = self.0.lock();
        followers.retain(|_, follower| follower.receiver_count() > 0);
        if followers.len() >= FOLLOWERS || session.len() > ID_BYTES {
            return Err(tonic::Status::resource_exhausted("too many sessions follow"));
        }
        let follower = followers
            .entry(session.to_owned())
            .or_insert_with(|| broadcast::Sender::new(MESSAGES));
        Ok(stream::unfold(follower.subscribe(), |mut lines| async move {
            loop {
                match lines.recv().await {
                    Ok(some) => return Some((FlightData::new().with_app_metadata(some), lines)),
                    // The follower was too slow and has missed lines.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        }))
    }
}

//! Blobs: immutable sets of files, found in this process by id as long as they are held.

use super::budget::Reserved;
use crate::network::principal::Principal;
use parking_lot::{Mutex, RwLock};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, LazyLock, Weak};
use std::time::{Duration, Instant};
use tonic::codegen::Bytes;

/// Weak: a blob lives as long as a table, a query or a cache holds it. Locked for lookups only.
static BLOBS: LazyLock<RwLock<HashMap<String, Weak<Blob>>>> = LazyLock::new(Default::default);

/// What the blob contains.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Table,
    Code,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Table => "in-memory table",
            Self::Code => "code of a TypeScript UDF",
        })
    }
}

/// Dropping the last reference removes it from this process.
#[derive(Debug)]
pub struct Blob {
    pub id: String,
    pub kind: Kind,
    pub files: Vec<Bytes>,
    /// The time of the last lookup. A lock, because blobs are shared.
    used: Mutex<Instant>,
    /// The names of the principals that have sent it. Empty: a session of this process made it. Locked for lookups and
    /// changes only.
    owners: Mutex<BTreeSet<Arc<str>>>,
    /// The memory of a blob from another process.
    _reserved: Option<Reserved>,
}

impl Blob {
    /// Makes the blob findable in this process under its id. Returns the blob that has the id, if there is one.
    pub fn publish(id: String, kind: Kind, files: Vec<Bytes>, reserved: Option<Reserved>) -> Arc<Self> {
        let mut blobs = BLOBS.write();
        if let Some(known) = blobs.get(&id).and_then(Weak::upgrade) {
            return known;
        }
        let blob = Arc::new(Self {
            id,
            kind,
            files,
            used: Mutex::new(Instant::now()),
            owners: Mutex::default(),
            _reserved: reserved,
        });
        blobs.insert(blob.id.clone(), Arc::downgrade(&blob));
        blob
    }

    /// Counts as a use, so caches keep the blob.
    pub fn find(id: &str) -> Option<Arc<Self>> {
        let blob = BLOBS.read().get(id).and_then(Weak::upgrade)?;
        *blob.used.lock() = Instant::now();
        Some(blob)
    }

    pub fn is_of(&self, principal: &Principal) -> bool {
        let owners = self.owners.lock();
        principal.reaches_all() || owners.iter().any(|owner| principal.reaches(owner))
    }

    pub fn own(&self, principal: &Principal) {
        self.owners.lock().insert(principal.name.clone());
    }

    pub fn idle(&self) -> Duration {
        self.used.lock().elapsed()
    }

    pub fn bytes(&self) -> usize {
        self.files.iter().map(Bytes::len).sum()
    }
}

impl Drop for Blob {
    fn drop(&mut self) {
        let mut blobs = BLOBS.write();
        // A newer blob may have been published under the same id in the meantime.
        if blobs.get(&self.id).is_some_and(|blob| blob.strong_count() == 0) {
            blobs.remove(&self.id);
        }
    }
}

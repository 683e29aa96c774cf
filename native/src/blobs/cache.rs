//! A cache of blobs that are in use.

use super::blob::Blob;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Blobs that were not read for this long are dropped; a later query fetches them again.
pub const IDLE: Duration = Duration::from_secs(600);

/// Locked for lookups only, never across an await.
#[derive(Debug, Default)]
pub struct BlobCache(Mutex<HashMap<String, Arc<Blob>>>);

impl BlobCache {
    pub fn keep(&self, blob: Arc<Blob>) {
        self.0.lock().insert(blob.id.clone(), blob);
    }

    pub fn forget(&self, id: &str) {
        self.0.lock().remove(id);
    }

    /// Drops the longest idle blobs until the rest has at most `bytes` bytes, or until `least` blobs are left.
    pub fn shrink(&self, bytes: usize, least: usize) {
        let mut held = self.0.lock();
        while held.len() > least && held.values().map(|blob| blob.bytes()).sum::<usize>() > bytes {
            let idlest = held.values().max_by_key(|blob| blob.idle());
            let Some(id) = idlest.map(|blob| blob.id.clone()) else {
                break;
            };
            held.remove(&id);
        }
    }

    pub fn sweep(&self) {
        self.0.lock().retain(|_, blob| blob.idle() < IDLE);
    }
}

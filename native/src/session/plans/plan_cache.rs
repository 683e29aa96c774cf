//! The plan cache: plans of SQL statements that a session may run again.

use super::basis::{Basis, Tables};
use super::planned::Planned;
use datafusion::execution::SessionState;
use futures::FutureExt;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::{Arc, Weak};

const MOST: usize = 128;

/// Longer statements, in bytes, are not cached.
pub const LONGEST: usize = 16 << 10;

struct Kept {
    planned: Arc<Planned>,
    tables: Tables,
    last_use: u64,
}

#[derive(Default)]
struct Plans {
    basis: Option<Arc<Basis>>,
    by_query: HashMap<String, Kept>,
    uses: u64,
}

/// Evicts the least recently used plan. Locked only for lookups and changes, not during planning.
#[derive(Default)]
pub struct PlanCache(Mutex<Plans>);

/// All caches of the process, because catalogs do not know their sessions. Weak: a cache ends with its
/// session.
static CACHES: Mutex<Vec<Weak<PlanCache>>> = Mutex::new(Vec::new());

/// Like `PlanCache::forget_dropped`, in all sessions of this process.
pub fn forget_dropped() {
    let caches: Vec<_> = CACHES.lock().iter().filter_map(Weak::upgrade).collect();
    for cache in caches {
        cache.forget_dropped();
    }
}

impl PlanCache {
    pub fn new() -> Arc<Self> {
        let cache = Arc::new(Self::default());
        let mut caches = CACHES.lock();
        caches.retain(|cache| cache.strong_count() > 0);
        caches.push(Arc::downgrade(&cache));
        cache
    }

    /// The basis of this state. If the session has changed, earlier plans are removed.
    pub fn basis(&self, state: &SessionState) -> Arc<Basis> {
        let mut plans = self.0.lock();
        if let Some(basis) = plans.basis.as_ref().filter(|basis| basis.is_of(state)) {
            return basis.clone();
        }
        let basis = Arc::new(Basis(state.clone()));
        plans.by_query.clear();
        plans.basis = Some(basis.clone());
        basis
    }

    pub fn get(&self, basis: &Arc<Basis>, query: &str) -> Option<(Arc<Planned>, Tables)> {
        let mut plans = self.0.lock();
        if !plans.is_on(basis) {
            return None;
        }
        plans.uses += 1;
        let now = plans.uses;
        let kept = plans.by_query.get_mut(query)?;
        kept.last_use = now;
        Some((kept.planned.clone(), kept.tables.clone()))
    }

    pub fn keep(&self, basis: &Arc<Basis>, query: &str, planned: Arc<Planned>, tables: Tables) {
        let mut plans = self.0.lock();
        if !plans.is_on(basis) {
            return;
        }
        plans.uses += 1;
        let last_use = plans.uses;
        let kept = Kept {
            planned,
            tables,
            last_use,
        };
        plans.by_query.insert(query.to_owned(), kept);
        if plans.by_query.len() > MOST {
            let oldest = plans.by_query.iter().min_by_key(|(_, kept)| kept.last_use);
            if let Some(oldest) = oldest.map(|(query, _)| query.clone()) {
                plans.by_query.remove(&oldest);
            }
        }
    }

    /// Removes plans whose tables are no longer in their catalogs: they are never used again, but hold
    /// memory.
    pub fn forget_dropped(&self) {
        let mut plans = self.0.lock();
        let Plans { basis, by_query, .. } = &mut *plans;
        if let Some(Basis(state)) = basis.as_deref() {
            // Catalogs are in memory, so the future is ready at once.
            by_query.retain(|_, kept| kept.tables.are_those_of(state).now_or_never() == Some(true));
        }
    }

    pub fn clear(&self) {
        *self.0.lock() = Plans::default();
    }
}

impl Plans {
    fn is_on(&self, basis: &Arc<Basis>) -> bool {
        self.basis.as_ref().is_some_and(|kept| Arc::ptr_eq(kept, basis))
    }
}

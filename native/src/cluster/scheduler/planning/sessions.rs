//! The scheduler's session contexts, in which it plans queries: one for each client session, by id.

use super::distributed_planner::required;
use super::scheduler_planner::SchedulerPlanner;
use super::shallow_plans::ShallowPlans;
use crate::cluster::defaults::ENGINE;
use crate::cluster::scheduler::rules::for_stages;
use crate::cluster::scheduler::state::registered::Registered;
use crate::config::bounds::check_received;
use crate::config::cluster_options::ClusterOptions;
use crate::config::whole_config;
use crate::error::Result;
use crate::files::write_mode::WriteMode;
use crate::functions::bounded::Bounded;
use crate::network::principal::Principal;
use crate::plan::offset_alone::OffsetAlone;
use crate::stores::limits::FileLimits;
use crate::stores::options::Chosen;
use crate::stores::{self, RuntimesByStores, Stores};
use crate::tables::store_registry::{Registry, NO_LISTS};
use ballista_executor::runtime_cache::{DefaultSessionRuntimeCache, SessionRuntimeCache};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::optimizer::AnalyzerRule;
use datafusion::prelude::{SessionConfig, SessionContext};
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::sync::Arc;

/// The number of sessions whose caches of file metadata are kept.
const SESSIONS: usize = 64;

/// A context is used again only if all of these are equal.
#[derive(PartialEq)]
struct Key {
    id: String,
    options: ClusterOptions,
    stores: Option<Stores>,
    writes: WriteMode,
    partitions: usize,
    slot_memory: Option<usize>,
    caller: Principal,
}

pub struct Sessions {
    /// Locked while a context is made, so that concurrent queries of one session share it.
    recent: Mutex<VecDeque<(Key, Arc<SessionContext>)>>,
    executors: Arc<Registered>,
    planner: Arc<SchedulerPlanner>,
    runtimes: RuntimesByStores<DefaultSessionRuntimeCache>,
}

impl Sessions {
    pub fn new(executors: Arc<Registered>, limits: Option<Arc<FileLimits>>) -> Self {
        let runtime = Arc::new(move |config: &SessionConfig| {
            let registry = Registry::new(None, limits.as_ref(), Chosen::Elsewhere);
            stores::register(config, &*registry, limits.as_ref())?;
            RuntimeEnvBuilder::new()
                .with_object_store_registry(registry)
                .with_object_list_cache_limit(NO_LISTS)
                .build_arc()
        });
        let policy = Arc::new(|runtime, _: &_, _| Ok(runtime));
        Self {
            recent: Mutex::default(),
            planner: Arc::new(SchedulerPlanner::new(executors.clone())),
            executors,
            runtimes: RuntimesByStores(DefaultSessionRuntimeCache::new(runtime, policy, SESSIONS)),
        }
    }

    /// Returns the cached context if nothing has changed: making one takes longer than a small query.
    pub fn context(
        &self,
        id: &str,
        config: &SessionConfig,
        caller: Principal,
    ) -> Result<Arc<SessionContext>> {
        // An extension, because clients set all settings.
        let config = &config.clone().with_extension(Arc::new(caller.clone()));
        let key = Key {
            id: id.to_owned(),
            options: ClusterOptions::of(config).clone(),
            stores: Stores::of(config),
            writes: WriteMode::of(config),
            partitions: config.target_partitions(),
            slot_memory: self.executors.slot_memory(),
            caller,
        };
        // Stock clients do not send which settings they changed, so nothing is cached.
        if key.options.session.is_none() {
            return self.make(id, config).map(Arc::new);
        }
        let mut recent = self.recent.lock();
        if let Some((_, context)) = recent.iter().find(|(known, _)| *known == key) {
            return Ok(context.clone());
        }
        let context = Arc::new(self.make(id, config)?);
        recent.push_back((key, context.clone()));
        if recent.len() > SESSIONS {
            recent.pop_front();
        }
        Ok(context)
    }

    fn make(&self, id: &str, config: &SessionConfig) -> Result<SessionContext> {
        let slots = self.executors.slots();
        check_received(config, slots)?;
        check_received(&whole_config(config, slots), slots)?;
        let config = required(config.clone())?;
        let rules = for_stages(self.executors.slot_memory());
        let mut analyzers: Vec<Arc<dyn AnalyzerRule + Send + Sync>> =
            vec![Arc::new(ShallowPlans), Arc::new(Bounded), Arc::new(OffsetAlone)];
        let mut state = SessionStateBuilder::new_from_existing(ENGINE.clone())
            .with_session_id(id.to_owned())
            .with_runtime_env(self.runtimes.produce_runtime(id, &config, 0)?)
            .with_physical_optimizer_rules(rules)
            .with_query_planner(self.planner.clone());
        // Clients of this package send optimized plans.
        match ClusterOptions::of(&config).session {
            Some(_) => state = state.with_optimizer_rules(vec![]),
            None => analyzers.extend(ENGINE.analyzer().rules.iter().cloned()),
        }
        let state = state.with_config(config).with_analyzer_rules(analyzers);
        Ok(SessionContext::new_with_state(state.build()))
    }
}

//! The configuration of a stage's tasks, which differs from that of its planner.

use crate::cluster::dynamic_filters::DYNAMIC_FILTERS;
use crate::config::cluster_options::ClusterOptions;
use ballista_core::config::BALLISTA_SHUFFLE_COMPRESSION_CODEC;
use datafusion::prelude::SessionConfig;
use std::sync::Arc;

/// `last`: the stage makes the result of the query, whose files clients read directly.
pub fn task_config(planned: &Arc<SessionConfig>, last: bool) -> Arc<SessionConfig> {
    // Stock clients do not send which settings they changed.
    let Some(session) = &ClusterOptions::of(planned).session else {
        return planned.clone();
    };
    let mut config = planned.as_ref().clone();
    if session.get(DYNAMIC_FILTERS).is_none_or(|value| value != "false") {
        config = config.set_bool(DYNAMIC_FILTERS, true);
    }
    if last && !session.contains_key(BALLISTA_SHUFFLE_COMPRESSION_CODEC) {
        config = config.set_str(BALLISTA_SHUFFLE_COMPRESSION_CODEC, "none");
    }
    Arc::new(config)
}

//! The default session state of every scheduler and executor.

use crate::config::server_config;
use crate::functions;
use ballista_core::utils::default_session_builder;
use datafusion::execution::SessionState;
use std::sync::LazyLock;

/// DataFusion's functions and rules, collected once.
pub static ENGINE: LazyLock<SessionState> = LazyLock::new(|| {
    let mut state = default_session_builder(server_config()).expect("the engine's default session is valid");
    functions::register(&mut state).expect("the functions can be registered");
    state
});

//! What a cached plan depends on. The plan is used again while all of it is the same.

use datafusion::catalog::TableProvider;
use datafusion::common::TableReference;
use datafusion::execution::SessionState;
use std::collections::HashMap;
use std::sync::Arc;

/// What a plan depends on besides its tables: the session's settings, functions and rules when the plan was
/// made.
pub struct Basis(pub SessionState);

impl Basis {
    /// A change of the session state copies what was shared, so a changed part has another address.
    pub fn is_of(&self, state: &SessionState) -> bool {
        let kept = &self.0;
        Arc::ptr_eq(kept.config().options(), state.config().options())
            && same_functions(kept.scalar_functions(), state.scalar_functions())
            && same_functions(kept.higher_order_functions(), state.higher_order_functions())
            && same_functions(kept.aggregate_functions(), state.aggregate_functions())
            && same_functions(kept.window_functions(), state.window_functions())
            && same_rules(kept.optimizers(), state.optimizers())
    }
}

/// Copies of a map keep its order, so a different order counts as a change.
fn same_functions<T: ?Sized>(kept: &HashMap<String, Arc<T>>, now: &HashMap<String, Arc<T>>) -> bool {
    let mut both = kept.iter().zip(now);
    kept.len() == now.len() && both.all(|((name, a), (other, b))| Arc::ptr_eq(a, b) && name == other)
}

fn same_rules<T: ?Sized>(kept: &[Arc<T>], now: &[Arc<T>]) -> bool {
    kept.len() == now.len() && kept.iter().zip(now).all(|(a, b)| Arc::ptr_eq(a, b))
}

/// The tables that the names in a statement refer to.
#[derive(Clone)]
pub struct Tables {
    names: Arc<[TableReference]>,
    providers: Arc<[Arc<dyn TableProvider>]>,
}

impl Tables {
    /// `None` if a table is in no catalog, for example a file named by its path.
    pub async fn find(state: &SessionState, names: Vec<TableReference>) -> Option<Self> {
        let mut providers = Vec::with_capacity(names.len());
        for name in &names {
            providers.push(provider(state, name).await?);
        }
        Some(Self {
            names: names.into(),
            providers: providers.into(),
        })
    }

    /// Whether the names still refer to these tables.
    pub async fn are_those_of(&self, state: &SessionState) -> bool {
        for (name, table) in self.names.iter().zip(self.providers.iter()) {
            match provider(state, name).await {
                Some(now) if Arc::ptr_eq(table, &now) => {}
                _ => return false,
            }
        }
        true
    }
}

async fn provider(state: &SessionState, name: &TableReference) -> Option<Arc<dyn TableProvider>> {
    let schema = state.schema_for_ref(name.clone()).ok()?;
    match schema.table_exist(name.table()) {
        true => schema.table(name.table()).await.ok()?,
        false => None,
    }
}

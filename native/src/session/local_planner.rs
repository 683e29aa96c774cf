//! The query planner of a local session: everything runs in this process.

use crate::exec::slices::sliced;
use crate::exec::stop::{cooperative, stoppable, STOP};
use crate::files::copy::{arrow_files, located};
use crate::plan::depth::shallow;
use crate::plan::unsupported::refuse_unsupported;
use crate::tables::named_files::physical_plan;
use crate::tables::snapshots::with_snapshots;
use crate::udf::function::js_function::Binding;
use crate::udf::log::listener_of;
use crate::udf::rewrite::bind::{bind, own};
use crate::udf::rewrite::called::functions;
use crate::udf::rewrite::coalesce::coalesced;
use crate::udf::rewrite::windows::rewritten_windows;
use crate::udf::worker::pool::Pool;
use crate::udf::worker::task::Task;
use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::error::Result;
use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

#[derive(Debug)]
pub struct LocalPlanner {
    /// The worker threads for TypeScript UDFs.
    pool: Option<Arc<Pool>>,
    session: String,
}

impl LocalPlanner {
    pub fn new(pool: Option<Arc<Pool>>, session: String) -> Self {
        Self { pool, session }
    }
}

#[async_trait]
impl QueryPlanner for LocalPlanner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        refuse_unsupported(plan)?;
        let plan = &*shallow(plan)?;
        let copy = match plan {
            LogicalPlan::Copy(copy) => {
                let copy = located(copy);
                Some(arrow_files(&copy)?.unwrap_or(LogicalPlan::Copy(copy)))
            }
            _ => None,
        };
        let plan = &*with_snapshots(copy.as_ref().unwrap_or(plan))?;
        let stop = STOP.try_with(CancellationToken::clone).unwrap_or_default();
        let (Some(pool), false) = (&self.pool, functions(plan)?.is_empty()) else {
            return local_plan(plan, session, &stop).await;
        };
        let log = listener_of(&self.session);
        let plan = own(plan.clone().transform_up_with_subqueries(rewritten_windows)?.data)?;
        let plan = local_plan(&plan, session, &stop).await?;
        let (pool, task) = (pool.clone(), Task::local(log, stop));
        bind(&plan, &Binding { pool, task })?;
        coalesced(plan)
    }
}

/// Makes plans stop at once when cancelled. By itself, a task yields only after a hundred batches or more,
/// which can take seconds.
async fn local_plan(
    plan: &LogicalPlan,
    session: &dyn Session,
    stop: &CancellationToken,
) -> Result<Arc<dyn ExecutionPlan>> {
    let planned = sliced(physical_plan(plan, session).await?)?;
    match plan {
        // EXPLAIN ANALYZE shows the plan, so it stays as the engine made it.
        LogicalPlan::Analyze(_) => cooperative(planned),
        _ => stoppable(planned, stop),
    }
}

//! Prepares a plan for execution: makes it cancellable and binds its TypeScript UDFs.

use super::bind::bind;
use super::called::calls_any;
use super::coalesce::coalesced;
use crate::exec::slices::sliced;
use crate::exec::stop::stoppable;
use crate::udf::failure;
use crate::udf::function::js_function::Binding;
use crate::udf::worker::pool::Pool;
use crate::udf::worker::task::Task;
use datafusion::error::Result;
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// `name` is the task's name for logs. Fails if the plan calls UDFs and there is no pool.
pub fn runnable(
    plan: Arc<dyn ExecutionPlan>,
    pool: Option<&Arc<Pool>>,
    name: String,
    stop: &CancellationToken,
) -> Result<Arc<dyn ExecutionPlan>> {
    let plan = sliced(plan)?;
    if !calls_any(&plan)? {
        return stoppable(plan, stop);
    }
    let pool = pool.cloned().ok_or_else(failure::off)?;
    let task = Task::new(name, stop.clone());
    bind(&plan, &Binding { pool, task })?;
    stoppable(coalesced(plan)?, stop)
}

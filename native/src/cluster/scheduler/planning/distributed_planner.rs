//! Plans queries that are cut into stages.

use crate::cluster::dynamic_filters::unplanned;
use crate::error::{Code, Error};
use crate::plan::depth::fits_message;
use crate::plan::distributable::distributable;
use crate::tables::named_files::physical_plan;
use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::tree_node::TransformedResult;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::SessionConfig;
use std::sync::Arc;

#[derive(Debug)]
pub struct DistributedPlanner;

#[async_trait]
impl QueryPlanner for DistributedPlanner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if !fits_message(plan)? {
            return Err(coded(no_stages()));
        }
        let plan = distributable(plan.clone()).data().map_err(coded)?;
        physical_plan(&plan, session).await
    }
}

/// Messages of physical plans have no parts.
fn no_stages() -> DataFusionError {
    DataFusionError::NotImplemented(
        "A query with so many steps or operations inside one another cannot be split into stages. Set \
         cluster.whole_query to auto, so that one executor runs it."
            .into(),
    )
}

/// Puts the error code into the message, because the error of a job is sent as a string.
pub fn coded(error: DataFusionError) -> DataFusionError {
    let error = Error::from(error);
    let text = error.in_text();
    match error.code {
        Code::NotImplemented => DataFusionError::NotImplemented(text),
        _ => DataFusionError::Plan(text),
    }
}

/// Settings that a client cannot change, because other values give wrong rows.
///
/// The adaptive planner does not run our rules, and loses jobs when replanning fails half-way. Ballista
/// cannot serialize piecewise merge joins.
pub fn required(config: SessionConfig) -> Result<SessionConfig> {
    let mut config = unplanned(config);
    let options = config.options_mut();
    options.set("ballista.planner.adaptive.enabled", "false")?;
    options.optimizer.enable_piecewise_merge_join = false;
    Ok(config)
}

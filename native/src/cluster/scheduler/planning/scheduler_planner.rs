//! The scheduler's query planner: one executor runs the whole query, or several share it in stages.

use super::distributed_planner::{coded, DistributedPlanner};
use super::permitted::check_permitted;
use crate::cluster::scheduler::state::registered::Registered;
use crate::codec::divided::{has_parts, whole};
use crate::codec::whole_plan::whole_query;
use crate::config::cluster_options::{ClusterOptions, WholeQuery};
use crate::functions::bounded::Bounded;
use crate::plan::depth::{fits_message, into_shallow};
use crate::plan::distributable::distributable;
use crate::plan::whole_query::WholeQueryExec;
use crate::reported::reported;
use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::format::ExplainFormat;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::source_as_provider;
use datafusion::error::Result;
use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::LogicalPlan;
use datafusion::optimizer::AnalyzerRule;
use datafusion::physical_plan::{collect, ExecutionPlan};
use futures::TryStreamExt;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

pub struct SchedulerPlanner {
    executors: Arc<Registered>,
}

impl SchedulerPlanner {
    pub fn new(executors: Arc<Registered>) -> Self {
        Self { executors }
    }

    /// The node that runs the whole query, or `None` if the query is distributed.
    async fn whole(&self, plan: &LogicalPlan, session: &dyn Session) -> Result<Option<WholeQueryExec>> {
        let options = ClusterOptions::of(session.config());
        // Stock clients neither set the option nor can read the rows, and stock executors cannot run the
        // node.
        let (executors, ours) = self.executors.count_ours();
        let others = executors > 0 && ours == 0;
        if options.session.is_none() || options.whole_query == WholeQuery::Never || others {
            return Ok(None);
        }
        let bytes = scanned_bytes(plan, session).await;
        let small = bytes.is_ok_and(|bytes| bytes <= options.whole_query_max_bytes as u64);
        let undistributable =
            || !fits_message(plan).unwrap_or_default() || distributable(plan.clone()).is_err();
        let whole = match executors {
            _ if options.whole_query == WholeQuery::Always => true,
            // The first executor that registers may be a stock one, which cannot run whole queries.
            0 => undistributable(),
            1 => true,
            _ => small || undistributable(),
        };
        whole.then(|| whole_query(plan, small)).transpose()
    }
}

impl fmt::Debug for SchedulerPlanner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SchedulerPlanner")
    }
}

#[async_trait]
impl QueryPlanner for SchedulerPlanner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // Ballista would never report a panic here.
        reported(self.planned(plan, session)).await
    }
}

impl SchedulerPlanner {
    async fn planned(&self, plan: &LogicalPlan, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        let plan = match has_parts(plan)? {
            true => {
                let plan = whole(plan.clone(), &session.task_ctx()).map_err(coded)?;
                let plan = into_shallow(plan).map_err(|error| coded(error.into()))?;
                // The session's rule has not seen what was in parts.
                Cow::Owned(Bounded.analyze(plan, session.config_options())?)
            }
            false => Cow::Borrowed(plan),
        };
        let plan = plan.as_ref();
        check_permitted(plan, session.config())?;
        if let Some(whole) = self.whole(plan, session).await? {
            return Ok(Arc::new(whole));
        }
        let planned = DistributedPlanner.create_physical_plan(plan, session).await?;
        match plan {
            // Ballista adds the stages to EXPLAIN, but only in one format, so other formats are answered
            // here.
            LogicalPlan::Explain(explain)
                if explain.verbose || explain.explain_format != ExplainFormat::Indent =>
            {
                answer(planned, session).await
            }
            _ => Ok(planned),
        }
    }
}

/// A plan that returns the collected rows of another plan.
async fn answer(plan: Arc<dyn ExecutionPlan>, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
    let schema = plan.schema();
    let rows = collect(plan, session.task_ctx()).await?;
    Ok(MemorySourceConfig::try_new_exec(&[rows], schema, None)?)
}

/// The size of all files that the plan names, before pruning.
async fn scanned_bytes(plan: &LogicalPlan, session: &dyn Session) -> Result<u64> {
    let mut tables = Vec::new();
    plan.apply_with_subqueries(|node| {
        if let LogicalPlan::TableScan(scan) = node {
            tables.extend(source_as_provider(&scan.source));
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    let mut bytes = 0;
    for table in tables
        .iter()
        .filter_map(|table| table.downcast_ref::<ListingTable>())
    {
        for path in table.table_paths() {
            let store = session.runtime_env().object_store(path)?;
            let files = path.list_all_files(session, &store, &table.options().file_extension);
            let mut files = files.await?;
            while let Some(file) = files.try_next().await? {
                bytes += file.size;
            }
        }
    }
    Ok(bytes)
}

//! What runs on the cluster, and the little that can only run where the session is.

use super::analyze::{AnalyzeExec, Shown};
use super::connection::Connection;
use super::portable::portable;
use super::query::RemoteQueryExec;
use crate::files::copy::{arrow_files, located, with_options};
use crate::session::STOP;
use crate::stop::{cooperative, stoppable};
use crate::tables::local::StoredTable;
use crate::tables::provider::{listing, InMemoryTable};
use crate::tables::values::values;
use crate::udf::bind::{bind, own};
use crate::udf::gather::gathered;
use crate::udf::hoist::{functions, hoisted};
use crate::udf::log::listener_of;
use crate::udf::pool::Pool;
use crate::udf::task::Task;
use async_trait::async_trait;
use ballista_core::planner::scans_only_information_schema;
use datafusion::catalog::Session;
use datafusion::common::not_impl_err;
use datafusion::common::tree_node::{Transformed, TreeNodeRecursion};
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::Result;
use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::{
    DmlStatement, ExplainOption, Expr, LogicalPlan, LogicalPlanBuilder, TableScan, TableSource, WriteOp,
};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use std::collections::HashMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Everything runs where the session is.
#[derive(Debug)]
pub struct LocalPlanner {
    /// Where functions of TypeScript run.
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
        refuse(plan)?;
        let copy = match plan {
            LogicalPlan::Copy(copy) => {
                let copy = located(copy);
                Some(arrow_files(&copy)?.unwrap_or(LogicalPlan::Copy(copy)))
            }
            _ => None,
        };
        let plan = copy.as_ref().unwrap_or(plan);
        let stop = STOP.try_with(CancellationToken::clone).unwrap_or_default();
        let (Some(pool), false) = (&self.pool, functions(plan)?.is_empty()) else {
            return local_plan(plan, session, &stop).await;
        };
        let log = listener_of(&self.session);
        let plan = own(plan.clone().transform_up_with_subqueries(hoisted)?.data)?;
        let plan = local_plan(&plan, session, &stop).await?;
        bind(&plan, &Task::local(pool.clone(), log, stop))?;
        gathered(plan)
    }
}

/// A task yields after a hundred batches and more: a cancelled query would end seconds later.
async fn local_plan(
    plan: &LogicalPlan,
    session: &dyn Session,
    stop: &CancellationToken,
) -> Result<Arc<dyn ExecutionPlan>> {
    let planned = DefaultPhysicalPlanner::default()
        .create_physical_plan(plan, session)
        .await?;
    match plan {
        // Shown with what it measured: as the engine made it.
        LogicalPlan::Analyze(_) => cooperative(planned),
        _ => stoppable(planned, stop),
    }
}

/// What the engine takes and does not do.
fn refuse(plan: &LogicalPlan) -> Result<()> {
    match plan {
        LogicalPlan::Dml(DmlStatement { op, .. }) if !matches!(op, WriteOp::Insert(_)) => {
            not_impl_err!("{op}: the files of a table do not change; create a new table from a query")
        }
        LogicalPlan::Ddl(_) | LogicalPlan::Statement(_) => {
            not_impl_err!("{}: there is no such statement here", plan.display())
        }
        _ => Ok(()),
    }
}

#[derive(Debug)]
pub struct ClusterPlanner {
    connection: Arc<Connection>,
}

impl ClusterPlanner {
    pub fn new(connection: Arc<Connection>) -> Self {
        Self { connection }
    }

    async fn remote(&self, plan: &LogicalPlan) -> Result<RemoteQueryExec> {
        if is_recursive(plan)? {
            return not_impl_err!(
                "a recursive query: Ballista has no message for it; SessionContext.local() runs it"
            );
        }
        let plan = plan.clone().transform_down_with_subqueries(portable)?.data;
        let functions = functions(&plan)?;
        let plan = match functions.is_empty() {
            true => plan,
            false => plan.transform_up_with_subqueries(hoisted)?.data,
        };
        let code = self.connection.ensure_code(&functions).await?;
        let (plan, mut tables) = self.ship_tables(plan).await?;
        tables.extend(code);
        Ok(RemoteQueryExec::new(self.connection.clone(), plan, tables))
    }

    /// Replaces in-memory tables by what the scheduler can read, after it got their bytes.
    async fn ship_tables(&self, plan: LogicalPlan) -> Result<(LogicalPlan, Vec<Arc<StoredTable>>)> {
        let mut tables = HashMap::new();
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                if let Some(table) = in_memory(&scan.source) {
                    tables.insert(table.id.clone(), (table, false));
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        if tables.is_empty() {
            return Ok((plan, vec![]));
        }
        for (table, taken) in tables.values_mut() {
            *taken = self.connection.ensure_table(table).await?;
        }
        let plan = plan.transform_down_with_subqueries(|node| {
            let LogicalPlan::TableScan(scan) = node else {
                return Ok(Transformed::no(node));
            };
            let Some(table) = in_memory(&scan.source) else {
                return Ok(Transformed::no(LogicalPlan::TableScan(scan)));
            };
            // An INSERT may have replaced the table since; then the snapshot travels as it is.
            Ok(Transformed::yes(match tables.get(&table.id) {
                Some((table, false)) => inline(scan, table)?,
                _ => {
                    let source = provider_as_source(Arc::new(listing(&table)?));
                    LogicalPlan::TableScan(TableScan { source, ..scan })
                }
            }))
        })?;
        Ok((plan.data, tables.into_values().map(|(table, _)| table).collect()))
    }
}

fn in_memory(source: &Arc<dyn TableSource>) -> Option<Arc<StoredTable>> {
    let provider = source_as_provider(source).ok()?;
    Some(provider.downcast_ref::<InMemoryTable>()?.snapshot())
}

/// A scan as VALUES, with all that the scan would have done.
fn inline(scan: TableScan, table: &StoredTable) -> Result<LogicalPlan> {
    let mut plan = LogicalPlanBuilder::from(values(table)?).alias(scan.table_name.clone())?;
    for filter in scan.filters {
        plan = plan.filter(filter)?;
    }
    plan = plan.project(scan.projected_schema.columns().into_iter().map(Expr::Column))?;
    plan.limit(0, scan.fetch)?.build()
}

fn is_recursive(plan: &LogicalPlan) -> Result<bool> {
    let mut recursive = false;
    plan.apply_with_subqueries(|node| {
        recursive |= matches!(node, LogicalPlan::RecursiveQuery(_));
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(recursive)
}

/// The engine's local planner knows how; the cluster has nothing to do with it.
fn is_local(plan: &LogicalPlan) -> Result<bool> {
    Ok(match plan {
        // An empty result keeps its columns; Ballista's own planner drops them.
        LogicalPlan::EmptyRelation(_) | LogicalPlan::DescribeTable(_) => true,
        // The scheduler only knows the plain form, which it answers with its own stages.
        LogicalPlan::Explain(explain) => {
            explain.verbose || explain.explain_format != ExplainOption::default().format
        }
        _ => scans_only_information_schema(plan)?,
    })
}

#[async_trait]
impl QueryPlanner for ClusterPlanner {
    async fn create_physical_plan(
        &self,
        plan: &LogicalPlan,
        session: &dyn Session,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        if let LogicalPlan::EmptyRelation(_) = plan {
            self.connection.await_executors().await?;
        }
        if is_local(plan)? {
            return DefaultPhysicalPlanner::default()
                .create_physical_plan(plan, session)
                .await;
        }
        refuse(plan)?;
        match plan {
            LogicalPlan::Analyze(analyze) => {
                let query = self.remote(&analyze.input).await?;
                let schema = analyze.schema.inner().clone();
                let defaults = &session.config_options().explain;
                let shown = Shown {
                    level: analyze.analyze_level.unwrap_or(defaults.analyze_level),
                    categories: analyze
                        .analyze_categories
                        .clone()
                        .unwrap_or(defaults.analyze_categories.clone()),
                };
                Ok(Arc::new(AnalyzeExec::new(Arc::new(query), schema, shown)))
            }
            // The rows come from the cluster; the table that takes them is here.
            LogicalPlan::Dml(DmlStatement {
                op: WriteOp::Insert(op),
                target,
                input,
                ..
            }) if in_memory(target).is_some() => {
                let input = self.create_physical_plan(input, session).await?;
                source_as_provider(target)?.insert_into(session, input, *op).await
            }
            LogicalPlan::Copy(copy) => {
                let copy = with_options(&located(copy), session)?;
                Ok(Arc::new(self.remote(&copy).await?))
            }
            _ => Ok(Arc::new(self.remote(plan).await?)),
        }
    }
}

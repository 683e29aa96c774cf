//! The query planner of a session with a cluster: sends queries to the scheduler, plans a few locally.

use super::analyze::{AnalyzeExec, Shown};
use super::local_writes::{is_here, numbered, sendable, statement_below, with_planned};
use super::portable::portable;
use super::remote_query::RemoteQueryExec;
use crate::blobs::blob::Blob;
use crate::client::remote_session::RemoteSession;
use crate::client::system::system_table::{scans_only_descriptions, scans_system};
use crate::codec::divided::divided;
use crate::files::copy::{located, with_options};
use crate::files::write_mode::WriteMode;
use crate::functions::series;
use crate::plan::depth::{fits_message, no_message, shallow};
use crate::plan::distributable::distributable;
use crate::plan::scan::in_place_of;
use crate::plan::unsupported::refuse_unsupported;
use crate::tables::provider::{listing, InMemoryTable};
use crate::tables::snapshots::with_snapshots;
use crate::tables::stored::StoredTable;
use crate::tables::values::values;
use crate::udf::rewrite::called::functions;
use crate::udf::rewrite::windows::rewritten_windows;
use async_trait::async_trait;
use datafusion::catalog::Session;
use datafusion::common::format::ExplainFormat;
use datafusion::common::not_impl_err;
use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode, TreeNodeRecursion};
use datafusion::datasource::{provider_as_source, source_as_provider};
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::{Analyze, DmlStatement, LogicalPlan, TableScan, TableSource, WriteOp};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::task::spawn_blocking;

#[derive(Debug)]
pub struct ClusterPlanner {
    remote: Arc<RemoteSession>,
}

impl ClusterPlanner {
    pub fn new(remote: Arc<RemoteSession>) -> Self {
        Self { remote }
    }

    async fn query(&self, plan: &LogicalPlan) -> Result<RemoteQueryExec> {
        if scans_system(plan)? {
            return not_impl_err!(
                "A query on the cluster cannot read tables of the schema system. Read them in a query of their own, and use \
                 its cache()."
            );
        }
        let mut plan = sendable(with_snapshots(plan)?.into_owned())?;
        // Our schedulers do this themselves if a query is distributed.
        if !self.remote.connection.is_ours().await? {
            plan = series::unnested(distributable(plan).data()?)?;
        }
        let plan = plan.transform_down(numbered)?.data;
        let plan = plan.transform_down_with_subqueries(portable)?.data;
        let functions = functions(&plan)?;
        let plan = match functions.is_empty() {
            true => plan,
            false => plan.transform_up_with_subqueries(rewritten_windows)?.data,
        };
        let code = self.remote.ensure_code(&functions).await?;
        let (plan, mut blobs) = self.ship_tables(plan).await?;
        let plan = self.fitting(plan).await?;
        blobs.extend(code);
        Ok(RemoteQueryExec::new(self.remote.clone(), plan, blobs))
    }

    /// The plan in a form that a message can hold. Stock schedulers know no parts.
    async fn fitting(&self, plan: LogicalPlan) -> Result<LogicalPlan> {
        if fits_message(&plan)? || self.remote.connection.is_ours().await? {
            return divided(plan);
        }
        Err(no_message().into())
    }

    /// EXPLAIN ANALYZE of a query, or of a statement whose query runs on the cluster.
    async fn analyze(&self, analyze: &Analyze, session: &dyn Session) -> Result<Arc<dyn ExecutionPlan>> {
        let statement = match analyze.input.as_ref() {
            LogicalPlan::Dml(dml) if is_here(&dml.target) => Some(dml),
            _ => None,
        };
        let query = statement.map_or(&analyze.input, |dml| &dml.input);
        let query = Arc::new(self.query(query).await?.with_metrics());
        let run: Arc<dyn ExecutionPlan> = match statement {
            Some(dml) => written(dml, query.clone(), session).await?,
            None => query.clone(),
        };
        let schema = analyze.schema.inner().clone();
        let defaults = &session.config_options().explain;
        let shown = Shown {
            level: analyze.analyze_level.unwrap_or(defaults.analyze_level),
            categories: analyze
                .analyze_categories
                .clone()
                .unwrap_or(defaults.analyze_categories.clone()),
        };
        Ok(Arc::new(AnalyzeExec::new(run, query, schema, shown)))
    }

    /// Sends in-memory tables to the scheduler, and replaces them by tables that it can read.
    async fn ship_tables(&self, plan: LogicalPlan) -> Result<(LogicalPlan, Vec<Arc<Blob>>)> {
        let mut tables = HashMap::new();
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                if let Some(table) = in_memory(&scan.source) {
                    tables.insert(table.id().to_owned(), (table, false));
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        if tables.is_empty() {
            return Ok((plan, vec![]));
        }
        for (table, taken) in tables.values_mut() {
            let sealing = table.clone();
            let sealed = spawn_blocking(move || sealing.sealed().clone()).await;
            let sealed = sealed.map_err(|panic| DataFusionError::ExecutionJoin(Box::new(panic)))?;
            *taken = self.remote.ensure_table(&sealed).await?;
        }
        let plan = plan.transform_down_with_subqueries(|node| {
            let LogicalPlan::TableScan(scan) = node else {
                return Ok(Transformed::no(node));
            };
            let table = in_memory(&scan.source).and_then(|table| tables.get(table.id()));
            Ok(match table {
                None => Transformed::no(LogicalPlan::TableScan(scan)),
                Some((table, false)) => Transformed::yes(in_place_of(scan, values(table)?)?),
                Some((table, true)) => {
                    let source = provider_as_source(Arc::new(listing(&table.sealed().id, table)?));
                    Transformed::yes(LogicalPlan::TableScan(TableScan { source, ..scan }))
                }
            })
        })?;
        let blobs = tables.into_values().map(|(table, _)| table.sealed().clone());
        Ok((plan.data, blobs.collect()))
    }
}

fn in_memory(source: &Arc<dyn TableSource>) -> Option<Arc<StoredTable>> {
    let provider = source_as_provider(source).ok()?;
    Some(provider.downcast_ref::<InMemoryTable>()?.snapshot())
}

/// Whether DataFusion's own planner handles the plan in this process, without the cluster.
fn is_local(plan: &LogicalPlan) -> Result<bool> {
    Ok(match plan {
        // Ballista's planner drops the columns of an empty result.
        LogicalPlan::EmptyRelation(_) | LogicalPlan::DescribeTable(_) => true,
        _ => scans_only_descriptions(plan)?,
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
            self.remote.connection.await_executors().await?;
        }
        // Stock schedulers support only the plain form of EXPLAIN.
        let explained_here = match plan {
            LogicalPlan::Explain(explain) => {
                let plain = !explain.verbose && explain.explain_format == ExplainFormat::Indent;
                !plain && !self.remote.connection.is_ours().await?
            }
            _ => false,
        };
        if explained_here || is_local(plan)? {
            return DefaultPhysicalPlanner::default()
                .create_physical_plan(plan, session)
                .await;
        }
        refuse_unsupported(plan)?;
        let plan = &*shallow(plan)?;
        match plan {
            LogicalPlan::Analyze(analyze) => self.analyze(analyze, session).await,
            LogicalPlan::Copy(copy) => {
                let mode = WriteMode::of(session.config());
                if mode != WriteMode::Append && !self.remote.connection.is_ours().await? {
                    return not_impl_err!(
                        "The scheduler is not of this package, and can only add files. Set the option mode to \"append\"."
                    );
                }
                let copy = with_options(&located(copy), session)?;
                Ok(Arc::new(self.query(&copy).await?))
            }
            _ => {
                let Some(dml) = statement_below(plan) else {
                    return Ok(Arc::new(self.query(plan).await?));
                };
                let rows = self.create_physical_plan(&dml.input, session).await?;
                let statement = written(dml, rows, session).await?;
                if let LogicalPlan::Dml(_) = plan {
                    return Ok(statement);
                }
                DefaultPhysicalPlanner::default()
                    .create_physical_plan(&with_planned(plan.clone(), &statement)?, session)
                    .await
            }
        }
    }
}

/// Writes rows from the cluster into an in-memory table of this session.
async fn written(
    dml: &DmlStatement,
    rows: Arc<dyn ExecutionPlan>,
    session: &dyn Session,
) -> Result<Arc<dyn ExecutionPlan>> {
    let WriteOp::Insert(op) = &dml.op else {
        return not_impl_err!("{} is not supported for in-memory tables.", dml.op);
    };
    let target = source_as_provider(&dml.target)?;
    target.insert_into(session, rows, *op).await
}

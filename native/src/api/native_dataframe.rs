//! The JavaScript class for a DataFrame, which is a lazy query. Verbs are synchronous and return a new
//! DataFrame. Only `cache`, `analyze`, `write` and the stream of `execute` run on the cluster.

use super::native_catalog::NativeTable;
use super::native_execution_plan::NativeExecutionPlan;
use super::native_plan::NativeLogicalPlan;
use super::native_progress::NativeProgress;
use super::native_stream::NativeStream;
use crate::arrow::schema_to_ipc;
use crate::client::query::analyze::AnalyzeExec;
use crate::dataframe::verb::columns::find;
use crate::dataframe::verb::{apply, Verb};
use crate::dataframe::write::{collected, write, Write};
use crate::error::{guard, Error, Result};
use crate::exec::query_progress::collect_watched;
use crate::expr::bytes::text;
use crate::expr::node::SortNode;
use crate::expr::Scope;
use crate::functions::missing::parse_expr;
use crate::interchange::sql::to_sql;
use crate::json::parse_json;
use crate::plan::comparisons::check_comparisons;
use crate::plan::depth::into_shallow;
use crate::plan::tree::{analyzed, stages};
use crate::runtime::{on_large_stack, ANY_SIZE};
use crate::session::plans::planned::Query;
use crate::session::Session;
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{DFSchemaRef, ExprSchema};
use datafusion::logical_expr::{Expr, LogicalPlan};
use datafusion::physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner};
use datafusion::prelude::{DataFrame, SessionContext};
use napi::bindgen_prelude::{Buffer, ClassInstance};
use napi_derive::napi;
use std::future::Future;
use std::sync::Arc;

/// Reads a table without a name. Its columns have no qualifier, which would show in the names of expressions.
pub fn unnamed(context: &SessionContext, table: Arc<dyn TableProvider>) -> Result<DataFrame> {
    let frame = context.read_table(table)?;
    let columns = frame.schema().columns().into_iter().map(|column| {
        let name = column.name.clone();
        Expr::Column(column).alias(name)
    });
    let columns: Vec<_> = columns.collect();
    Ok(frame.select(columns)?)
}

/// Whether a plan changes rows or files when it runs.
fn changes(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Dml(_) | LogicalPlan::Copy(_))
}

/// The analyzed schema: before analysis, a union has the types of its first input.
pub fn analyzed_schema(session: &Session, plan: &LogicalPlan) -> Result<DFSchemaRef> {
    if !plan.exists(|node| Ok(matches!(node, LogicalPlan::Union(_))))? {
        return Ok(plan.schema().clone());
    }
    let state = session.context().state();
    let analyzed = state
        .analyzer()
        .execute_and_check(plan.clone(), state.config_options(), |_, _| {})?;
    Ok(analyzed.schema().clone())
}

#[napi]
pub struct NativeDataFrame {
    session: Arc<Session>,
    query: Query,
}

impl NativeDataFrame {
    pub fn new(session: Arc<Session>, query: impl Into<Query>) -> Self {
        let query = query.into();
        Self { session, query }
    }

    pub fn frame(&self) -> &DataFrame {
        &self.query.frame
    }

    fn apply(&self, verb: &str, others: &[DataFrame]) -> Result<DataFrame> {
        let schema = self.frame().schema().clone();
        let frames: Vec<_> = others.iter().map(|frame| frame.logical_plan().clone()).collect();
        let scope = Scope::new(Some(&schema), self.session.context(), &frames);
        on_large_stack(verb.len(), || {
            let frame = apply(parse_json::<Verb>(verb)?, self.frame().clone(), &scope, others)?;
            let (state, plan) = frame.into_parts();
            let known = frames.iter().chain([self.frame().logical_plan()]);
            check_comparisons(&plan, &known.collect::<Vec<_>>())?;
            Ok(DataFrame::new(state, into_shallow(plan)?))
        })
    }

    /// Runs a query, which ends when JavaScript cancels the call. `work` is boxed: it has hundreds of kilobytes, and the call would
    /// have them on its stack while hooks of async_hooks run, which then hit V8's limit.
    async fn task<T: Send + 'static>(
        &self,
        task: Option<u32>,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> napi::Result<T> {
        let session = self.session.clone();
        guard(async move {
            session
                .abandonable(task, |stop| session.compute_until(stop, work))
                .await
        })
        .await
    }
}

#[napi]
impl NativeDataFrame {
    /// What the rows are: 'query'; 'count' of a statement that changes rows or files when it runs; 'analyzed', such a
    /// statement in EXPLAIN ANALYZE; 'about' a query or a table, like the rows of EXPLAIN and DESCRIBE; 'done' for the
    /// empty result of a statement that has run already; 'creates' for CREATE TABLE, which `create_table` runs. Verbs cannot be
    /// applied to rows of kind 'about'.
    #[napi(getter)]
    pub fn kind(&self) -> &'static str {
        match self.frame().logical_plan() {
            plan if changes(plan) => "count",
            LogicalPlan::Analyze(analyze) if changes(&analyze.input) => "analyzed",
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_) => "about",
            LogicalPlan::Ddl(_) => "creates",
            LogicalPlan::EmptyRelation(empty) if empty.schema.fields().is_empty() => "done",
            _ => "query",
        }
    }

    /// An IPC stream that holds only the schema.
    #[napi(catch_unwind)]
    pub fn schema(&self) -> napi::Result<Buffer> {
        let schema = analyzed_schema(&self.session, self.frame().logical_plan())?;
        Ok(schema_to_ipc(schema.as_arrow())?.into())
    }

    /// `verb`: a Verb as JSON. `frames`: the other DataFrames, which the verb refers to by index.
    #[napi(catch_unwind)]
    pub fn verb(
        &self,
        verb: String,
        frames: Vec<ClassInstance<NativeDataFrame>>,
    ) -> napi::Result<NativeDataFrame> {
        let others: Vec<_> = frames.iter().map(|frame| frame.frame().clone()).collect();
        Ok(Self::new(self.session.clone(), self.apply(&verb, &others)?))
    }

    /// Returns JSON: the table or alias that a column belongs to, and the name of its type.
    #[napi(catch_unwind)]
    pub fn column(&self, name: String) -> napi::Result<String> {
        let column = find(self.frame(), &name)?;
        let kind = self.frame().schema().data_type(&column).map_err(Error::from)?;
        let kind = kind.to_string();
        let relation = column.relation.map(|relation| relation.to_string());
        Ok(serde_json::json!({ "relation": relation, "dataType": kind }).to_string())
    }

    /// Checks SQL text against the columns. Returns the expression as the engine parses it.
    #[napi(catch_unwind)]
    pub fn parse_sql_expr(&self, sql: String) -> napi::Result<String> {
        let parsed = || {
            let expr = parse_expr(self.session.context(), &sql, self.frame().schema())?;
            Ok::<_, Error>(text(&expr))
        };
        Ok(on_large_stack(sql.len(), parsed)?)
    }

    #[napi(catch_unwind)]
    pub fn to_sql(&self) -> napi::Result<String> {
        let plan = self.frame().logical_plan();
        Ok(on_large_stack(ANY_SIZE, || to_sql(plan, "default", false))?)
    }

    #[napi(catch_unwind)]
    pub fn logical_plan(&self) -> NativeLogicalPlan {
        NativeLogicalPlan::new(self.session.clone(), self.frame().logical_plan().clone())
    }

    #[napi]
    pub async fn optimized_logical_plan(&self) -> napi::Result<NativeLogicalPlan> {
        let (session, frame) = (self.session.clone(), self.frame().clone());
        guard(async move { Ok(NativeLogicalPlan::new(session, frame.into_optimized_plan()?)) }).await
    }

    /// The plan for one process. A scheduler cuts it into stages.
    #[napi]
    pub async fn execution_plan(&self) -> napi::Result<NativeExecutionPlan> {
        let frame = self.frame().clone();
        guard(async move {
            let (state, plan) = frame.into_parts();
            let plan = state.optimize(&plan)?;
            let planner = DefaultPhysicalPlanner::default();
            let plan = planner.create_physical_plan(&plan, &state).await?;
            Ok(NativeExecutionPlan::new(plan))
        })
        .await
    }

    /// Runs the query. Returns JSON: the metrics of every operator of every stage.
    #[napi]
    pub async fn analyze(&self, task: Option<u32>) -> napi::Result<String> {
        let frame = self.frame().clone();
        let work = async move {
            let context = Arc::new(frame.task_ctx());
            let (state, plan) = frame.explain(false, true)?.into_parts();
            let plan = state.create_physical_plan(&plan).await?;
            if let Some(analyze) = plan.downcast_ref::<AnalyzeExec>() {
                return stages(&analyze.measure(context).await?);
            }
            // DataFusion's own node for a local EXPLAIN ANALYZE; the plan is its input.
            let plan = plan.children()[0].clone();
            collect_watched(plan.clone(), context).await?;
            Ok(analyzed(&plan))
        };
        self.task(task, Box::pin(work)).await
    }

    #[napi(catch_unwind, js_name = "intoView")]
    pub fn view(&self, temporary: bool) -> NativeTable {
        let frame = self.frame().clone();
        NativeTable::new(match temporary {
            true => frame.into_temporary_view(),
            false => frame.into_view(),
        })
    }

    /// Runs CREATE TABLE.
    #[napi]
    pub async fn create_table(&self, task: Option<u32>) -> napi::Result<NativeDataFrame> {
        let (session, frame) = (self.session.clone(), self.frame().clone());
        let work = async move {
            let created = session.create_table(frame).await?;
            Ok(NativeDataFrame::new(session, created))
        };
        self.task(task, Box::pin(work)).await
    }

    /// Runs the query now and keeps the result as an in-memory table.
    #[napi]
    pub async fn cache(&self, task: Option<u32>) -> napi::Result<NativeDataFrame> {
        let (session, frame) = (self.session.clone(), self.frame().clone());
        let work = async move {
            let schema = frame.schema().inner().clone();
            let batches = collected(frame).await?;
            let cached = unnamed(session.context(), session.store(schema, &batches, None)?)?;
            Ok(NativeDataFrame::new(session, cached))
        };
        self.task(task, Box::pin(work)).await
    }

    /// Runs the query and writes its rows. Returns the number of rows. `target`: a Write as JSON.
    #[napi]
    pub async fn write(&self, target: String, task: Option<u32>) -> napi::Result<f64> {
        let (session, frame) = (self.session.clone(), self.frame().clone());
        let work = async move {
            let Write { target, sort_by } = parse_json(&target)?;
            let schema = frame.schema().clone();
            let scope = Scope::new(Some(&schema), session.context(), &[]);
            let keys = scope.sort_exprs(parse_json::<Vec<SortNode>>(&sort_by)?)?;
            write(frame, target, keys).await
        };
        self.task(task, Box::pin(work)).await
    }

    /// This DataFrame; its actions report to `progress` how far they are. `traceparent`: the span that its jobs belong to, as
    /// the W3C writes it.
    #[napi(catch_unwind)]
    pub fn watched(&self, progress: &NativeProgress, traceparent: Option<String>) -> NativeDataFrame {
        if let Some(traceparent) = traceparent {
            let _ = progress.shared().traceparent.set(traceparent);
        }
        let query = self.query.clone().watched(progress.shared());
        Self::new(self.session.clone(), query)
    }

    /// Lazy: the job starts with the first `next` of the stream.
    #[napi(catch_unwind)]
    pub fn execute(&self) -> NativeStream {
        NativeStream::new(self.session.clone(), self.query.clone())
    }
}

//! A lazy query. Verbs are synchronous and return a new one; nothing here touches the cluster but
//! `cache`, and the stream that `execute` returns.

use crate::arrow::schema_to_ipc;
use crate::error::{guard, Code, Error, Result};
use crate::expr::Scope;
use crate::join::join;
use crate::session::Session;
use crate::stream::NativeStream;
use datafusion::catalog::TableProvider;
use datafusion::common::format::ExplainFormat;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{lit, ExplainOption, Expr, LogicalPlan};
use datafusion::prelude::{DataFrame, SessionContext};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::str::FromStr;
use std::sync::Arc;

#[napi(object)]
pub struct NativeExplainOptions {
    pub verbose: bool,
    pub analyze: bool,
    /// 'indent', 'tree', 'pgjson' or 'graphviz'.
    pub format: Option<String>,
}

/// A table without a name: its columns have no qualifier, which would show in names of expressions.
pub fn unnamed(context: &SessionContext, table: Arc<dyn TableProvider>) -> Result<DataFrame> {
    let frame = context.read_table(table)?;
    let columns = frame.schema().columns().into_iter().map(|column| {
        let name = column.name.clone();
        Expr::Column(column).alias(name)
    });
    let columns: Vec<_> = columns.collect();
    Ok(frame.select(columns)?)
}

#[napi]
pub struct NativeDataFrame {
    session: Arc<Session>,
    frame: DataFrame,
}

impl NativeDataFrame {
    pub fn new(session: Arc<Session>, frame: DataFrame) -> Self {
        Self { session, frame }
    }

    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    fn verb(&self, apply: impl FnOnce(DataFrame, &Scope) -> Result<DataFrame>) -> napi::Result<Self> {
        let schema = self.frame.schema().clone();
        let scope = Scope {
            schema: &schema,
            context: self.session.context(),
        };
        let frame = apply(self.frame.clone(), &scope)?;
        Ok(Self::new(self.session.clone(), frame))
    }
}

#[napi]
impl NativeDataFrame {
    /// Whether the rows are about a query or a table, as those of EXPLAIN and DESCRIBE: no verb
    /// applies to them.
    #[napi(getter)]
    pub fn is_about(&self) -> bool {
        let plan = self.frame.logical_plan();
        matches!(
            plan,
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) | LogicalPlan::DescribeTable(_)
        )
    }

    /// An IPC stream that holds only the schema.
    #[napi(catch_unwind)]
    pub fn schema(&self) -> napi::Result<Buffer> {
        Ok(schema_to_ipc(self.frame.schema().as_arrow())?.into())
    }

    #[napi(catch_unwind)]
    pub fn logical_plan(&self) -> String {
        self.frame.logical_plan().display_indent().to_string()
    }

    #[napi]
    pub async fn optimized_logical_plan(&self) -> napi::Result<String> {
        let frame = self.frame.clone();
        guard(async move { Ok(frame.into_optimized_plan()?.display_indent().to_string()) }).await
    }

    /// `exprs`: JSON of ExprNode[].
    #[napi(catch_unwind)]
    pub fn select(&self, exprs: String) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, scope| Ok(frame.select(scope.select_exprs(&exprs)?)?))
    }

    #[napi(catch_unwind)]
    pub fn filter(&self, predicate: String) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, scope| Ok(frame.filter(scope.expr(&predicate)?)?))
    }

    #[napi(catch_unwind)]
    pub fn with_column(&self, name: String, expr: String) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, scope| Ok(frame.with_column(&name, scope.expr(&expr)?)?))
    }

    #[napi(catch_unwind)]
    pub fn aggregate(&self, group_by: String, aggregates: String) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, scope| Ok(frame.aggregate(scope.exprs(&group_by)?, scope.exprs(&aggregates)?)?))
    }

    /// `keys`: JSON of SortNode[].
    #[napi(catch_unwind)]
    pub fn sort(&self, keys: String) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, scope| Ok(frame.sort(scope.sort_exprs(&keys)?)?))
    }

    #[napi(catch_unwind)]
    pub fn limit(&self, skip: i64, fetch: Option<i64>) -> napi::Result<NativeDataFrame> {
        let rows = |count: i64| {
            usize::try_from(count)
                .map_err(|_| Error::new(Code::InvalidArgument, format!("{count} is not a number of rows.")))
        };
        self.verb(|frame, _| Ok(frame.limit(rows(skip)?, fetch.map(rows).transpose()?)?))
    }

    #[napi(catch_unwind)]
    pub fn distinct(&self) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, _| Ok(frame.distinct()?))
    }

    #[napi(catch_unwind)]
    pub fn join(
        &self,
        right: &NativeDataFrame,
        how: String,
        left_on: Vec<String>,
        right_on: Vec<String>,
    ) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, _| join(frame, right.frame.clone(), &how, &left_on, &right_on))
    }

    #[napi(catch_unwind)]
    pub fn union(&self, other: &NativeDataFrame, distinct: bool) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, _| {
            let other = other.frame.clone();
            Ok(match distinct {
                true => frame.union_distinct(other)?,
                false => frame.union(other)?,
            })
        })
    }

    #[napi(catch_unwind)]
    pub fn explain(&self, options: NativeExplainOptions) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, _| {
            let format = options
                .format
                .as_deref()
                .map(ExplainFormat::from_str)
                .transpose()?;
            let options = ExplainOption::default()
                .with_verbose(options.verbose)
                .with_analyze(options.analyze)
                .with_format(format.unwrap_or(ExplainFormat::Indent));
            Ok(frame.explain_with_options(options)?)
        })
    }

    /// One row, one column: the number of rows.
    #[napi(catch_unwind)]
    pub fn count(&self) -> napi::Result<NativeDataFrame> {
        self.verb(|frame, _| Ok(frame.aggregate(vec![], vec![count(lit(1_i64)).alias("count")])?))
    }

    /// Runs the query now and keeps the result as an in-memory table.
    #[napi]
    pub async fn cache(&self, task: Option<u32>) -> napi::Result<NativeDataFrame> {
        let (session, frame) = (self.session.clone(), self.frame.clone());
        let owner = session.clone();
        let work = async move {
            let schema = frame.schema().inner().clone();
            let batches = frame.collect().await?;
            let cached = unnamed(session.context(), session.store(schema, &batches, None)?)?;
            Ok(NativeDataFrame::new(session, cached))
        };
        guard(async move { owner.abandonable(task, work).await }).await
    }

    /// Lazy: the job starts at the stream's first `next`.
    #[napi(catch_unwind)]
    pub fn execute(&self) -> NativeStream {
        NativeStream::new(self.frame.clone())
    }
}

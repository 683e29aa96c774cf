//! The verbs of a DataFrame as `src/dataframe/verb.ts` writes them: one JSON format, one match.

mod check;
pub mod columns;
mod explain;
mod fill;
mod join;
mod reshape;
mod rows;
mod sets;
mod summary;

use crate::error::{Code, Error, Result};
use crate::expr::node::{Node, SortNode};
use crate::expr::Scope;
use crate::literal::{param_values, params, Literal};
use crate::plan::params::substituted;
use check::{aggregate, by_row, select, window, without_aggregates};
use columns::{cast, drop_columns, rebuild, rename, with_columns, Named};
use datafusion::common::TableReference;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{lit, LogicalPlan, Partitioning};
use datafusion::prelude::DataFrame;
use explain::{explain, Explain};
use fill::{fill_nan, fill_null};
use join::{join, join_on, join_type};
use reshape::{pivot, unnest, unpivot, Pivot, Recursion, Unpivot};
use rows::{distinct_on, drop_null, sample, sort};
use serde::Deserialize;
use sets::{except, intersect, union};
use summary::summary;

/// `frame` is an index into the other DataFrames of the call.
#[derive(Deserialize)]
#[serde(tag = "verb", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Verb {
    Select {
        exprs: Vec<Node>,
    },
    Filter {
        predicates: Vec<Node>,
    },
    WithColumns {
        columns: Vec<Named>,
    },
    Rename {
        columns: Vec<(String, String)>,
    },
    Drop {
        columns: Vec<String>,
    },
    Cast {
        columns: Vec<(String, String)>,
        safe: bool,
    },
    Aggregate {
        group_by: Vec<Node>,
        aggregates: Vec<Node>,
    },
    Pivot(Box<Pivot>),
    Unpivot(Unpivot),
    Summary {
        statistics: Vec<String>,
        columns: Option<Vec<String>>,
    },
    Window {
        exprs: Vec<Node>,
    },
    Sort {
        keys: Vec<SortNode>,
    },
    Limit {
        skip: usize,
        fetch: Option<usize>,
    },
    Distinct,
    DistinctOn {
        on: Vec<Node>,
        select: Vec<Node>,
        sort: Vec<SortNode>,
    },
    Join {
        frame: usize,
        how: String,
        left: Vec<String>,
        right: Vec<String>,
        merge_keys: bool,
    },
    JoinOn {
        frame: usize,
        how: String,
        predicates: Vec<Node>,
    },
    Union {
        frame: usize,
        distinct: bool,
        by_name: bool,
    },
    Intersect {
        frame: usize,
        distinct: bool,
    },
    Except {
        frame: usize,
        distinct: bool,
    },
    Unnest {
        columns: Vec<String>,
        preserve_nulls: bool,
        recursions: Vec<Recursion>,
    },
    FillNull {
        value: Literal,
        columns: Vec<String>,
    },
    FillNan {
        value: Literal,
        columns: Vec<String>,
    },
    /// Keeps rows with at least `at_least` non-null values; `None` means that no value may be null.
    DropNull {
        columns: Vec<String>,
        at_least: Option<usize>,
    },
    Sample {
        fraction: f64,
    },
    Repartition {
        count: usize,
        by: Vec<Node>,
    },
    Alias {
        name: String,
    },
    Params {
        /// JSON, as in SQL statements.
        params: String,
    },
    Explain(Explain),
    /// One row with one column: the number of rows.
    Count,
}

fn is_explained(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_))
}

/// `others` are the other DataFrames of the call.
pub fn apply(verb: Verb, frame: DataFrame, scope: &Scope, others: &[DataFrame]) -> Result<DataFrame> {
    let mut all = std::iter::once(&frame).chain(others);
    if all.any(|frame| is_explained(frame.logical_plan())) {
        let text = "The result of EXPLAIN is the end of a query, so no verb accepts it. Collect its rows, for example with toArray().";
        return Err(Error::new(Code::Plan, text));
    }
    let other = |index: usize| {
        let other = others.get(index).cloned();
        other.ok_or_else(|| Error::new(Code::InvalidArgument, "The DataFrame operand is missing."))
    };
    Ok(match verb {
        Verb::Select { exprs } => select(frame, scope.select_exprs(exprs)?)?,
        Verb::Filter { predicates } => match conjunction(by_row("filter", scope.exprs(predicates)?)?) {
            Some(predicate) => frame.filter(predicate)?,
            None => frame,
        },
        Verb::WithColumns { columns } => with_columns(frame, scope, columns)?,
        Verb::Rename { columns } => rename(frame, columns)?,
        Verb::Drop { columns } => drop_columns(frame, &columns)?,
        Verb::Cast { columns, safe } => cast(frame, columns, safe)?,
        Verb::Aggregate { group_by, aggregates } => {
            let groups = without_aggregates("groupBy", scope.exprs(group_by)?)?;
            aggregate(frame, groups, scope.exprs(aggregates)?)?
        }
        Verb::Pivot(options) => pivot(frame, scope, *options)?,
        Verb::Unpivot(options) => unpivot(frame, options)?,
        Verb::Summary { statistics, columns } => summary(frame, &statistics, columns.as_deref())?,
        Verb::Window { exprs } => window(frame, scope.exprs(exprs)?)?,
        Verb::Sort { keys } => sort(frame, scope, keys)?,
        Verb::Limit { skip, fetch } => frame.limit(skip, fetch)?,
        Verb::Distinct => frame.distinct()?,
        Verb::DistinctOn { on, select, sort } => distinct_on(frame, scope, on, select, sort)?,
        Verb::Join {
            frame: right,
            how,
            left,
            right: right_on,
            merge_keys,
        } => join(frame, other(right)?, &how, &left, &right_on, merge_keys)?,
        Verb::JoinOn {
            frame: right,
            how,
            predicates,
        } => join_on(frame, other(right)?, join_type(&how)?, predicates, scope)?,
        Verb::Union {
            frame: second,
            distinct,
            by_name,
        } => union(frame, other(second)?, distinct, by_name)?,
        Verb::Intersect {
            frame: second,
            distinct,
        } => intersect(frame, other(second)?, distinct)?,
        Verb::Except {
            frame: second,
            distinct,
        } => except(frame, other(second)?, distinct)?,
        Verb::Unnest {
            columns,
            preserve_nulls,
            recursions,
        } => unnest(frame, &columns, preserve_nulls, recursions)?,
        Verb::FillNull { value, columns } => fill_null(frame, value.scalar()?, &columns)?,
        Verb::FillNan { value, columns } => fill_nan(frame, value.scalar()?, &columns)?,
        Verb::DropNull { columns, at_least } => drop_null(frame, &columns, at_least)?,
        Verb::Sample { fraction } => sample(frame, fraction)?,
        Verb::Repartition { count, by } => frame.repartition(match by.is_empty() {
            true => Partitioning::RoundRobinBatch(count),
            false => Partitioning::Hash(by_row("repartitionByHash", scope.exprs(by)?)?, count),
        })?,
        Verb::Alias { name } => rebuild(frame, |plan| plan.alias(TableReference::bare(name)))?,
        Verb::Params { params: json } => {
            let values = param_values(params(&json)?);
            let (state, plan) = frame.into_parts();
            DataFrame::new(state, substituted(plan, &values)?)
        }
        Verb::Explain(options) => explain(frame, options)?,
        Verb::Count => frame.aggregate(vec![], vec![count(lit(1_i64)).alias("count")])?,
    })
}

//! The verbs of a DataFrame as `src/verb.ts` writes them: one JSON, one match.

use crate::error::{Code, Error, Result};
use crate::expr::node::{Node, SortNode};
use crate::expr::{no_column, Scope};
use crate::fill::fill;
use crate::join::{join, join_on, join_type};
use crate::literal::{data_type, params, Literal};
use crate::refuse::{aggregate, by_row, check_depth, check_union, select, without_aggregates};
use crate::reshape::{pivot, summary, unpivot, Pivot, Unpivot};
use crate::session::values;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::format::{ExplainAnalyzeCategories, ExplainFormat, MetricType};
use datafusion::common::tree_node::TreeNode;
use datafusion::common::{Column, RecursionUnnestOption, TableReference, UnnestOptions};
use datafusion::functions::expr_fn::{coalesce, nanvl, random};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{lit, Cast, ExplainOption, Expr, LogicalPlanBuilder, Partitioning, TryCast};
use datafusion::prelude::DataFrame;
use serde::Deserialize;
use std::str::FromStr;

/// `frame`: which of the DataFrames that came along.
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
    /// Keeps the rows with at least `at_least` values; absent: with all.
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
        /// JSON, as for SQL.
        params: String,
    },
    Explain {
        verbose: bool,
        analyze: bool,
        format: Option<String>,
        show_statistics: Option<bool>,
        /// 'summary' or 'dev'.
        level: Option<String>,
        /// 'rows', 'bytes', 'timing' and 'uncategorized', parted by commas.
        categories: Option<String>,
    },
    /// One row, one column: the number of rows.
    Count,
}

#[derive(Deserialize)]
pub struct Named {
    name: String,
    expr: Node,
}

#[derive(Deserialize)]
pub struct Recursion {
    column: String,
    output: String,
    depth: usize,
}

pub fn apply(verb: Verb, frame: DataFrame, scope: &Scope, others: &[DataFrame]) -> Result<DataFrame> {
    let other = |index: usize| {
        let other = others.get(index).cloned();
        other.ok_or_else(|| Error::new(Code::InvalidArgument, "The other DataFrame did not come along."))
    };
    Ok(match verb {
        Verb::Select { exprs } => select(frame, scope.select_exprs(exprs)?)?,
        Verb::Filter { predicates } => match conjunction(by_row("filter", scope.exprs(predicates)?)?) {
            Some(predicate) => frame.filter(predicate)?,
            None => frame,
        },
        Verb::WithColumns { columns } => with_columns(frame, scope, columns)?,
        Verb::Rename { columns } => {
            let named = |(from, to): (String, String)| Ok((find(&frame, &from)?, to));
            let columns: Vec<_> = columns.into_iter().map(named).collect::<Result<_>>()?;
            project(frame, |column| {
                let renamed = columns.iter().find(|(from, _)| *from == column);
                Some(match renamed {
                    Some((_, to)) => {
                        let relation = column.relation.clone();
                        Expr::Column(column).alias_qualified(relation, to)
                    }
                    None => Expr::Column(column),
                })
            })?
        }
        Verb::Drop { columns } => {
            let gone: Vec<_> = find_all(&frame, &columns)?;
            project(frame, |column| {
                (!gone.contains(&column)).then_some(Expr::Column(column))
            })?
        }
        Verb::Cast { columns, safe } => {
            let typed = |(name, kind): (String, String)| Ok((find(&frame, &name)?, data_type(&kind)?));
            let columns: Vec<_> = columns.into_iter().map(typed).collect::<Result<_>>()?;
            project(frame, |column| {
                let cast = columns.iter().find(|(name, _)| *name == column);
                let Some((_, to)) = cast else {
                    return Some(Expr::Column(column));
                };
                let (name, relation) = (column.name.clone(), column.relation.clone());
                let expr = Box::new(Expr::Column(column));
                let cast = match safe {
                    true => Expr::TryCast(TryCast::new(expr, to.clone())),
                    false => Expr::Cast(Cast::new(expr, to.clone())),
                };
                Some(cast.alias_qualified(relation, name))
            })?
        }
        Verb::Aggregate { group_by, aggregates } => {
            let groups = without_aggregates("groupBy", scope.exprs(group_by)?)?;
            aggregate(frame, groups, scope.exprs(aggregates)?)?
        }
        Verb::Pivot(options) => pivot(frame, scope, *options)?,
        Verb::Unpivot(options) => unpivot(frame, options)?,
        Verb::Summary { statistics, columns } => summary(frame, &statistics, columns.as_deref())?,
        Verb::Window { exprs } => {
            let exprs = scope.exprs(exprs)?;
            for expr in &exprs {
                if !expr.exists(|part| Ok(matches!(part, Expr::WindowFunction(_))))? {
                    return Err(Error::new(
                        Code::Plan,
                        format!(
                            "window takes functions over windows, not {expr}: add OVER, or use withColumn."
                        ),
                    ));
                }
            }
            let columns = frame.schema().columns().into_iter().map(Expr::Column);
            let columns: Vec<Expr> = columns.chain(exprs).collect();
            frame.select(columns)?
        }
        Verb::Sort { keys } => sort(frame, scope, keys)?,
        Verb::Limit { skip, fetch } => frame.limit(skip, fetch)?,
        Verb::Distinct => frame.distinct()?,
        Verb::DistinctOn { on, select, sort } => {
            let sort = (!sort.is_empty()).then(|| scope.sort_exprs(sort)).transpose()?;
            let mut selected = Vec::new();
            for node in select {
                match node {
                    Node::Wildcard => selected.extend(frame.schema().columns().into_iter().map(Expr::Column)),
                    node => selected.push(scope.expr(node)?),
                }
            }
            frame.distinct_on(by_row("distinctOn", scope.exprs(on)?)?, selected, sort)?
        }
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
        } => {
            let union = match by_name {
                false => frame.union(other(second)?)?,
                true => frame.union_by_name(other(second)?)?,
            };
            check_union(union.logical_plan())?;
            match distinct {
                false => union,
                true => union.distinct()?,
            }
        }
        Verb::Intersect {
            frame: second,
            distinct,
        } => match distinct {
            false => frame.intersect(other(second)?)?,
            true => frame.intersect_distinct(other(second)?)?,
        },
        Verb::Except {
            frame: second,
            distinct,
        } => match distinct {
            false => frame.except(other(second)?)?,
            true => frame.except_distinct(other(second)?)?,
        },
        Verb::Unnest {
            columns,
            preserve_nulls,
            recursions,
        } => {
            let columns = find_all(&frame, &columns)?;
            for column in &columns {
                check_depth(&frame, column, 1)?;
            }
            let recursion = |recursion: Recursion| {
                let input_column = find(&frame, &recursion.column)?;
                check_depth(&frame, &input_column, recursion.depth)?;
                Ok(RecursionUnnestOption {
                    input_column,
                    output_column: Column::new_unqualified(recursion.output),
                    depth: recursion.depth,
                })
            };
            let mut options = UnnestOptions::new().with_preserve_nulls(preserve_nulls);
            options.recursions = recursions.into_iter().map(recursion).collect::<Result<_>>()?;
            rebuild(frame, |plan| plan.unnest_columns_with_options(columns, options))?
        }
        Verb::FillNull { value, columns } => fill(frame, value.scalar()?, &columns, |_| true, coalesce)?,
        Verb::FillNan { value, columns } => {
            let nan = |mut args: Vec<Expr>| nanvl(args.remove(0), args.remove(0));
            fill(frame, value.scalar()?, &columns, DataType::is_floating, nan)?
        }
        Verb::DropNull { columns, at_least } => {
            let columns = match columns.is_empty() {
                true => frame.schema().columns(),
                false => find_all(&frame, &columns)?,
            };
            let present = columns
                .into_iter()
                .map(|column| Expr::Column(column).is_not_null());
            let predicate = match at_least {
                None => conjunction(present),
                Some(least) => present
                    .map(|present| Expr::Cast(Cast::new(Box::new(present), DataType::Int64)))
                    .reduce(|sum, one| sum + one)
                    .map(|sum| sum.gt_eq(lit(least as i64))),
            };
            match predicate {
                Some(predicate) => frame.filter(predicate)?,
                None => frame,
            }
        }
        Verb::Sample { fraction } => sample(frame, fraction)?,
        Verb::Repartition { count, by } => frame.repartition(match by.is_empty() {
            true => Partitioning::RoundRobinBatch(count),
            false => Partitioning::Hash(by_row("repartitionByHash", scope.exprs(by)?)?, count),
        })?,
        Verb::Alias { name } => rebuild(frame, |plan| plan.alias(TableReference::bare(name)))?,
        Verb::Params { params: json } => frame.with_param_values(values(params(&json)?))?,
        Verb::Explain {
            verbose,
            analyze,
            format,
            show_statistics,
            level,
            categories,
        } => {
            let format = format.as_deref().map(ExplainFormat::from_str).transpose()?;
            let options = ExplainOption {
                show_statistics,
                analyze_level: level.as_deref().map(MetricType::from_str).transpose()?,
                analyze_categories: categories
                    .as_deref()
                    .map(ExplainAnalyzeCategories::from_str)
                    .transpose()?,
                ..ExplainOption::default()
                    .with_verbose(verbose)
                    .with_analyze(analyze)
                    .with_format(format.unwrap_or(ExplainFormat::Indent))
            };
            frame.explain_with_options(options)?
        }
        Verb::Count => frame.aggregate(vec![], vec![count(lit(1_i64)).alias("count")])?,
    })
}

/// All of them are about the columns as they were.
fn with_columns(frame: DataFrame, scope: &Scope, columns: Vec<Named>) -> Result<DataFrame> {
    let (names, exprs): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .map(|column| (column.name, column.expr))
        .unzip();
    let exprs = without_aggregates("withColumn", scope.exprs(exprs)?)?;
    let mut added: Vec<_> = names.into_iter().zip(exprs).collect();
    let mut exprs: Vec<Expr> = Vec::new();
    for column in frame.schema().columns() {
        let replaced = added.iter().position(|(name, _)| *name == column.name);
        exprs.push(match replaced {
            Some(index) => {
                let (name, expr) = added.remove(index);
                expr.alias(name)
            }
            None => Expr::Column(column),
        });
    }
    exprs.extend(added.into_iter().map(|(name, expr)| expr.alias(name)));
    Ok(frame.select(exprs)?)
}

/// Keys may be columns that a projection has left out.
fn sort(frame: DataFrame, scope: &Scope, keys: Vec<SortNode>) -> Result<DataFrame> {
    let anywhere = Scope::new(None, scope.context, scope.frames);
    match scope.sort_exprs(keys.clone()) {
        Ok(keys) => Ok(frame.sort(keys)?),
        Err(unknown) if unknown.code == Code::Schema => match frame.sort(anywhere.sort_exprs(keys)?) {
            Ok(frame) => Ok(frame),
            Err(_) => Err(unknown),
        },
        Err(error) => Err(error),
    }
}

/// Filters a column of chance: a filter that asks chance itself would be moved below what it is about.
fn sample(frame: DataFrame, fraction: f64) -> Result<DataFrame> {
    const CHANCE: &str = "__chance";
    let columns: Vec<Expr> = frame.schema().columns().into_iter().map(Expr::Column).collect();
    let mut with_chance = columns.clone();
    with_chance.push(random().alias(CHANCE));
    let chosen = frame
        .select(with_chance)?
        .filter(Expr::Column(Column::new_unqualified(CHANCE)).lt(lit(fraction)))?;
    Ok(chosen.select(columns)?)
}

pub fn project(frame: DataFrame, each: impl FnMut(Column) -> Option<Expr>) -> Result<DataFrame> {
    let exprs: Vec<Expr> = frame.schema().columns().into_iter().filter_map(each).collect();
    match exprs.is_empty() {
        true => Err(Error::new(Code::Plan, "No column would be left.")),
        false => Ok(frame.select(exprs)?),
    }
}

/// A column by its exact name, as `col` finds it.
pub fn find(frame: &DataFrame, name: &str) -> Result<Column> {
    let schema = frame.schema();
    if !schema.has_column_with_unqualified_name(name) {
        return Err(no_column(name, schema));
    }
    let (relation, field) = schema.qualified_field_with_unqualified_name(name)?;
    Ok(Column::new(relation.cloned(), field.name()))
}

pub fn find_all(frame: &DataFrame, names: &[String]) -> Result<Vec<Column>> {
    names.iter().map(|name| find(frame, name)).collect()
}

/// The plan of a builder with the session of a DataFrame.
pub fn rebuild(
    frame: DataFrame,
    build: impl FnOnce(LogicalPlanBuilder) -> datafusion::error::Result<LogicalPlanBuilder>,
) -> Result<DataFrame> {
    let (state, plan) = frame.into_parts();
    let plan = build(LogicalPlanBuilder::from(plan))?.build()?;
    Ok(DataFrame::new(state, plan))
}

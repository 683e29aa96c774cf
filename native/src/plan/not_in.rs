//! Rewrites `IN`, `ANY` and `ALL` over a subquery where nulls or names would give wrong rows.

use datafusion::common::tree_node::{Transformed, TransformedResult, TreeNode};
use datafusion::common::{Column, ExprSchema, ScalarValue};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::expr::{Exists, InSubquery, SetComparison, SetQuantifier};
use datafusion::logical_expr::utils::{conjunction, disjunction, split_conjunction_owned};
use datafusion::logical_expr::{
    binary_expr, lit, not, when, BinaryExpr, Expr, ExprSchemable, Filter, LogicalPlan, LogicalPlanBuilder,
    Operator, Subquery,
};
use datafusion::optimizer::AnalyzerRule;
use std::sync::Arc;

/// DataFusion runs `WHERE x NOT IN (SELECT y …)` as a join that handles nulls. It ignores nulls, or takes
/// those of other rows, if the subquery is correlated, if `x` is a constant, or if `IN` is part of a larger
/// expression. This rule rewrites such an `IN` with EXISTS.
#[derive(Debug)]
pub struct InWithNulls;

impl AnalyzerRule for InWithNulls {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_down_with_subqueries(|node| match node {
            LogicalPlan::Filter(filter) => rewritten(filter),
            node => Ok(Transformed::no(node)),
        })
        .data()
    }

    fn name(&self) -> &str {
        "in_with_nulls"
    }
}

fn rewritten(filter: Filter) -> Result<Transformed<LogicalPlan>> {
    let compares = |part: &Expr| Ok(matches!(part, Expr::InSubquery(_) | Expr::SetComparison(_)));
    if !filter.predicate.exists(compares)? {
        return Ok(Transformed::no(LogicalPlan::Filter(filter)));
    }
    let input = &filter.input;
    let predicate = filter.predicate.transform_down(|part| match part {
        Expr::SetComparison(ref found) if !found.expr.contains_outer() => {
            compared(found, input).map(Transformed::yes)
        }
        part => Ok(Transformed::no(part)),
    });
    let parts = split_conjunction_owned(predicate.data()?);
    let parts = parts.into_iter().map(|part| match negated(&part) {
        Some(found) if !found.subquery.outer_ref_columns.is_empty() || !found.expr.any_column_refs() => {
            never_equal(found, input)
        }
        Some(_) => Ok(part),
        None => with_nulls(part, input),
    });
    let predicate =
        conjunction(parts.collect::<Result<Vec<_>>>()?).expect("the predicate has at least one part");
    Filter::try_new(predicate, filter.input).map(|filter| Transformed::yes(LogicalPlan::Filter(filter)))
}

/// Matches `x NOT IN …` that is a whole condition.
fn negated(expr: &Expr) -> Option<&InSubquery> {
    let (found, negated) = match expr {
        Expr::InSubquery(found) => (found, found.negated),
        Expr::Not(inner) => match inner.as_ref() {
            Expr::InSubquery(found) => (found, !found.negated),
            _ => return None,
        },
        _ => return None,
    };
    (negated && !found.expr.contains_outer()).then_some(found)
}

/// Rewrites `IN` inside a condition. A plain `IN` under AND or OR stays: it may give false instead of null,
/// but a condition treats both alike.
fn with_nulls(expr: Expr, input: &LogicalPlan) -> Result<Expr> {
    match expr {
        Expr::InSubquery(ref found) if !found.negated => Ok(expr),
        Expr::BinaryExpr(BinaryExpr {
            left,
            op: op @ (Operator::And | Operator::Or),
            right,
        }) => {
            let (left, right) = (with_nulls(*left, input)?, with_nulls(*right, input)?);
            Ok(Expr::BinaryExpr(BinaryExpr::new(
                Box::new(left),
                op,
                Box::new(right),
            )))
        }
        expr => expr
            .transform_down(|part| match part {
                Expr::InSubquery(ref found) if !found.expr.contains_outer() => {
                    let (value, nullable) = value_of(found, input)?;
                    Ok(match nullable {
                        true => Transformed::yes(value),
                        false => Transformed::no(part),
                    })
                }
                part => Ok(Transformed::no(part)),
            })
            .data(),
    }
}

/// The condition that no candidate equals the value, or may equal it because one of both is null.
fn never_equal(found: &InSubquery, input: &LogicalPlan) -> Result<Expr> {
    let Candidates {
        value, column, plan, ..
    } = Candidates::new(&found.expr, &found.subquery, input)?;
    let nullable = found.expr.nullable(input.schema())? || column.nullable(plan.schema())?;
    let equal = value.eq(column);
    let condition = match nullable {
        true => equal.is_not_false(),
        false => equal,
    };
    exists(plan.filter(condition)?, &found.subquery, true)
}

/// The value of IN, with EXISTS, and whether it can be null.
pub fn value_of(found: &InSubquery, input: &LogicalPlan) -> Result<(Expr, bool)> {
    let Candidates {
        value,
        column,
        plan,
        one,
    } = Candidates::new(&found.expr, &found.subquery, input)?;
    let mut unknown = vec![];
    if column.nullable(plan.schema())? {
        let nulls = plan.clone().filter(column.clone().is_null())?;
        unknown.push(exists(nulls.limit(0, one)?, &found.subquery, false)?);
    }
    if found.expr.nullable(input.schema())? {
        let any = exists(plan.clone().limit(0, one)?, &found.subquery, false)?;
        unknown.push(found.expr.as_ref().clone().is_null().and(any));
    }
    let equal = plan.filter(value.eq(column))?;
    Ok(match disjunction(unknown) {
        None => (exists(equal, &found.subquery, found.negated)?, false),
        Some(unknown) => {
            let equal = exists(equal, &found.subquery, false)?;
            (decided(equal, !found.negated, unknown)?, true)
        }
    })
}

/// The result if the condition holds, null if `unknown` does, else the other result.
fn decided(condition: Expr, result: bool, unknown: Expr) -> Result<Expr> {
    when(condition, lit(result))
        .when(unknown, lit(ScalarValue::Boolean(None)))
        .otherwise(lit(!result))
}

/// A comparison with ANY or ALL, with EXISTS. The engine mixes up columns of the same name inside and outside.
pub fn compared(found: &SetComparison, input: &LogicalPlan) -> Result<Expr> {
    let Candidates {
        value, column, plan, ..
    } = Candidates::new(&found.expr, &found.subquery, input)?;
    let nullable = found.expr.nullable(input.schema())? || column.nullable(plan.schema())?;
    let holds = binary_expr(value, found.op, column);
    let (decisive, result) = match found.quantifier {
        SetQuantifier::Any => (holds.clone(), true),
        SetQuantifier::All => (not(holds.clone()), false),
    };
    let condition = plan.clone().filter(decisive)?;
    if !nullable {
        return exists(condition, &found.subquery, !result);
    }
    let condition = exists(condition, &found.subquery, false)?;
    let unknown = exists(plan.filter(holds.is_null())?, &found.subquery, false)?;
    decided(condition, result, unknown)
}

/// The rows of the subquery that the value is compared with.
struct Candidates {
    /// The value, with its columns as outer references.
    value: Expr,
    column: Expr,
    plan: LogicalPlanBuilder,
    /// LIMIT 1 where one row is enough; a correlated subquery cannot have a limit.
    one: Option<usize>,
}

impl Candidates {
    fn new(value: &Expr, subquery: &Subquery, input: &LogicalPlan) -> Result<Self> {
        let outside = input.schema();
        let value = value.clone().transform_up(|part| {
            let Expr::Column(column) = &part else {
                return Ok(Transformed::no(part));
            };
            let field = outside.field_from_column(column)?.clone();
            Ok(Transformed::yes(Expr::OuterReferenceColumn(
                field,
                column.clone(),
            )))
        });
        let inside = subquery.subquery.as_ref().clone();
        // An alias, because relations inside may have the same names as those outside.
        let name = "__in_subquery_value";
        let column = Expr::Column(Column::from(inside.schema().qualified_field(0))).alias(name);
        Ok(Self {
            value: value.data()?,
            column: Expr::Column(Column::new_unqualified(name)),
            plan: LogicalPlanBuilder::from(inside).project([column])?,
            one: subquery.outer_ref_columns.is_empty().then_some(1),
        })
    }
}

fn exists(plan: LogicalPlanBuilder, found: &Subquery, negated: bool) -> Result<Expr> {
    let subquery = plan.build()?;
    Ok(Expr::Exists(Exists {
        subquery: Subquery {
            outer_ref_columns: subquery.all_out_ref_exprs(),
            subquery: Arc::new(subquery),
            spans: found.spans.clone(),
        },
        negated,
    }))
}

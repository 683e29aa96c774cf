//! Rejects plans that DataFusion's SQL and Substrait writers would silently change.

use crate::error::{Code, Error, Result};
use crate::functions::series::is_series;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{NullEquality, ScalarValue};
use datafusion::logical_expr::expr::NullTreatment;
use datafusion::logical_expr::{Expr, LogicalPlan, Operator};

/// DataFusion's name for unnamed tables.
const UNNAMED: &str = "?table?";

const SERIES: &str = "generate_series or range as a table";

/// Fails with the reason if the plan cannot be expressed in SQL of the dialect.
pub fn check_sql(plan: &LogicalPlan, dialect: &str) -> Result<()> {
    check(
        plan,
        "SQL",
        |node| match node {
            node if is_series(node) => Some(SERIES.into()),
            LogicalPlan::TableScan(scan) if scan.table_name.table() == UNNAMED => {
                Some("a table without a name. Register the table".into())
            }
            LogicalPlan::Join(join) if join.null_equality == NullEquality::NullEqualsNull => {
                Some("INTERSECT or EXCEPT, which treat nulls as equal".into())
            }
            _ => None,
        },
        |expr| match expr {
            Expr::AggregateFunction(call) => {
                let params = &call.params;
                let ordered = !params.order_by.is_empty() && !call.func.supports_within_group_clause();
                match params.null_treatment {
                    Some(NullTreatment::IgnoreNulls) => Some("IGNORE NULLS".into()),
                    _ => ordered.then(|| format!("ORDER BY inside {}", call.func.name())),
                }
            }
            Expr::WindowFunction(call) if call.params.null_treatment == Some(NullTreatment::IgnoreNulls) => {
                Some("IGNORE NULLS".into())
            }
            Expr::Negative(inner) if is_negative(inner) => Some("two minus signs in a row".into()),
            Expr::BinaryExpr(binary) if binary.op == Operator::BitwiseXor && dialect == "postgres" => {
                Some("the operator ^ for XOR, which means power in the dialect postgres".into())
            }
            Expr::Literal(
                ScalarValue::Utf8(Some(text))
                | ScalarValue::Utf8View(Some(text))
                | ScalarValue::LargeUtf8(Some(text)),
                _,
            ) if dialect == "mysql" && text.contains('\\') => {
                Some("a backslash, which starts an escape sequence in the dialect mysql".into())
            }
            _ => None,
        },
    )
}

/// Fails with the reason if the plan cannot be expressed in Substrait.
pub fn check_substrait(plan: &LogicalPlan) -> Result<()> {
    check(
        plan,
        "Substrait",
        |node| is_series(node).then(|| SERIES.into()),
        |expr| match expr {
            Expr::WindowFunction(call) => {
                let params = &call.params;
                let ignores = params.null_treatment == Some(NullTreatment::IgnoreNulls);
                (params.filter.is_some() || params.distinct || ignores)
                    .then(|| "FILTER, DISTINCT or IGNORE NULLS over a window".into())
            }
            Expr::AggregateFunction(call)
                if call.params.null_treatment == Some(NullTreatment::IgnoreNulls) =>
            {
                Some("IGNORE NULLS".into())
            }
            _ => None,
        },
    )
}

fn is_negative(expr: &Expr) -> bool {
    match expr {
        Expr::Negative(_) => true,
        Expr::Literal(value, _) => value.to_string().starts_with('-'),
        _ => false,
    }
}

fn check(
    plan: &LogicalPlan,
    language: &str,
    node: impl Fn(&LogicalPlan) -> Option<String>,
    expr: impl Fn(&Expr) -> Option<String>,
) -> Result<()> {
    let mut unsaid = None;
    plan.apply_with_subqueries(|plan| {
        unsaid = unsaid.take().or_else(|| node(plan));
        plan.apply_expressions(|root| {
            root.apply(|part| {
                unsaid = unsaid.take().or_else(|| expr(part));
                Ok(TreeNodeRecursion::Continue)
            })
        })?;
        Ok(match unsaid {
            Some(_) => TreeNodeRecursion::Stop,
            None => TreeNodeRecursion::Continue,
        })
    })?;
    match unsaid {
        Some(what) => Err(Error::new(
            Code::NotImplemented,
            format!("The plan cannot be expressed in {language}, because it contains {what}."),
        )),
        None => Ok(()),
    }
}

//! Keys of windows that are calls of functions, as columns of their own: Ballista encodes the keys by
//! which rows are sent around with a codec of its own, which knows no function of TypeScript.

use super::scalar::JsScalar;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::Column;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};

fn calls(expr: &Expr) -> Result<bool> {
    expr.exists(|part| {
        let Expr::ScalarFunction(call) = part else {
            return Ok(false);
        };
        Ok(JsScalar::of(&call.func).is_some())
    })
}

/// Whether a plan calls functions of TypeScript.
pub fn any(plan: &LogicalPlan) -> Result<bool> {
    let mut any = false;
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            any |= calls(expr)?;
            Ok(TreeNodeRecursion::Continue)
        })
    })?;
    Ok(any)
}

pub fn hoisted(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    let LogicalPlan::Window(window) = &plan else {
        return Ok(Transformed::no(plan));
    };
    let mut keys = Vec::new();
    let mut named = |key: &mut Expr| -> Result<()> {
        if calls(key)? {
            let name = format!("__key_{}", keys.len());
            let expr = std::mem::replace(key, Expr::Column(Column::new_unqualified(name.clone())));
            keys.push(expr.alias(name));
        }
        Ok(())
    };
    let functions = window.window_expr.iter().map(|expr| {
        let changed = expr.clone().transform_up(|part| {
            let Expr::WindowFunction(mut function) = part else {
                return Ok(Transformed::no(part));
            };
            let params = &mut function.params;
            params.partition_by.iter_mut().try_for_each(&mut named)?;
            params
                .order_by
                .iter_mut()
                .try_for_each(|sort| named(&mut sort.expr))?;
            Ok(Transformed::yes(Expr::WindowFunction(function)))
        })?;
        Ok(changed.data)
    });
    let functions = functions.collect::<Result<Vec<Expr>>>()?;
    if keys.is_empty() {
        return Ok(Transformed::no(plan));
    }
    let before = window.input.schema().columns();
    let count = before.len() + keys.len();
    let columns: Vec<Expr> = before.iter().cloned().map(Expr::Column).chain(keys).collect();
    let built = LogicalPlanBuilder::from(window.input.as_ref().clone())
        .project(columns)?
        .window(functions)?
        .build()?;
    let made = built.schema().columns().into_iter().skip(count);
    let names = window.schema.iter().skip(before.len());
    let made = made.zip(names).map(|(column, (relation, field))| {
        Expr::Column(column).alias_qualified(relation.cloned(), field.name())
    });
    let columns: Vec<Expr> = before.iter().cloned().map(Expr::Column).chain(made).collect();
    let plan = LogicalPlanBuilder::from(built).project(columns)?.build()?;
    Ok(Transformed::yes(plan))
}

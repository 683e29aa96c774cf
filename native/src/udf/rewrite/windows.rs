//! Rewrites windows that call TypeScript UDFs.
//!
//! PARTITION BY and ORDER BY keys that call UDFs become columns, because Ballista serializes partitioning
//! keys with its own codec, which does not know UDFs. Aggregates over a window become window functions.

use super::called::called;
use crate::udf::definition::Kind;
use crate::udf::function::window::framed;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{not_impl_err, Column};
use datafusion::error::Result;
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan, LogicalPlanBuilder};

fn calls(expr: &Expr) -> Result<bool> {
    expr.exists(|part| Ok(called(part).is_some()))
}

/// States are merged in any order and do not contain their rows, so ORDER BY and DISTINCT are rejected.
fn refuse(aggregate: &Aggregate) -> Result<()> {
    for expr in &aggregate.aggr_expr {
        expr.apply(|part| {
            if let (Expr::AggregateFunction(call), Some(function)) = (part, called(part)) {
                if call.params.distinct || !call.params.order_by.is_empty() {
                    let name = &function.definition.name;
                    return not_impl_err!(
                        "The TypeScript UDF {name} does not support ORDER BY. It also does not support \
                         DISTINCT together with other aggregates. Keep the distinct rows or their order \
                         in its state."
                    );
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
    }
    Ok(())
}

pub fn rewritten_windows(plan: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
    if let LogicalPlan::Aggregate(aggregate) = &plan {
        refuse(aggregate)?;
    }
    let LogicalPlan::Window(window) = &plan else {
        return Ok(Transformed::no(plan));
    };
    let (mut keys, mut changed) = (Vec::new(), false);
    let mut named = |key: &mut Expr| -> Result<()> {
        if calls(key)? {
            let name = format!("__key_{}", keys.len());
            let expr = std::mem::replace(key, Expr::Column(Column::new_unqualified(name.clone())));
            keys.push(expr.alias(name));
        }
        Ok(())
    };
    let functions = window.window_expr.iter().map(|expr| {
        let built = expr.clone().transform_up(|part| {
            let definition = called(&part).map(|function| function.definition.clone());
            let Expr::WindowFunction(mut function) = part else {
                return Ok(Transformed::no(part));
            };
            let params = &mut function.params;
            params.partition_by.iter_mut().try_for_each(&mut named)?;
            params
                .order_by
                .iter_mut()
                .try_for_each(|sort| named(&mut sort.expr))?;
            if let Some(definition) = definition.filter(|definition| definition.kind == Kind::Aggregate) {
                changed = true;
                function = Box::new(framed(*function, &definition)?);
            }
            Ok(Transformed::yes(Expr::WindowFunction(function)))
        })?;
        Ok(built.data)
    });
    let functions = functions.collect::<Result<Vec<Expr>>>()?;
    if keys.is_empty() && !changed {
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

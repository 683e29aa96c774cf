//! Binds the TypeScript UDFs of a plan to the task that runs it.

use super::called::{called, visit};
use crate::udf::function::aggregate::JsAggregate;
use crate::udf::function::js_function::Binding;
use crate::udf::function::scalar::JsScalar;
use crate::udf::function::window::JsWindow;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, WindowFunctionDefinition};
use datafusion::physical_plan::ExecutionPlan;
use std::sync::Arc;

pub fn bind(plan: &Arc<dyn ExecutionPlan>, binding: &Binding) -> Result<()> {
    visit(plan, &mut |function| function.bind(binding))
}

/// Gives the plan its own copies of functions, because all plans of a session share the session's functions.
pub fn own(plan: LogicalPlan) -> Result<LogicalPlan> {
    let plan = plan.transform_down_with_subqueries(|node| {
        node.map_expressions(|expr| {
            expr.transform_up(|mut part| {
                let Some(definition) = called(&part).map(|function| function.definition.clone()) else {
                    return Ok(Transformed::no(part));
                };
                match &mut part {
                    Expr::ScalarFunction(call) => call.func = Arc::new(JsScalar::udf(definition)?),
                    Expr::AggregateFunction(call) => call.func = Arc::new(JsAggregate::udaf(definition)?),
                    Expr::WindowFunction(call) => {
                        if let WindowFunctionDefinition::WindowUDF(function) = &mut call.fun {
                            let frames = JsWindow::of(function).and_then(|function| function.frames.clone());
                            *function = Arc::new(JsWindow::udwf(definition, frames)?);
                        }
                    }
                    _ => (),
                }
                Ok(Transformed::yes(part))
            })
        })
    })?;
    Ok(plan.data)
}

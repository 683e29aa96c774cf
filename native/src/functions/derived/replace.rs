//! Replaces calls of derived functions: those over windows when SQL is planned, the others in the analyzer.

use super::{aggregate, scalar};
use datafusion::common::tree_node::Transformed;
use datafusion::common::DFSchema;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::expr::{WindowFunction, WindowFunctionParams};
use datafusion::logical_expr::expr_rewriter::FunctionRewrite;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawWindowExpr};
use datafusion::logical_expr::Expr;

/// Replaces calls by what they stand for.
#[derive(Debug)]
pub struct Replace;

impl FunctionRewrite for Replace {
    fn name(&self) -> &str {
        "derived_functions"
    }

    fn rewrite(&self, expr: Expr, schema: &DFSchema, _: &ConfigOptions) -> Result<Transformed<Expr>> {
        let replaced = match &expr {
            Expr::ScalarFunction(call) => scalar::replaced(call, schema)?,
            Expr::AggregateFunction(call) => aggregate::replaced(call)?,
            _ => None,
        };
        Ok(match replaced {
            Some(replaced) => Transformed::yes(replaced),
            None => Transformed::no(expr),
        })
    }
}

impl ExprPlanner for Replace {
    fn plan_window(&self, expr: RawWindowExpr) -> Result<PlannerResult<RawWindowExpr>> {
        let call = WindowFunction {
            fun: expr.func_def.clone(),
            params: WindowFunctionParams {
                args: expr.args.clone(),
                partition_by: expr.partition_by.clone(),
                order_by: expr.order_by.clone(),
                window_frame: expr.window_frame.clone(),
                filter: expr.filter.clone(),
                null_treatment: expr.null_treatment,
                distinct: expr.distinct,
            },
        };
        Ok(match aggregate::over_window(call)? {
            replaced @ Expr::Alias(_) => PlannerResult::Planned(replaced),
            _ => PlannerResult::Original(expr),
        })
    }
}

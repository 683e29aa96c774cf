//! The analyzer's rule that replaces calls of derived functions.

use super::{aggregate, scalar};
use datafusion::common::tree_node::Transformed;
use datafusion::common::DFSchema;
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::logical_expr::expr_rewriter::FunctionRewrite;
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
            Expr::WindowFunction(call) => aggregate::replaced_window(call)?,
            _ => None,
        };
        Ok(match replaced {
            Some(replaced) => Transformed::yes(replaced),
            None => Transformed::no(expr),
        })
    }
}

//! Rejects statements that DataFusion parses and plans but cannot run.

use datafusion::common::not_impl_err;
use datafusion::error::Result;
use datafusion::logical_expr::{DmlStatement, LogicalPlan, WriteOp};

pub fn refuse_unsupported(plan: &LogicalPlan) -> Result<()> {
    match plan {
        LogicalPlan::Dml(DmlStatement { op, .. }) if !matches!(op, WriteOp::Insert(_)) => {
            not_impl_err!("{op}: the files of a table do not change; create a new table from a query")
        }
        LogicalPlan::Ddl(_) | LogicalPlan::Statement(_) => {
            not_impl_err!("{}: there is no such statement here", plan.display())
        }
        _ => Ok(()),
    }
}

//! Rejects statements that DataFusion parses and plans but cannot run.

use datafusion::common::not_impl_err;
use datafusion::error::Result;
use datafusion::logical_expr::{DmlStatement, LogicalPlan, WriteOp};

pub fn refuse_unsupported(plan: &LogicalPlan) -> Result<()> {
    match plan {
        LogicalPlan::Dml(DmlStatement { op, .. }) if !matches!(op, WriteOp::Insert(_)) => {
            not_impl_err!("{op} is not supported for tables over files. Create a new table from a query.")
        }
        LogicalPlan::Ddl(_) | LogicalPlan::Statement(_) => {
            not_impl_err!("This statement is not supported: {}.", plan.display())
        }
        _ => Ok(()),
    }
}

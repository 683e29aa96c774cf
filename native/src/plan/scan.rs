//! Replaces the scan of a table that cannot be sent to a cluster.

use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableScan};

/// A plan that gives the rows of the table, with the filters, projection and limit of the scan.
pub fn in_place_of(scan: TableScan, plan: LogicalPlan) -> Result<LogicalPlan> {
    let mut plan = LogicalPlanBuilder::from(plan).alias(scan.table_name.clone())?;
    for filter in scan.filters {
        plan = plan.filter(filter)?;
    }
    plan = plan.project(scan.projected_schema.columns().into_iter().map(Expr::Column))?;
    plan.limit(0, scan.fetch)?.build()
}

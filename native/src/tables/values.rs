//! In-memory tables for stock schedulers, which cannot hold tables: small ones are sent inside the plan as
//! VALUES.

use super::stored::StoredTable;
use crate::error::{Code, Error};
use datafusion::common::ScalarValue;
use datafusion::error::Result;
use datafusion::logical_expr::{cast, ident, lit, Expr, LogicalPlan, LogicalPlanBuilder};

/// Every value becomes an expression of the plan, and a plan must fit in one message.
const MAX_VALUES: usize = 10_000;

/// `VALUES` with the table's column names and types.
pub fn values(table: &StoredTable) -> Result<LogicalPlan> {
    let fields = table.schema.fields();
    if table.rows * fields.len() > MAX_VALUES {
        return Err(Error::new(
            Code::NotImplemented,
            format!(
                "A stock Ballista scheduler cannot hold in-memory tables, so they are sent inside the \
                 query. This table ({} rows of {} columns) has more than the {MAX_VALUES} values that \
                 fit in a query. Write the table to a file that the executors can read and register \
                 this file, or run the scheduler and executors of this package.",
                table.rows,
                fields.len()
            ),
        )
        .into());
    }
    let columns = || {
        fields.iter().enumerate().map(|(index, field)| {
            cast(ident(format!("column{}", index + 1)), field.data_type().clone()).alias(field.name())
        })
    };
    let mut rows: Vec<Vec<Expr>> = Vec::with_capacity(table.rows);
    for batch in table.batches()? {
        for row in 0..batch.num_rows() {
            let values = batch
                .columns()
                .iter()
                .map(|column| ScalarValue::try_from_array(column, row).map(lit));
            rows.push(values.collect::<Result<_>>()?);
        }
    }
    let empty = rows.is_empty();
    if empty {
        rows.push(fields.iter().map(|_| lit(ScalarValue::Null)).collect());
    }
    let plan = LogicalPlanBuilder::values(rows)?.project(columns())?;
    match empty {
        true => plan.filter(lit(false))?.build(),
        false => plan.build(),
    }
}

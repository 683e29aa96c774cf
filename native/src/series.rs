//! `generate_series` and `range` as tables. The engine's own generators cannot be sent to a
//! scheduler; the scalar functions of the same names can, so the table is a view over them.

use datafusion::catalog::{TableFunctionImpl, TableProvider};
use datafusion::common::{plan_err, Result, ScalarValue, UnnestOptions};
use datafusion::datasource::ViewTable;
use datafusion::functions_nested::range::{gen_series_udf, range_udf};
use datafusion::logical_expr::{col, lit, Expr, LogicalPlanBuilder, ScalarUDF};
use datafusion::prelude::SessionContext;
use std::sync::Arc;

#[derive(Debug)]
struct Series(Arc<ScalarUDF>);

impl TableFunctionImpl for Series {
    fn call(&self, arguments: &[Expr]) -> Result<Arc<dyn TableProvider>> {
        if arguments.is_empty() || arguments.len() > 3 {
            return plan_err!(
                "{} takes one to three arguments: [start,] stop [, step]",
                self.0.name()
            );
        }
        let mut arguments = arguments.to_vec();
        // With one number it counts from 0, as the engine's table function does.
        if arguments.len() == 1 {
            arguments.insert(0, lit(0_i64));
        }
        let call = match is_short(&arguments) {
            true => LogicalPlanBuilder::empty(true).project([self.0.call(arguments).alias("value")]),
            false => {
                let columns = (1..=arguments.len()).map(|index| col(format!("column{index}")));
                let call = self.0.call(columns.collect()).alias("value");
                LogicalPlanBuilder::values(vec![arguments])?.project([call])
            }
        };
        // A null bound makes no row.
        let options = UnnestOptions::new().with_preserve_nulls(false);
        let plan = call?
            .unnest_columns_with_options(vec!["value".into()], options)?
            .build()?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }
}

/// A call of constants is replaced by its result before it travels, which every executor can read,
/// while a stock one lacks the function. A long series must not become a literal: from VALUES it is
/// made where it is needed.
fn is_short(arguments: &[Expr]) -> bool {
    let numbers = arguments.iter().map(|argument| match argument {
        Expr::Literal(ScalarValue::Int64(number), _) => *number,
        _ => None,
    });
    let Some(numbers) = numbers.collect::<Option<Vec<i64>>>() else {
        return false;
    };
    let step = numbers.get(2).copied().unwrap_or(1).unsigned_abs().max(1);
    numbers[0].abs_diff(numbers[1]) / step < 10_000
}

pub fn register(context: &SessionContext) {
    for function in [gen_series_udf(), range_udf()] {
        let name = function.name().to_owned();
        context.register_udtf(&name, Arc::new(Series(function)));
    }
}

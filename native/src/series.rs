//! `generate_series` and `range` as tables. The engine's own generators cannot be sent to a
//! scheduler; the scalar functions of the same names can, so the table is a view over them.

use datafusion::catalog::{TableFunctionImpl, TableProvider};
use datafusion::common::{plan_err, Result};
use datafusion::datasource::ViewTable;
use datafusion::functions_nested::range::{gen_series_udf, range_udf};
use datafusion::logical_expr::{Expr, LogicalPlanBuilder, ScalarUDF};
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
            arguments.insert(0, datafusion::prelude::lit(0_i64));
        }
        let plan = LogicalPlanBuilder::empty(true)
            .project([self.0.call(arguments).alias("value")])?
            .unnest_column("value")?
            .build()?;
        Ok(Arc::new(ViewTable::new(plan, None)))
    }
}

pub fn register(context: &SessionContext) {
    for function in [gen_series_udf(), range_udf()] {
        let name = function.name().to_owned();
        context.register_udtf(&name, Arc::new(Series(function)));
    }
}

//! `generate_series` and `range` as tables, whose rows are generated while they are read. DataFusion's own
//! table cannot be serialized, so our table carries its arguments.

pub mod exec;
mod message;
pub mod table;
mod unnest;

use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{plan_err, Result};
use datafusion::datasource::ViewTable;
use datafusion::logical_expr::{lit, ScalarUDF};
use datafusion::prelude::SessionContext;
use message::Series;
use std::sync::Arc;
use table::SeriesTable;
pub use unnest::{generated, is_series, unnested};

#[derive(Debug)]
struct SeriesFunction(Arc<ScalarUDF>);

impl TableFunctionImpl for SeriesFunction {
    fn call_with_args(&self, args: TableFunctionArgs) -> Result<Arc<dyn TableProvider>> {
        let mut arguments = args.exprs().to_vec();
        if arguments.is_empty() || arguments.len() > 3 {
            return plan_err!(
                "{} takes one to three arguments: [start,] stop [, step].",
                self.0.name()
            );
        }
        // With one number, the series starts at 0, like DataFusion's table function.
        if arguments.len() == 1 {
            arguments.insert(0, lit(0_i64));
        }
        let is_short = match Series::new(self.0.name(), &arguments)? {
            Some(series) if !series.is_short() => return Ok(Arc::new(SeriesTable::new(series))),
            Some(_) => true,
            None => false,
        };
        let list = unnest::plan(&self.0, arguments, is_short)?;
        Ok(Arc::new(ViewTable::new(list, None)))
    }
}

pub fn register(context: &SessionContext) {
    for function in unnest::functions() {
        let name = function.name().to_owned();
        context.register_udtf(&name, Arc::new(SeriesFunction(function)));
    }
}

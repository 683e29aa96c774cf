//! Converts plans to SQL.

use super::faithful::check_sql;
use crate::error::{Code, Error, Result};
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::unparser::dialect::{
    DefaultDialect, Dialect, DuckDBDialect, MySqlDialect, PostgreSqlDialect, SqliteDialect,
};
use datafusion::sql::unparser::Unparser;

pub fn to_sql(plan: &LogicalPlan, dialect: &str, pretty: bool) -> Result<String> {
    check_sql(plan, dialect)?;
    let duckdb = DuckDBDialect::new();
    let dialect: &dyn Dialect = match dialect {
        "default" => &DefaultDialect {},
        "mysql" => &MySqlDialect {},
        "postgres" => &PostgreSqlDialect {},
        "sqlite" => &SqliteDialect {},
        "duckdb" => &duckdb,
        other => return Err(Error::unknown(Code::InvalidArgument, "dialect", other)),
    };
    let unparser = Unparser::new(dialect).with_pretty(pretty);
    Ok(unparser.plan_to_sql(plan)?.to_string())
}

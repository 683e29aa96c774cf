//! Expressions without a DataFrame, as bytes and as SQL: any column name is allowed.

use super::node::Node;
use super::Scope;
use crate::error::{Error, Result};
use crate::functions::spark;
use crate::json::parse_json;
use datafusion::logical_expr::Expr;
use datafusion::prelude::SessionContext;
use datafusion::sql::unparser::expr_to_sql;
use datafusion_proto::bytes::Serializeable;
use napi::bindgen_prelude::{Buffer, Uint8Array};
use napi_derive::napi;
use std::sync::LazyLock;

/// A session with all functions of a new session.
static CONTEXT: LazyLock<SessionContext> = LazyLock::new(|| {
    let context = SessionContext::new();
    let state = context.state_ref();
    spark::register(&mut *state.write()).expect("the Spark functions can be registered");
    context
});

fn build(node: &str) -> Result<Expr> {
    Scope::new(None, &CONTEXT, &[]).expr(parse_json::<Node>(node)?)
}

#[napi(catch_unwind)]
pub fn expr_to_bytes(node: String) -> napi::Result<Buffer> {
    let bytes = build(&node)?.to_bytes().map_err(Error::from)?;
    Ok(Buffer::from(bytes.to_vec()))
}

/// Decodes an expression and returns it as SQL text.
#[napi(catch_unwind)]
pub fn expr_from_bytes(bytes: Uint8Array) -> napi::Result<String> {
    let expr = Expr::from_bytes_with_ctx(&bytes, &CONTEXT.task_ctx()).map_err(Error::from)?;
    Ok(text(&expr))
}

/// The name of the column that an expression makes.
#[napi(catch_unwind)]
pub fn expr_name(node: String) -> napi::Result<String> {
    Ok(build(&node)?.schema_name().to_string())
}

/// The expression in SQL, if SQL can express it.
pub fn text(expr: &Expr) -> String {
    expr_to_sql(expr).map_or_else(|_| expr.to_string(), |sql| sql.to_string())
}

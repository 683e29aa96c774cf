//! Expressions without a DataFrame, as bytes and as SQL: any column name is allowed.

use super::node::Node;
use super::Scope;
use crate::error::{Error, Result};
use crate::functions;
use crate::json::parse_json;
use crate::plan::depth::shallow_expr;
use crate::runtime::on_large_stack;
use datafusion::common::DFSchema;
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
    functions::register(&mut *state.write()).expect("the functions can be registered");
    context
});

/// Builds an expression, and takes something of it. Both need a large stack if the expression is deep.
fn of_expr<T>(node: &str, take: impl FnOnce(Expr) -> Result<T>) -> Result<T> {
    on_large_stack(node.len(), || {
        take(Scope::new(None, &CONTEXT, &[]).expr(parse_json::<Node>(node)?)?)
    })
}

/// An expression that was serialized. Messages have chains of one operator as a list, of any length.
pub(super) fn decoded(bytes: &[u8], context: &SessionContext) -> Result<Expr> {
    on_large_stack(bytes.len(), || {
        let expr = Expr::from_bytes_with_ctx(bytes, &context.task_ctx())?;
        shallow_expr(expr, &DFSchema::empty())
    })
}

#[napi(catch_unwind)]
pub fn expr_to_bytes(node: String) -> napi::Result<Buffer> {
    let bytes = of_expr(&node, |expr| Ok(expr.to_bytes()?.to_vec()))?;
    Ok(Buffer::from(bytes))
}

/// Decodes an expression and returns it as SQL text.
#[napi(catch_unwind)]
pub fn expr_from_bytes(bytes: Uint8Array) -> napi::Result<String> {
    Ok(on_large_stack(bytes.len(), || {
        Ok::<_, Error>(text(&decoded(&bytes, &CONTEXT)?))
    })?)
}

/// The name of the column that an expression makes.
#[napi(catch_unwind)]
pub fn expr_name(node: String) -> napi::Result<String> {
    Ok(of_expr(&node, |expr| Ok(expr.schema_name().to_string()))?)
}

/// The expression in SQL, if SQL can express it.
pub fn text(expr: &Expr) -> String {
    expr_to_sql(expr).map_or_else(|_| expr.to_string(), |sql| sql.to_string())
}

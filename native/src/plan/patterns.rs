//! Refuses regular expressions that are not valid. Some functions of the engine would answer in the notation of Rust.

use crate::error::{Code, Error, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::Expr;
use regex::Regex;

pub fn check_patterns(call: &ScalarFunction) -> Result<()> {
    let name = call.func.name();
    let pattern = call.args.get(1).filter(|_| name.starts_with("regexp_"));
    // The analyzer may have put the string into a cast.
    let Some(Expr::Literal(value, _)) = pattern.map(|pattern| match pattern {
        Expr::Cast(cast) => cast.expr.as_ref(),
        pattern => pattern,
    }) else {
        return Ok(());
    };
    let Some(Err(error)) = value.try_as_str().flatten().map(Regex::new) else {
        return Ok(());
    };
    let text = format!("The regular expression {value} of {name} is not valid: {error}");
    Err(Error::new(Code::Plan, text))
}

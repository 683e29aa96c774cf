//! Refuses formats of dates without fields. The engine would take them for text: `to_char(time, 'YYYY')` would be `YYYY`.

use crate::error::{Code, Error, Result};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::Expr;

const FUNCTIONS: [&str; 9] = [
    "to_char",
    "to_date",
    "to_time",
    "to_timestamp",
    "to_timestamp_seconds",
    "to_timestamp_millis",
    "to_timestamp_micros",
    "to_timestamp_nanos",
    "to_unixtime",
];

/// What `to_char` accepts for durations.
const OF_DURATIONS: [&str; 2] = ["pretty", "iso8601"];

pub fn check_formats(call: &ScalarFunction) -> Result<()> {
    if !FUNCTIONS.contains(&call.func.name()) {
        return Ok(());
    }
    let mut texts = call.args.iter().skip(1).filter_map(|arg| match arg {
        Expr::Literal(value, _) => value.try_as_str().flatten(),
        _ => None,
    });
    let is_text = |format: &&str| {
        !format.contains('%')
            && format.contains(char::is_alphabetic)
            && !OF_DURATIONS.contains(&format.to_lowercase().as_str())
    };
    match texts.find(is_text) {
        None => Ok(()),
        Some(format) => Err(Error::new(
            Code::Plan,
            format!(
                "The format '{format}' of {} has no fields. Write formats as for strftime, for example '%Y-%m-%d %H:%M:%S'.",
                call.func.name()
            ),
        )),
    }
}

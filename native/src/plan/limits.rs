//! Rejects what a plan can ask for that the engine would allocate at once, or calculate wrongly.

use crate::config::bounds::MOST_PARTITIONS;
use crate::error::{Code, Error, Result};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::expr::{AggregateFunction, Cast, TryCast};
use datafusion::logical_expr::{
    CreateMemoryTable, DdlStatement, Expr, LogicalPlan, Partitioning, Repartition, WindowFrame,
    WindowFrameBound, WindowFrameUnits, WindowFunctionDefinition,
};

/// The most bytes of a value of a type with a fixed size. A null takes as much, in every row.
const MOST_FIXED: u128 = 64 << 10;

pub fn check_node(node: &LogicalPlan) -> Result<()> {
    match node {
        LogicalPlan::Repartition(Repartition {
            partitioning_scheme: Partitioning::RoundRobinBatch(count) | Partitioning::Hash(_, count),
            ..
        }) if *count > MOST_PARTITIONS => Err(refused(format!(
            "Rows can be split into at most {MOST_PARTITIONS} partitions, not {count}."
        ))),
        LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(CreateMemoryTable { input, .. })) => {
            check_columns(input.schema())
        }
        LogicalPlan::Ddl(DdlStatement::CreateExternalTable(create)) => check_columns(&create.schema),
        _ => Ok(()),
    }
}

fn check_columns(schema: &DFSchema) -> Result<()> {
    let mut fields = schema.fields().iter();
    fields.try_for_each(|field| check_type(field.data_type()))
}

pub fn check_expr(expr: &Expr) -> Result<()> {
    match expr {
        Expr::WindowFunction(function) => {
            check_window(&function.fun, &function.params.args)?;
            check_frame(&function.params.window_frame)
        }
        Expr::AggregateFunction(AggregateFunction { func, params }) => check_nth(func.name(), &params.args),
        Expr::Cast(Cast { field, .. }) | Expr::TryCast(TryCast { field, .. }) => {
            check_type(field.data_type())
        }
        _ => Ok(()),
    }
}

/// The engine panics without the argument.
fn check_window(function: &WindowFunctionDefinition, args: &[Expr]) -> Result<()> {
    let name = function.name();
    match args.is_empty() && matches!(name, "first_value" | "last_value") {
        true => Err(refused(format!(
            "{name} needs an argument. Write {name}(column) OVER (…)."
        ))),
        false => check_nth(name, args),
    }
}

fn check_nth(name: &str, args: &[Expr]) -> Result<()> {
    match (name, args) {
        ("nth_value", [_, Expr::Literal(ScalarValue::Int64(Some(0)), _)]) => Err(refused(
            "The first row of nth_value has the position 1. The position 0 is not accepted.".into(),
        )),
        _ => Ok(()),
    }
}

/// The engine adds the bounds of a frame to row numbers, and a larger sum starts again at 0.
fn check_frame(frame: &WindowFrame) -> Result<()> {
    // The bounds of RANGE are distances between values.
    if frame.units == WindowFrameUnits::Range {
        return Ok(());
    }
    for bound in [&frame.start_bound, &frame.end_bound] {
        let (WindowFrameBound::Preceding(rows) | WindowFrameBound::Following(rows)) = bound else {
            continue;
        };
        if let ScalarValue::UInt64(Some(rows)) = rows {
            if i64::try_from(*rows).is_err() {
                return Err(refused(format!(
                    "A window frame can reach over at most {} rows, not {rows}. Write UNBOUNDED for all rows.",
                    i64::MAX
                )));
            }
        }
    }
    Ok(())
}

/// Rejects types whose values are large even if they are null.
pub fn check_type(kind: &DataType) -> Result<()> {
    match fixed_bytes(kind) {
        bytes if bytes > MOST_FIXED => Err(refused(format!(
            "The type {kind} is too large: its values take {bytes} bytes each, even nulls. At most {MOST_FIXED} \
             bytes are allowed. Use a type without a fixed size."
        ))),
        _ => Ok(()),
    }
}

fn fixed_bytes(kind: &DataType) -> u128 {
    match kind {
        DataType::FixedSizeBinary(size) => u128::try_from(*size).unwrap_or(0),
        DataType::FixedSizeList(field, size) => {
            let size = u128::try_from(*size).unwrap_or(0);
            size.saturating_mul(fixed_bytes(field.data_type()).max(1))
        }
        DataType::Struct(fields) => fields
            .iter()
            .map(|field| fixed_bytes(field.data_type()))
            .fold(0, u128::saturating_add),
        kind => kind.primitive_width().unwrap_or(1) as u128,
    }
}

fn refused(message: String) -> Error {
    Error::new(Code::Plan, message)
}

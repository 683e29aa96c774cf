//! Function calls by name, with all their clauses.

use super::node::{Bound, Call, Frame, Node, Over};
use super::Scope;
use crate::error::{Code, Error, Result};
use crate::functions::derived::aggregate::over_window;
use crate::functions::missing::unknown_function;
use crate::literal::check_type;
use crate::udf::definition::{Definition, Kind};
use crate::udf::function::aggregate::JsAggregate;
use crate::udf::function::scalar::JsScalar;
use crate::udf::function::window::JsWindow;
use datafusion::common::ScalarValue;
use datafusion::execution::FunctionRegistry;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::expr::{self, HigherOrderFunction, NullTreatment, WindowFunction};
use datafusion::logical_expr::{
    lit, AggregateUDF, Expr, SortExpr, WindowFrame, WindowFrameBound, WindowFrameUnits,
};
use std::sync::Arc;

/// Aggregates that over a window become the window function of the same name.
const WINDOW_FIRST: [&str; 3] = ["first_value", "last_value", "nth_value"];

/// The clauses of a call, already built.
struct Clauses {
    distinct: bool,
    filter: Option<Box<Expr>>,
    order_by: Vec<SortExpr>,
    null_treatment: Option<NullTreatment>,
}

impl Clauses {
    fn any(&self) -> bool {
        self.distinct || self.filter.is_some() || !self.order_by.is_empty() || self.null_treatment.is_some()
    }
}

impl Scope<'_> {
    pub(super) fn call(&self, call: Call) -> Result<Expr> {
        let name = call.name.as_str();
        let counts_rows = name == "count" && matches!(call.args.as_slice(), [] | [Node::Wildcard]);
        let args = match counts_rows {
            true => vec![lit(1_i64)],
            false => self.exprs(call.args)?,
        };
        if matches!(name, "arrow_cast" | "arrow_try_cast") {
            if let Some(Expr::Literal(ScalarValue::Utf8(Some(kind)), _)) = args.last() {
                check_type(kind)?;
            }
        }
        let clauses = Clauses {
            distinct: call.distinct,
            filter: call.filter.map(|filter| self.boxed(filter)).transpose()?,
            order_by: self.sort_exprs(call.order_by)?,
            null_treatment: call.null_treatment.as_deref().map(null_treatment).transpose()?,
        };
        if counts_rows && call.over.is_none() && !clauses.any() {
            return Ok(count(lit(1_i64)).alias("count(*)"));
        }
        let state = self.context.state_ref();
        let state = state.read();
        // The definition of a TypeScript UDF comes first, even if another function has the same name.
        let udf = call
            .udf
            .as_deref()
            .map(Definition::parse)
            .transpose()?
            .map(Arc::new);
        let (aggregate, window) = match &udf {
            None => (state.udaf(name).ok(), state.udwf(name).ok()),
            Some(udf) => match udf.kind {
                Kind::Scalar | Kind::Table => (None, None),
                Kind::Aggregate => (Some(Arc::new(JsAggregate::udaf(udf.clone())?)), None),
                Kind::Window => (None, Some(Arc::new(JsWindow::udwf(udf.clone(), None)?))),
            },
        };
        if let Some(over) = call.over {
            return match (aggregate, window) {
                (Some(function), None) => self.window(function, args, clauses, over),
                (Some(function), _) if !WINDOW_FIRST.contains(&name) => {
                    self.window(function, args, clauses, over)
                }
                (_, Some(function)) => self.window(function, args, clauses, over),
                _ => Err(Error::unknown(Code::Plan, "aggregate or window function", name)),
            };
        }
        if let Some(function) = aggregate {
            return aggregated(function, args, clauses);
        }
        if let Some(function) = window {
            return self.window(function, args, clauses, Over::default());
        }
        if clauses.any() {
            return Err(Error::new(
                Code::Plan,
                format!(
                    "{name} is not an aggregate or window function, so it does not accept DISTINCT, FILTER, \
                     ORDER BY or a null treatment."
                ),
            ));
        }
        if let Some(udf) = udf {
            return Ok(JsScalar::udf(udf)?.call(args));
        }
        if let Ok(function) = state.higher_order_function(name) {
            let call = Expr::HigherOrderFunction(HigherOrderFunction::new(function, args));
            // Only the outermost call resolves variables, because it knows all variables inside.
            return match self.schema.filter(|_| self.lambdas.get() == 0) {
                Some(schema) => Ok(call.resolve_lambda_variables(schema)?.data),
                None => Ok(call),
            };
        }
        match state.udf(name) {
            Ok(function) => Ok(function.call(args)),
            Err(_) => Err(unknown_function(&state, name)),
        }
    }

    fn window(
        &self,
        function: impl Into<expr::WindowFunctionDefinition>,
        args: Vec<Expr>,
        clauses: Clauses,
        over: Over,
    ) -> Result<Expr> {
        let mut function = WindowFunction::new(function, args);
        let mut order_by = self.sort_exprs(over.order_by)?;
        let frame = match over.frame {
            Some(frame) => {
                let frame = window_frame(frame)?;
                frame.regularize_order_bys(&mut order_by)?;
                frame
            }
            None => WindowFrame::new((!order_by.is_empty()).then_some(false)),
        };
        if !clauses.order_by.is_empty() {
            return Err(Error::new(
                Code::Plan,
                "A function over a window uses the order of the window. Set orderBy on the window.",
            ));
        }
        let params = &mut function.params;
        params.partition_by = self.exprs(over.partition_by)?;
        params.order_by = order_by;
        params.window_frame = frame;
        params.distinct = clauses.distinct;
        params.filter = clauses.filter;
        params.null_treatment = clauses.null_treatment;
        Ok(over_window(function)?)
    }
}

fn aggregated(function: Arc<AggregateUDF>, args: Vec<Expr>, clauses: Clauses) -> Result<Expr> {
    if clauses.null_treatment.is_some() && !function.supports_null_handling_clause() {
        return Err(Error::new(
            Code::Plan,
            format!(
                "{} does not support a null treatment. Remove it.",
                function.name()
            ),
        ));
    }
    let mut order_by = clauses.order_by;
    // Like WITHIN GROUP (ORDER BY argument).
    if function.supports_within_group_clause() && order_by.is_empty() {
        order_by.extend(args.first().map(|arg| arg.clone().sort(true, false)));
    }
    Ok(Expr::AggregateFunction(expr::AggregateFunction::new_udf(
        function,
        args,
        clauses.distinct,
        clauses.filter,
        order_by,
        clauses.null_treatment,
    )))
}

fn null_treatment(name: &str) -> Result<NullTreatment> {
    match name {
        "respect" => Ok(NullTreatment::RespectNulls),
        "ignore" => Ok(NullTreatment::IgnoreNulls),
        other => Err(Error::unknown(Code::Plan, "null treatment", other)),
    }
}

fn window_frame(frame: Frame) -> Result<WindowFrame> {
    let units = match frame.units.as_str() {
        "rows" => WindowFrameUnits::Rows,
        "range" => WindowFrameUnits::Range,
        "groups" => WindowFrameUnits::Groups,
        other => return Err(Error::unknown(Code::Plan, "window frame unit", other)),
    };
    let start = bound(frame.start, units)?;
    let end = bound(frame.end, units)?;
    Ok(WindowFrame::new_bounds(units, start, end))
}

fn bound(bound: Bound, units: WindowFrameUnits) -> Result<WindowFrameBound> {
    let value = match (bound.value, units) {
        // Strings, as SQL makes them: their type follows from the ORDER BY of the window.
        (Some(value), WindowFrameUnits::Range) => match value.scalar()? {
            value @ (ScalarValue::Int64(_) | ScalarValue::UInt64(_) | ScalarValue::Float64(_)) => {
                ScalarValue::Utf8(Some(value.to_string()))
            }
            value => value,
        },
        (Some(value), _) => value
            .scalar()?
            .cast_to(&datafusion::arrow::datatypes::DataType::UInt64)?,
        (None, WindowFrameUnits::Range) => ScalarValue::Null,
        (None, _) => ScalarValue::UInt64(None),
    };
    Ok(match bound.kind.as_str() {
        "preceding" => WindowFrameBound::Preceding(value),
        "currentRow" => WindowFrameBound::CurrentRow,
        "following" => WindowFrameBound::Following(value),
        other => return Err(Error::unknown(Code::Plan, "window frame bound", other)),
    })
}

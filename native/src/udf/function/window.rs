//! TypeScript window UDFs.
//!
//! An aggregate UDF over window frames becomes a window UDF too: called with the bounds of all frames of a
//! partition, it needs one call instead of one call for each row.

use super::js_function::JsFunction;
use crate::error::Result;
use crate::udf::definition::Definition;
use datafusion::arrow::array::{ArrayRef, UInt32Array};
use datafusion::arrow::compute::SortOptions;
use datafusion::arrow::datatypes::{Field, FieldRef};
use datafusion::common::not_impl_err;
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::expr::WindowFunction;
use datafusion::logical_expr::function::{PartitionEvaluatorArgs, WindowUDFFieldArgs};
use datafusion::logical_expr::window_state::WindowFrameContext;
use datafusion::logical_expr::{
    PartitionEvaluator, Signature, WindowFrame, WindowFunctionDefinition, WindowUDF, WindowUDFImpl,
};
use std::sync::Arc;

/// The window frame of an aggregate, and the sort options of the ORDER BY columns that it refers to.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Frames {
    pub frame: WindowFrame,
    pub sort: Vec<SortOptions>,
}

#[derive(Debug, Eq, Hash, PartialEq)]
pub struct JsWindow {
    pub function: JsFunction,
    /// Set for an aggregate. Its last arguments are the ORDER BY columns then.
    pub frames: Option<Frames>,
}

impl JsWindow {
    pub fn udwf(definition: Arc<Definition>, frames: Option<Frames>) -> Result<WindowUDF> {
        let mut function = JsFunction::new(definition)?;
        if frames.is_some() {
            function.signature = Signature::variadic_any(function.signature.volatility);
        }
        Ok(WindowUDF::from(Self { function, frames }))
    }

    pub fn of(function: &WindowUDF) -> Option<&Self> {
        function.inner().downcast_ref()
    }
}

/// Turns the call of an aggregate over a window into the call of a window function.
pub fn framed(mut call: WindowFunction, definition: &Arc<Definition>) -> EngineResult<WindowFunction> {
    let params = &mut call.params;
    if params.filter.is_some() || params.distinct || params.null_treatment.is_some() {
        return not_impl_err!(
            "{} does not support FILTER, DISTINCT or a null treatment over a window.",
            definition.name
        );
    }
    let sort = params.order_by.iter().map(|key| SortOptions {
        descending: !key.asc,
        nulls_first: key.nulls_first,
    });
    let frames = Frames {
        frame: params.window_frame.clone(),
        sort: sort.collect(),
    };
    params
        .args
        .extend(params.order_by.iter().map(|key| key.expr.clone()));
    let function = JsWindow::udwf(definition.clone(), Some(frames))?;
    call.fun = WindowFunctionDefinition::WindowUDF(Arc::new(function));
    Ok(call)
}

impl WindowUDFImpl for JsWindow {
    fn name(&self) -> &str {
        &self.function.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.function.signature
    }

    fn field(&self, args: WindowUDFFieldArgs) -> EngineResult<FieldRef> {
        Ok(Arc::new(Field::new(
            args.name(),
            self.function.returns.clone(),
            true,
        )))
    }

    fn partition_evaluator(&self, args: PartitionEvaluatorArgs) -> EngineResult<Box<dyn PartitionEvaluator>> {
        if args.ignore_nulls() {
            let name = self.name();
            return not_impl_err!("{name} does not support IGNORE NULLS. Filter the nulls out first.");
        }
        Ok(Box::new(Partition {
            function: self.function.clone(),
            frames: self.frames.clone(),
        }))
    }
}

#[derive(Debug)]
struct Partition {
    function: JsFunction,
    frames: Option<Frames>,
}

impl PartitionEvaluator for Partition {
    fn evaluate_all(&mut self, values: &[ArrayRef], rows: usize) -> EngineResult<ArrayRef> {
        let Some(frames) = &self.frames else {
            return self.function.call(values, rows);
        };
        let JsFunction {
            definition, returns, ..
        } = &self.function;
        let (args, keys) = values.split_at(definition.args.len());
        let columns = [&bounds(frames, keys, rows)?, args].concat();
        let over = definition.part("over", &["UInt32", "UInt32"], &definition.returns);
        self.function.call_part(&over, &columns, returns, rows)
    }
}

/// The start and the end (exclusive) of each row's frame.
fn bounds(frames: &Frames, keys: &[ArrayRef], rows: usize) -> EngineResult<[ArrayRef; 2]> {
    let mut context = WindowFrameContext::new(Arc::new(frames.frame.clone()), frames.sort.clone());
    let (mut starts, mut ends) = (Vec::with_capacity(rows), Vec::with_capacity(rows));
    let mut last = 0..0;
    for row in 0..rows {
        last = context.calculate_range(keys, &last, rows, row)?;
        starts.push(last.start as u32);
        ends.push(last.end as u32);
    }
    Ok([
        Arc::new(UInt32Array::from(starts)),
        Arc::new(UInt32Array::from(ends)),
    ])
}

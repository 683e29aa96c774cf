//! An aggregate function that stands for a call of another one.

use super::row::{Arguments, Derived};
use crate::error::{Code, Error};
use datafusion::arrow::datatypes::{DataType, FieldRef};
use datafusion::common::internal_err;
use datafusion::error::Result;
use datafusion::logical_expr::expr::{AggregateFunction, Sort, WindowFunction, WindowFunctionParams};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, Expr, Signature, WindowFrame, WindowUDF,
};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The call that a call stands for.
pub struct Target {
    pub function: Arc<AggregateUDF>,
    /// The function over a window, if it is another one.
    pub window: Option<Arc<WindowUDF>>,
    pub args: Vec<Expr>,
    /// The order that the call needs, or none.
    pub order_by: Vec<Sort>,
}

pub type Expand = fn(&[Expr]) -> Result<Target>;

#[derive(Debug)]
pub struct Aggregate {
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    documentation: Documentation,
    row: &'static Derived<Expand>,
}

impl Aggregate {
    pub fn new(row: &'static Derived<Expand>) -> Self {
        Self {
            name: row.described.name(),
            aliases: row.described.aliases(),
            signature: row.signature(),
            documentation: row.described.documentation(),
            row,
        }
    }

    fn target(&self, args: &[Expr]) -> Result<Target> {
        self.row.check_count(args)?;
        (self.row.expand)(args)
    }

    /// An order of the caller's own would have no effect.
    fn check_order(&self, target: &Target, order_by: &[Sort]) -> Result<()> {
        if target.order_by.is_empty() || order_by.is_empty() {
            return Ok(());
        }
        let text = format!(
            "{} orders the rows by its second argument, so it does not accept ORDER BY. Over a window, leave out \
             ORDER BY, or use last_value.",
            self.name
        );
        Err(Error::new(Code::Plan, text).into())
    }

    /// A frame depends on the order of the rows, which is not the caller's.
    fn check_frame(&self, target: &Target, frame: &WindowFrame) -> Result<()> {
        if target.order_by.is_empty() || *frame == WindowFrame::new(None) {
            return Ok(());
        }
        let text = format!(
            "{} over a window reads the whole partition, so it does not accept a frame such as {frame}. Leave the frame \
             out, or use last_value.",
            self.name
        );
        Err(Error::new(Code::Plan, text).into())
    }
}

impl PartialEq for Aggregate {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Aggregate {}

impl Hash for Aggregate {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

fn aggregate(function: &AggregateUDF) -> Option<&Aggregate> {
    function.inner().downcast_ref::<Aggregate>()
}

/// What a call stands for, if it is a call of such a function.
pub fn replaced(call: &AggregateFunction) -> Result<Option<Expr>> {
    let Some(aggregate) = aggregate(&call.func) else {
        return Ok(None);
    };
    let target = aggregate.target(&call.params.args)?;
    aggregate.check_order(&target, &call.params.order_by)?;
    let order_by = match target.order_by.is_empty() {
        true => call.params.order_by.clone(),
        false => target.order_by,
    };
    let replaced = AggregateFunction::new_udf(
        target.function,
        target.args,
        call.params.distinct,
        call.params.filter.clone(),
        order_by,
        call.params.null_treatment,
    );
    Ok(Some(Expr::AggregateFunction(replaced)))
}

/// A call over a window, or what it stands for, under the same name.
///
/// The plan of windows puts calls with one order together, so a call with an order of its own is replaced before that.
pub fn over_window(call: WindowFunction) -> Result<Expr> {
    use datafusion::logical_expr::WindowFunctionDefinition as Definition;
    let found = match &call.fun {
        Definition::AggregateUDF(function) => aggregate(function),
        Definition::WindowUDF(_) => None,
    };
    let Some(aggregate) = found else {
        return Ok(call.into());
    };
    let target = aggregate.target(&call.params.args)?;
    aggregate.check_order(&target, &call.params.order_by)?;
    aggregate.check_frame(&target, &call.params.window_frame)?;
    let name = Expr::from(call.clone()).schema_name().to_string();
    // The engine ignores FILTER of functions that are for windows only.
    let fun = match target.window.filter(|_| call.params.filter.is_none()) {
        Some(window) => Definition::WindowUDF(window),
        None => Definition::AggregateUDF(target.function),
    };
    let mut params = WindowFunctionParams {
        args: target.args,
        ..call.params
    };
    if !target.order_by.is_empty() {
        params.order_by = target.order_by;
        params.window_frame = WindowFrame::new(None);
    }
    Ok(Expr::from(WindowFunction { fun, params }).alias(name))
}

impl AggregateUDFImpl for Aggregate {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        internal_err!("The type of {} depends on its arguments", self.name)
    }

    fn return_field(&self, fields: &[FieldRef]) -> Result<FieldRef> {
        let arguments = Arguments::new(fields)?;
        let target = self.target(&arguments.columns)?;
        let call = AggregateFunction::new_udf(target.function, target.args, false, None, vec![], None);
        arguments.field(&Expr::AggregateFunction(call), self.name)
    }

    fn accumulator(&self, _: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        internal_err!("The analyzer did not replace a call of {}", self.name)
    }

    fn state_fields(&self, _: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        internal_err!("The analyzer did not replace a call of {}", self.name)
    }

    fn supports_null_handling_clause(&self) -> bool {
        true
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

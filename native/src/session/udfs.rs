//! The UDFs of a session, and the built-in functions that they hide.

use crate::error::Result;
use crate::udf::definition::{Definition, Kind};
use crate::udf::function::aggregate::JsAggregate;
use crate::udf::function::scalar::JsScalar;
use crate::udf::function::table_function::JsTableFunction;
use crate::udf::function::window::JsWindow;
use datafusion::catalog::TableFunctionImpl;
use datafusion::execution::{FunctionRegistry, SessionState};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::prelude::SessionContext;
use parking_lot::Mutex;
use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

#[derive(Default)]
pub struct Udfs {
    /// The built-in functions that UDFs of the same kind and name hide. Locked only to access the map.
    hidden: Mutex<HashMap<(Kind, String), BuiltIn>>,
}

enum BuiltIn {
    Scalar(Arc<ScalarUDF>),
    Aggregate(Arc<AggregateUDF>),
    Window(Arc<WindowUDF>),
    Table(Arc<dyn TableFunctionImpl>),
}

impl Udfs {
    pub fn register(&self, context: &SessionContext, definition: Definition) -> Result<()> {
        let definition = Arc::new(definition);
        let (kind, name) = (definition.kind, definition.name.clone());
        let state = context.state_ref();
        let mut state = state.write();
        let is_replaced = is_udf(&state, kind, &name);
        let before = match kind {
            Kind::Scalar => state
                .register_udf(Arc::new(JsScalar::udf(definition)?))?
                .map(BuiltIn::Scalar),
            Kind::Aggregate => state
                .register_udaf(Arc::new(JsAggregate::udaf(definition)?))?
                .map(BuiltIn::Aggregate),
            Kind::Window => state
                .register_udwf(Arc::new(JsWindow::udwf(definition, None)?))?
                .map(BuiltIn::Window),
            Kind::Table => {
                let before = state.deregister_udtf(&name)?;
                state.register_udtf(&name, Arc::new(JsTableFunction(definition)));
                before.map(BuiltIn::Table)
            }
        };
        if let Some(before) = before.filter(|_| !is_replaced) {
            self.hidden.lock().insert((kind, name), before);
        }
        Ok(())
    }

    /// Returns whether there was such a UDF. A built-in function that it hid is back.
    pub fn deregister(&self, context: &SessionContext, kind: Kind, name: &str) -> Result<bool> {
        let state = context.state_ref();
        let mut state = state.write();
        if !is_udf(&state, kind, name) {
            return Ok(false);
        }
        match kind {
            Kind::Scalar => drop(state.deregister_udf(name)?),
            Kind::Aggregate => drop(state.deregister_udaf(name)?),
            Kind::Window => drop(state.deregister_udwf(name)?),
            Kind::Table => drop(state.deregister_udtf(name)?),
        }
        if let Some(before) = self.hidden.lock().remove(&(kind, name.to_owned())) {
            restore(&mut state, name, before)?;
        }
        Ok(true)
    }
}

fn is_udf(state: &SessionState, kind: Kind, name: &str) -> bool {
    match kind {
        Kind::Scalar => {
            let function = state.scalar_functions().get(name);
            function.is_some_and(|function| function.inner().is::<JsScalar>())
        }
        Kind::Aggregate => {
            let function = state.aggregate_functions().get(name);
            function.is_some_and(|function| function.inner().is::<JsAggregate>())
        }
        Kind::Window => {
            let function = state.window_functions().get(name);
            function.is_some_and(|function| function.inner().is::<JsWindow>())
        }
        Kind::Table => {
            let function = state.table_functions().get(name);
            function
                .is_some_and(|function| (function.function().as_ref() as &dyn Any).is::<JsTableFunction>())
        }
    }
}

fn restore(state: &mut SessionState, name: &str, function: BuiltIn) -> Result<()> {
    match function {
        BuiltIn::Scalar(function) => drop(state.register_udf(function)?),
        BuiltIn::Aggregate(function) => drop(state.register_udaf(function)?),
        BuiltIn::Window(function) => drop(state.register_udwf(function)?),
        BuiltIn::Table(function) => state.register_udtf(name, function),
    }
    Ok(())
}

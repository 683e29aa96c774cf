//! TypeScript aggregate UDFs.

use super::groups::Groups;
use super::js_function::JsFunction;
use super::one_group::One;
use crate::error::Result;
use crate::udf::definition::Definition;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, Signature};
use std::sync::Arc;

#[derive(Debug, Eq, Hash, PartialEq)]
pub struct JsAggregate {
    function: JsFunction,
    state: DataType,
}

impl JsAggregate {
    pub fn udaf(definition: Arc<Definition>) -> Result<AggregateUDF> {
        Ok(AggregateUDF::from(Self {
            state: definition.state_type()?,
            function: JsFunction::new(definition)?,
        }))
    }

    pub fn of(function: &AggregateUDF) -> Option<&JsFunction> {
        let function: &Self = function.inner().downcast_ref()?;
        Some(&function.function)
    }

    fn groups(&self) -> Groups {
        Groups::new(&self.function, &self.state)
    }
}

impl AggregateUDFImpl for JsAggregate {
    fn name(&self) -> &str {
        &self.function.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.function.signature
    }

    fn return_type(&self, _: &[DataType]) -> EngineResult<DataType> {
        Ok(self.function.returns.clone())
    }

    /// The function gets nulls as they are.
    fn supports_null_handling_clause(&self) -> bool {
        false
    }

    /// Either a state, or a row that is not folded yet: DataFusion skips partial aggregation if groups have
    /// few rows.
    fn state_fields(&self, args: StateFieldsArgs) -> EngineResult<Vec<FieldRef>> {
        let field = |name: &str, kind| Arc::new(Field::new(format_state_name(args.name, name), kind, true));
        let mut fields = vec![
            field("state", self.state.clone()),
            field("is_row", DataType::Boolean),
        ];
        let types = self.function.definition.arg_types()?.into_iter().enumerate();
        fields.extend(types.map(|(i, kind)| field(&format!("arg{i}"), kind)));
        Ok(fields)
    }

    fn accumulator(&self, _: AccumulatorArgs) -> EngineResult<Box<dyn Accumulator>> {
        Ok(Box::new(One(self.groups())))
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs) -> bool {
        true
    }

    fn create_groups_accumulator(&self, _: AccumulatorArgs) -> EngineResult<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(self.groups()))
    }
}

//! A TypeScript aggregate UDF without groups: all rows form one group.

use super::group_rows::GroupRows;
use super::groups::Groups;
use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};

/// The accumulator whose rows all form one group.
#[derive(Debug)]
pub struct One(pub Groups);

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> EngineResult<()> {
        let rows = values.first().map_or(0, Array::len);
        GroupsAccumulator::update_batch(&mut self.0, values, &vec![0; rows], None, 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> EngineResult<()> {
        let rows = states.first().map_or(0, Array::len);
        GroupsAccumulator::merge_batch(&mut self.0, states, &vec![0; rows], 1)
    }

    fn evaluate(&mut self) -> EngineResult<ScalarValue> {
        let state = self.one()?;
        ScalarValue::try_from_array(&self.0.finished(state)?, 0)
    }

    fn state(&mut self) -> EngineResult<Vec<ScalarValue>> {
        let state = self.one()?;
        let columns = self.0.columns(state)?;
        columns
            .iter()
            .map(|column| ScalarValue::try_from_array(column, 0))
            .collect()
    }

    fn size(&self) -> usize {
        self.0.size()
    }
}

impl One {
    /// Returns the state, and keeps it.
    fn one(&mut self) -> EngineResult<ArrayRef> {
        self.0.total = 1;
        let state = self.0.emit(EmitTo::All)?;
        self.0.states.push(GroupRows {
            groups: vec![0],
            columns: vec![state.clone()],
        });
        Ok(state)
    }
}

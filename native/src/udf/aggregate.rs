//! An aggregate function in TypeScript.
//!
//! Workers keep nothing between two calls: any of them may have the next one. So rows are gathered here
//! and folded many at a time, for all of their groups in one call; that gives a state for each group,
//! and states of one group are merged.

use super::batch;
use super::definition::Definition;
use super::function::JsFunction;
use crate::error::Result;
use datafusion::arrow::array::{new_null_array, Array, ArrayRef, BooleanArray, UInt32Array};
use datafusion::arrow::compute::{concat, filter, prep_null_mask_filter, take};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::ScalarValue;
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature,
};
use std::sync::Arc;

/// How many rows are folded at a time, more where there are many groups: each call gives a state for each.
const ROWS: usize = 1 << 18;
const ROWS_BY_GROUP: usize = 16;

/// Fewer rows where they are long.
const BYTES: usize = 32 << 20;

/// Which group a row is of, in calls.
const GROUP: &str = "UInt32";

#[derive(Debug, Eq, Hash, PartialEq)]
pub struct JsAggregate {
    pub function: JsFunction,
    signature: Signature,
    returns: DataType,
    state: DataType,
}

impl JsAggregate {
    pub fn udaf(definition: Arc<Definition>) -> Result<AggregateUDF> {
        Ok(AggregateUDF::from(Self {
            returns: definition.return_type()?,
            state: definition.state_type()?,
            signature: definition.signature()?,
            function: JsFunction::new(definition),
        }))
    }

    pub fn of(function: &AggregateUDF) -> Option<&Self> {
        function.inner().downcast_ref()
    }

    fn groups(&self) -> Groups {
        let definition = &self.function.definition;
        let state = definition.state.as_deref().unwrap_or_default();
        let mut args = vec![GROUP.to_owned()];
        args.extend(definition.args.iter().cloned());
        Groups {
            function: self.function.clone(),
            update: definition.part("update", args, state),
            merge: definition.part("merge", vec![GROUP.into(), state.into()], state),
            finish: definition.part("finish", vec![state.into()], &definition.returns),
            state: self.state.clone(),
            returns: self.returns.clone(),
            rows: Vec::new(),
            states: Vec::new(),
            waiting: (0, 0),
            total: 0,
        }
    }
}

impl AggregateUDFImpl for JsAggregate {
    fn name(&self) -> &str {
        &self.function.definition.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> EngineResult<DataType> {
        Ok(self.returns.clone())
    }

    /// Nulls come to the function as they are.
    fn supports_null_handling_clause(&self) -> bool {
        false
    }

    fn state_fields(&self, args: StateFieldsArgs) -> EngineResult<Vec<FieldRef>> {
        let name = format_state_name(args.name, "state");
        Ok(vec![Arc::new(Field::new(name, self.state.clone(), true))])
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

/// Rows or states, and the group of each.
#[derive(Debug)]
struct Chunk {
    groups: Vec<u32>,
    columns: Vec<ArrayRef>,
}

impl Chunk {
    fn new(
        columns: &[ArrayRef],
        groups: impl Iterator<Item = usize>,
        kept: Option<&BooleanArray>,
    ) -> EngineResult<Self> {
        let groups = groups.map(|group| group as u32);
        let Some(kept) = kept else {
            return Ok(Self {
                groups: groups.collect(),
                columns: columns.to_vec(),
            });
        };
        let kept = match kept.null_count() {
            0 => kept.clone(),
            _ => prep_null_mask_filter(kept),
        };
        let groups = groups.zip(kept.values());
        let columns = columns.iter().map(|column| filter(column, &kept));
        Ok(Self {
            groups: groups.filter_map(|(group, kept)| kept.then_some(group)).collect(),
            columns: columns.collect::<std::result::Result<_, _>>()?,
        })
    }

    fn bytes(&self) -> usize {
        self.columns.iter().map(batch::bytes).sum::<usize>() + self.groups.len() * 4
    }
}

#[derive(Debug)]
struct Groups {
    function: JsFunction,
    update: Arc<Definition>,
    merge: Arc<Definition>,
    finish: Arc<Definition>,
    state: DataType,
    returns: DataType,
    /// Not folded yet.
    rows: Vec<Chunk>,
    /// Of a group there may be several: then they are in order.
    states: Vec<Chunk>,
    /// Rows, and their bytes, that are not folded yet.
    waiting: (usize, usize),
    total: usize,
}

impl Groups {
    fn push(&mut self, chunk: Chunk) -> EngineResult<()> {
        self.waiting.0 += chunk.groups.len();
        self.waiting.1 += chunk.bytes();
        self.rows.push(chunk);
        match self.waiting.0 >= ROWS.max(ROWS_BY_GROUP * self.total) || self.waiting.1 >= BYTES {
            true => self.fold(),
            false => Ok(()),
        }
    }

    /// Calls a part with chunks, of so many groups: a state for each that is in them.
    fn call(&self, part: &Arc<Definition>, chunks: &[Chunk], total: usize) -> EngineResult<Option<Chunk>> {
        let rows = chunks.iter().map(|chunk| chunk.groups.len()).sum();
        let Some(first) = chunks.first().filter(|_| rows > 0) else {
            return Ok(None);
        };
        let mut places = vec![u32::MAX; total];
        let mut known = Vec::new();
        let numbers = chunks.iter().flat_map(|chunk| &chunk.groups).map(|group| {
            let place = &mut places[*group as usize];
            if *place == u32::MAX {
                *place = known.len() as u32;
                known.push(*group);
            }
            *place
        });
        let mut columns: Vec<ArrayRef> = vec![Arc::new(numbers.collect::<UInt32Array>())];
        for column in 0..first.columns.len() {
            let parts: Vec<_> = chunks.iter().map(|chunk| &*chunk.columns[column]).collect();
            columns.push(match parts.as_slice() {
                [_] => first.columns[column].clone(),
                _ => concat(&parts)?,
            });
        }
        let output = self.function.call_as(part, &columns, rows)?;
        let states = batch::decode(output, &self.state, known.len())?;
        Ok(Some(Chunk {
            groups: known,
            columns: vec![states],
        }))
    }

    fn fold(&mut self) -> EngineResult<()> {
        self.waiting = (0, 0);
        let rows = std::mem::take(&mut self.rows);
        let states = self.call(&self.update, &rows, self.total)?;
        self.states.extend(states);
        self.shrink()
    }

    /// Merges where there are more than some states for each group.
    fn shrink(&mut self) -> EngineResult<()> {
        let states: usize = self.states.iter().map(|chunk| chunk.groups.len()).sum();
        match states > ROWS.max(4 * self.total) {
            true => self.unite(),
            false => Ok(()),
        }
    }

    /// One state for each group.
    fn unite(&mut self) -> EngineResult<()> {
        if self.states.len() > 1 || self.repeats() {
            let states = std::mem::take(&mut self.states);
            self.states = self.call(&self.merge, &states, self.total)?.into_iter().collect();
        }
        Ok(())
    }

    /// Whether states came in one batch for one group.
    fn repeats(&self) -> bool {
        let mut seen = vec![false; self.total];
        let mut groups = self.states.iter().flat_map(|chunk| &chunk.groups);
        groups.any(|group| std::mem::replace(&mut seen[*group as usize], true))
    }

    /// The states of the first groups, in their order, null where there is none; the others stay.
    fn emit(&mut self, emit_to: EmitTo) -> EngineResult<ArrayRef> {
        self.fold()?;
        self.unite()?;
        let count = match emit_to {
            EmitTo::All => self.total,
            EmitTo::First(count) => count,
        };
        let mut places = vec![None; count];
        let mut kept = Vec::new();
        let united = self.states.pop();
        let groups = united.iter().flat_map(|chunk| &chunk.groups);
        for (place, group) in groups.enumerate() {
            match places.get_mut(*group as usize) {
                Some(known) => *known = Some(place as u32),
                None => kept.push((place as u32, *group - count as u32)),
            }
        }
        self.total -= count;
        let Some(united) = united else {
            return Ok(new_null_array(&self.state, count));
        };
        let states = &united.columns[0];
        if !kept.is_empty() {
            let (places, groups): (Vec<_>, Vec<_>) = kept.into_iter().unzip();
            let columns = vec![take(states, &UInt32Array::from(places), None)?];
            self.states.push(Chunk { groups, columns });
        }
        Ok(take(states, &UInt32Array::from(places), None)?)
    }

    fn finished(&self, states: ArrayRef) -> EngineResult<ArrayRef> {
        let rows = states.len();
        let output = self.function.call_as(&self.finish, &[states], rows)?;
        Ok(batch::decode(output, &self.returns, rows)?)
    }
}

impl GroupsAccumulator for Groups {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        opt_filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> EngineResult<()> {
        self.total = total_num_groups;
        self.push(Chunk::new(values, group_indices.iter().copied(), opt_filter)?)
    }

    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> EngineResult<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, Array::len);
        let chunk = Chunk::new(values, 0..rows, opt_filter)?;
        let states = self.call(&self.update, &[chunk], rows)?;
        let mut places = vec![None; rows];
        let groups = states.iter().flat_map(|chunk| &chunk.groups);
        for (place, row) in groups.enumerate() {
            places[*row as usize] = Some(place as u32);
        }
        Ok(vec![match states {
            Some(states) => take(&states.columns[0], &UInt32Array::from(places), None)?,
            None => new_null_array(&self.state, rows),
        }])
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> EngineResult<()> {
        self.total = total_num_groups;
        // What came before comes first.
        self.fold()?;
        self.states.push(Chunk {
            groups: group_indices.iter().map(|group| *group as u32).collect(),
            columns: values.to_vec(),
        });
        self.shrink()
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> EngineResult<ArrayRef> {
        let states = self.emit(emit_to)?;
        self.finished(states)
    }

    fn state(&mut self, emit_to: EmitTo) -> EngineResult<Vec<ArrayRef>> {
        Ok(vec![self.emit(emit_to)?])
    }

    fn size(&self) -> usize {
        let states: usize = self.states.iter().map(Chunk::bytes).sum();
        self.waiting.1 + states
    }
}

/// All rows as one group.
#[derive(Debug)]
struct One(Groups);

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
        Ok(vec![ScalarValue::try_from_array(&state, 0)?])
    }

    fn size(&self) -> usize {
        self.0.size()
    }
}

impl One {
    /// The state, which stays.
    fn one(&mut self) -> EngineResult<ArrayRef> {
        self.0.total = 1;
        let state = self.0.emit(EmitTo::All)?;
        self.0.states.push(Chunk {
            groups: vec![0],
            columns: vec![state.clone()],
        });
        Ok(state)
    }
}

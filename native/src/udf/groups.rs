//! The states of groups.
//!
//! Workers keep nothing between two calls: any of them may have the next one. So rows are gathered here
//! and folded many at a time, for all of their groups in one call; that gives a state for each group,
//! and states of one group are merged.

use super::batch;
use super::definition::Definition;
use super::function::JsFunction;
use datafusion::arrow::array::{new_null_array, Array, ArrayRef, AsArray, BooleanArray, UInt32Array};
use datafusion::arrow::compute::{concat, filter, is_not_null, prep_null_mask_filter, take};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{internal_err, ScalarValue};
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use std::sync::Arc;

/// How many rows are folded at a time, more where there are many groups: each call gives a state for each.
const ROWS: usize = 1 << 18;
const ROWS_BY_GROUP: usize = 16;

/// Fewer rows where they are long.
const BYTES: usize = 32 << 20;

/// Which group a row is of, in calls.
const GROUP: &str = "UInt32";

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
        let kept = without_nulls(kept);
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

/// Rows of which it is not known whether they are wanted are not.
fn without_nulls(kept: &BooleanArray) -> BooleanArray {
    match kept.null_count() {
        0 => kept.clone(),
        _ => prep_null_mask_filter(kept),
    }
}

#[derive(Debug)]
pub struct Groups {
    function: JsFunction,
    update: Arc<Definition>,
    merge: Arc<Definition>,
    finish: Arc<Definition>,
    state: DataType,
    /// Not folded yet.
    rows: Vec<Chunk>,
    /// Of a group there may be several: then they are in order.
    states: Vec<Chunk>,
    /// Rows, and their bytes, that are not folded yet.
    waiting: (usize, usize),
    total: usize,
}

impl Groups {
    pub fn new(function: &JsFunction, state: &DataType) -> Self {
        let definition = &function.definition;
        let name = definition.state.as_str();
        Self {
            function: function.clone(),
            update: definition.part("update", &[GROUP], name),
            merge: definition.part_of("merge", vec![GROUP.into(), name.into()], name),
            finish: definition.part_of("finish", vec![name.into()], &definition.returns),
            state: state.clone(),
            rows: Vec::new(),
            states: Vec::new(),
            waiting: (0, 0),
            total: 0,
        }
    }

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
        let rows: usize = chunks.iter().map(|chunk| chunk.groups.len()).sum();
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
        let states = self
            .function
            .call_part(part, &columns, &self.state, known.len())?;
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
        let united = self.states.pop();
        let states = self.in_order(united.as_ref(), count)?;
        self.total -= count;
        if let Some(chunk) = united.filter(|_| self.total > 0) {
            let others = (0..)
                .zip(&chunk.groups)
                .filter(|(_, group)| **group as usize >= count);
            let (places, groups): (Vec<u32>, Vec<u32>) =
                others.map(|(place, group)| (place, group - count as u32)).unzip();
            let columns = vec![take(&chunk.columns[0], &UInt32Array::from(places), None)?];
            self.states.push(Chunk { groups, columns });
        }
        Ok(states)
    }

    /// The states of the first groups by their numbers, null where there is none.
    fn in_order(&self, states: Option<&Chunk>, count: usize) -> EngineResult<ArrayRef> {
        let Some(Chunk { groups, columns }) = states else {
            return Ok(new_null_array(&self.state, count));
        };
        let mut places = vec![None; count];
        for (place, group) in (0..).zip(groups) {
            if let Some(known) = places.get_mut(*group as usize) {
                *known = Some(place);
            }
        }
        Ok(take(&columns[0], &UInt32Array::from(places), None)?)
    }

    /// States as they travel; see `state_fields`.
    fn columns(&self, states: ArrayRef) -> EngineResult<Vec<ArrayRef>> {
        let groups = states.len();
        let mut columns: Vec<ArrayRef> = vec![states, Arc::new(BooleanArray::from(vec![false; groups]))];
        let args = self.function.definition.arg_types()?;
        columns.extend(args.iter().map(|kind| new_null_array(kind, groups)));
        Ok(columns)
    }

    fn finished(&self, states: ArrayRef) -> EngineResult<ArrayRef> {
        let groups = states.len();
        self.function
            .call_part(&self.finish, &[states], &self.function.returns, groups)
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

    /// As it is for groups of one row each: nobody has to be called.
    fn convert_to_state(
        &self,
        values: &[ArrayRef],
        opt_filter: Option<&BooleanArray>,
    ) -> EngineResult<Vec<ArrayRef>> {
        let rows = values.first().map_or(0, Array::len);
        let are_rows = match opt_filter {
            Some(kept) => without_nulls(kept),
            None => BooleanArray::from(vec![true; rows]),
        };
        let mut columns: Vec<ArrayRef> = vec![new_null_array(&self.state, rows), Arc::new(are_rows)];
        columns.extend(values.iter().cloned());
        Ok(columns)
    }

    fn merge_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        total_num_groups: usize,
    ) -> EngineResult<()> {
        self.total = total_num_groups;
        let [states, are_rows, args @ ..] = values else {
            return internal_err!("states of {} columns", values.len());
        };
        let are_rows = are_rows.as_boolean();
        let groups = || group_indices.iter().copied();
        if are_rows.has_true() {
            self.push(Chunk::new(args, groups(), Some(are_rows))?)?;
        }
        let there = is_not_null(states)?;
        let states = Chunk::new(std::slice::from_ref(states), groups(), Some(&there))?;
        if !states.groups.is_empty() {
            self.states.push(states);
        }
        self.shrink()
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> EngineResult<ArrayRef> {
        let states = self.emit(emit_to)?;
        self.finished(states)
    }

    fn state(&mut self, emit_to: EmitTo) -> EngineResult<Vec<ArrayRef>> {
        let states = self.emit(emit_to)?;
        self.columns(states)
    }

    fn size(&self) -> usize {
        let states: usize = self.states.iter().map(Chunk::bytes).sum();
        self.waiting.1 + states
    }
}

/// All rows as one group.
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

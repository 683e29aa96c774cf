//! The group states of a TypeScript aggregate UDF.
//!
//! Workers keep no state between calls: any worker may get the next call. So rows are buffered here, and one
//! call folds many rows of all groups into one state for each group. States of the same group are merged.

use super::group_rows::{without_nulls, GroupRows};
use super::js_function::JsFunction;
use crate::udf::definition::Definition;
use datafusion::arrow::array::{new_null_array, Array, ArrayRef, AsArray, BooleanArray, UInt32Array};
use datafusion::arrow::compute::{concat, is_not_null, take};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::internal_err;
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};
use std::sync::Arc;

/// How many rows are folded in one call. More if there are many groups, because each call makes a state for
/// each group.
const ROWS: usize = 1 << 18;
const ROWS_BY_GROUP: usize = 16;

/// Folds fewer rows if they are large.
const BYTES: usize = 32 << 20;

/// The type of the group index in calls.
const GROUP: &str = "UInt32";

#[derive(Debug)]
pub struct Groups {
    function: JsFunction,
    update: Arc<Definition>,
    merge: Arc<Definition>,
    finish: Arc<Definition>,
    state: DataType,
    /// Rows that are not folded yet.
    rows: Vec<GroupRows>,
    /// There may be several states for one group; they are in order then.
    pub(super) states: Vec<GroupRows>,
    /// The number and bytes of the rows that are not folded yet.
    waiting: (usize, usize),
    pub(super) total: usize,
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

    fn push(&mut self, chunk: GroupRows) -> EngineResult<()> {
        self.waiting.0 += chunk.groups.len();
        self.waiting.1 += chunk.bytes();
        self.rows.push(chunk);
        match self.waiting.0 >= ROWS.max(ROWS_BY_GROUP * self.total) || self.waiting.1 >= BYTES {
            true => self.fold(),
            false => Ok(()),
        }
    }

    /// Calls a part with rows or states of `total` groups. Returns one state for each group that occurs.
    fn call(
        &self,
        part: &Arc<Definition>,
        chunks: &[GroupRows],
        total: usize,
    ) -> EngineResult<Option<GroupRows>> {
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
        Ok(Some(GroupRows {
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

    /// Merges when there are several states for each group.
    fn shrink(&mut self) -> EngineResult<()> {
        let states: usize = self.states.iter().map(|chunk| chunk.groups.len()).sum();
        match states > ROWS.max(4 * self.total) {
            true => self.unite(),
            false => Ok(()),
        }
    }

    /// Merges all states into one for each group.
    fn unite(&mut self) -> EngineResult<()> {
        if self.states.len() > 1 || self.repeats() {
            let states = std::mem::take(&mut self.states);
            self.states = self.call(&self.merge, &states, self.total)?.into_iter().collect();
        }
        Ok(())
    }

    /// Whether a group has several states.
    fn repeats(&self) -> bool {
        let mut seen = vec![false; self.total];
        let mut groups = self.states.iter().flat_map(|chunk| &chunk.groups);
        groups.any(|group| std::mem::replace(&mut seen[*group as usize], true))
    }

    /// Removes and returns the states of the first groups, in the order of groups; null for a group without
    /// rows.
    pub(super) fn emit(&mut self, emit_to: EmitTo) -> EngineResult<ArrayRef> {
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
            self.states.push(GroupRows { groups, columns });
        }
        Ok(states)
    }

    /// The states of the first groups by index; null for a group without rows.
    fn in_order(&self, states: Option<&GroupRows>, count: usize) -> EngineResult<ArrayRef> {
        let Some(GroupRows { groups, columns }) = states else {
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

    /// States in the columns of `state_fields`.
    pub(super) fn columns(&self, states: ArrayRef) -> EngineResult<Vec<ArrayRef>> {
        let groups = states.len();
        let mut columns: Vec<ArrayRef> = vec![states, Arc::new(BooleanArray::from(vec![false; groups]))];
        let args = self.function.definition.arg_types()?;
        columns.extend(args.iter().map(|kind| new_null_array(kind, groups)));
        Ok(columns)
    }

    pub(super) fn finished(&self, states: ArrayRef) -> EngineResult<ArrayRef> {
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
        self.push(GroupRows::new(values, group_indices.iter().copied(), opt_filter)?)
    }

    /// Passes the rows on as they are, without a call to a worker.
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
            return internal_err!(
                "The states of an aggregate must have at least two columns, not {}",
                values.len()
            );
        };
        let are_rows = are_rows.as_boolean();
        let groups = || group_indices.iter().copied();
        if are_rows.has_true() {
            self.push(GroupRows::new(args, groups(), Some(are_rows))?)?;
        }
        let there = is_not_null(states)?;
        let states = GroupRows::new(std::slice::from_ref(states), groups(), Some(&there))?;
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
        let states: usize = self.states.iter().map(GroupRows::bytes).sum();
        self.waiting.1 + states
    }
}

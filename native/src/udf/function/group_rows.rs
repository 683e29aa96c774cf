//! Rows or states of an aggregate for a worker, each with its group.

use crate::udf::worker::batch;
use datafusion::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion::arrow::compute::{filter, prep_null_mask_filter};
use datafusion::error::Result as EngineResult;

/// Rows or states, and the group of each.
#[derive(Debug)]
pub struct GroupRows {
    pub groups: Vec<u32>,
    pub columns: Vec<ArrayRef>,
}

impl GroupRows {
    pub fn new(
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

    pub fn bytes(&self) -> usize {
        self.columns.iter().map(batch::bytes).sum::<usize>() + self.groups.len() * 4
    }
}

/// A null filter counts as false.
pub fn without_nulls(kept: &BooleanArray) -> BooleanArray {
    match kept.null_count() {
        0 => kept.clone(),
        _ => prep_null_mask_filter(kept),
    }
}

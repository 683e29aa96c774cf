//! The current contents of an in-memory table, and its changes. Each change is atomic.

use super::stored::StoredTable;
use crate::error::{Code, Error, Result};
use datafusion::arrow::array::RecordBatch;
use parking_lot::RwLock;
use std::sync::Arc;

#[derive(Debug)]
pub struct Contents {
    /// Locked to read or replace. Stored tables are immutable.
    stored: RwLock<Arc<StoredTable>>,
    limit: usize,
}

impl Contents {
    /// Rejects tables of more than `limit` bytes, now and after changes.
    pub fn new(stored: Arc<StoredTable>, limit: usize) -> Result<Self> {
        check(&stored, limit)?;
        let stored = RwLock::new(stored);
        Ok(Self { stored, limit })
    }

    pub fn snapshot(&self) -> Arc<StoredTable> {
        self.stored.read().clone()
    }

    pub fn append(&self, added: Vec<RecordBatch>) -> Result<()> {
        let mut stored = self.stored.write();
        let mut batches = stored.batches()?;
        batches.extend(added);
        *stored = self.checked(StoredTable::from_batches(stored.schema.clone(), &batches)?)?;
        Ok(())
    }

    /// Returns the number of rows removed.
    pub fn overwrite(&self, batches: &[RecordBatch]) -> Result<usize> {
        let schema = self.snapshot().schema.clone();
        let new = self.checked(StoredTable::from_batches(schema, batches)?)?;
        Ok(std::mem::replace(&mut *self.stored.write(), new).rows)
    }

    /// `new` was made from `read`. Fails if another statement has changed the table since, because its
    /// changes would be lost.
    pub fn replace(&self, name: &str, read: &Arc<StoredTable>, new: Arc<StoredTable>) -> Result<()> {
        let new = self.checked(new)?;
        let mut stored = self.stored.write();
        if !Arc::ptr_eq(&stored, read) {
            return Err(Error::new(
                Code::Execution,
                format!(
                    "Another statement changed the table {name} while this statement ran. \
                     This statement changed nothing. Run it again."
                ),
            ));
        }
        *stored = new;
        Ok(())
    }

    fn checked(&self, table: Arc<StoredTable>) -> Result<Arc<StoredTable>> {
        check(&table, self.limit)?;
        Ok(table)
    }
}

fn check(table: &StoredTable, limit: usize) -> Result<()> {
    if table.bytes() <= limit {
        return Ok(());
    }
    Err(Error::new(
        Code::ResourcesExhausted,
        format!(
            "The in-memory table has {} bytes, which exceeds the limit of {limit} bytes. Raise \
             memoryTableLimitBytes, or write the table to a file that the executors can read and \
             register this file.",
            table.bytes()
        ),
    ))
}

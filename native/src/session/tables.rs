//! The tables of a session: lists them, and stores record batches as in-memory tables.

use super::Session;
use crate::error::{Code, Error, Result};
use crate::ipc::memory::batches_from_ipc;
use crate::tables::provider::InMemoryTable;
use crate::tables::stored::StoredTable;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::datasource::TableType;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use std::sync::Arc;

#[napi(object)]
pub struct NativeTableRef {
    pub catalog: String,
    pub schema: String,
    pub name: String,
    /// 'table', 'view' or 'temporary'.
    pub kind: String,
}

pub fn kind(kind: Option<TableType>) -> &'static str {
    match kind {
        Some(TableType::View) => "view",
        Some(TableType::Temporary) => "temporary",
        Some(TableType::Base) | None => "table",
    }
}

impl Session {
    /// Stores batches as a table, unless they are too large.
    pub fn store(
        &self,
        schema: SchemaRef,
        batches: &[RecordBatch],
        definition: Option<Arc<dyn TableProvider>>,
    ) -> Result<Arc<InMemoryTable>> {
        let stored = StoredTable::from_batches(schema, batches)?;
        InMemoryTable::new(stored, self.memory_table_limit, definition).map(Arc::new)
    }

    pub fn store_ipc(&self, partitions: &[Uint8Array]) -> Result<Arc<InMemoryTable>> {
        let mut schema: Option<SchemaRef> = None;
        let mut batches = Vec::new();
        for (index, bytes) in partitions.iter().enumerate() {
            let (found, read) = batches_from_ipc(bytes)?;
            let first = schema.get_or_insert_with(|| found.clone());
            if *first != found {
                return Err(Error::new(
                    Code::Schema,
                    format!(
                        "Partition {index} and the first partition have different schemas: {found} and {first}."
                    ),
                ));
            }
            batches.extend(read);
        }
        let schema = schema.ok_or_else(|| {
            Error::new(
                Code::InvalidArgument,
                "A table needs a schema. Pass at least one partition.",
            )
        })?;
        self.store(schema, &batches, None)
    }

    /// With `replace`, the table takes the place of one with the same name.
    pub fn register_table(&self, name: String, table: Arc<dyn TableProvider>, replace: bool) -> Result<()> {
        let context = self.context();
        let replaced = match replace {
            true => context.deregister_table(name.as_str())?,
            false => None,
        };
        let registered = context.register_table(name.as_str(), table);
        if let (Err(_), Some(table)) = (&registered, &replaced) {
            context.register_table(name.as_str(), table.clone())?;
        }
        if replaced.is_some() {
            self.plans.forget_dropped();
        }
        registered?;
        Ok(())
    }

    pub fn table_exists(&self, name: String) -> bool {
        // Fails only for an unknown catalog or schema.
        self.context().table_exist(name).unwrap_or(false)
    }

    pub async fn tables(&self) -> Result<Vec<NativeTableRef>> {
        let mut tables = Vec::new();
        for catalog in self.context().catalog_names() {
            let Some(provider) = self.context().catalog(&catalog) else {
                continue;
            };
            for schema in provider.schema_names() {
                let Some(provider) = provider.schema(&schema) else {
                    continue;
                };
                for name in provider.table_names() {
                    let kind = kind(provider.table_type(&name).await?);
                    tables.push(NativeTableRef {
                        catalog: catalog.clone(),
                        schema: schema.clone(),
                        name,
                        kind: kind.into(),
                    });
                }
            }
        }
        tables.sort_by(|a, b| (&a.catalog, &a.schema, &a.name).cmp(&(&b.catalog, &b.schema, &b.name)));
        Ok(tables)
    }
}

//! The JavaScript classes for catalogs, schemas and tables.

use crate::arrow::schema_to_ipc;
use crate::error::{guard, Error};
use crate::session::plans::plan_cache::forget_dropped;
use crate::session::tables::kind;
use datafusion::catalog::{
    CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider, TableProvider,
};
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;
use std::sync::Arc;

#[napi]
pub struct NativeCatalog(Arc<dyn CatalogProvider>);

impl NativeCatalog {
    pub fn new(catalog: Arc<dyn CatalogProvider>) -> Self {
        Self(catalog)
    }

    pub fn provider(&self) -> Arc<dyn CatalogProvider> {
        self.0.clone()
    }
}

#[napi]
impl NativeCatalog {
    #[napi(factory)]
    pub fn memory() -> Self {
        Self(Arc::new(MemoryCatalogProvider::new()))
    }

    #[napi(catch_unwind)]
    pub fn schema_names(&self) -> Vec<String> {
        sorted(self.0.schema_names())
    }

    #[napi(catch_unwind)]
    pub fn schema(&self, name: String) -> Option<NativeSchema> {
        self.0.schema(&name).map(NativeSchema)
    }

    /// Returns the schema that had this name before.
    #[napi(catch_unwind)]
    pub fn register_schema(&self, name: String, schema: &NativeSchema) -> napi::Result<Option<NativeSchema>> {
        let before = self.0.register_schema(&name, schema.0.clone());
        forget_dropped();
        Ok(before.map_err(Error::from)?.map(NativeSchema))
    }

    #[napi(catch_unwind)]
    pub fn deregister_schema(&self, name: String, cascade: bool) -> napi::Result<Option<NativeSchema>> {
        let before = self.0.deregister_schema(&name, cascade);
        forget_dropped();
        Ok(before.map_err(Error::from)?.map(NativeSchema))
    }
}

#[napi]
pub struct NativeSchema(Arc<dyn SchemaProvider>);

#[napi]
impl NativeSchema {
    #[napi(factory)]
    pub fn memory() -> Self {
        Self(Arc::new(MemorySchemaProvider::new()))
    }

    #[napi(catch_unwind)]
    pub fn table_names(&self) -> Vec<String> {
        sorted(self.0.table_names())
    }

    #[napi]
    pub async fn table(&self, name: String) -> napi::Result<Option<NativeTable>> {
        let schema = self.0.clone();
        guard(async move { Ok(schema.table(&name).await?.map(NativeTable)) }).await
    }

    #[napi(catch_unwind)]
    pub fn register_table(&self, name: String, table: &NativeTable) -> napi::Result<()> {
        let registered = self.0.register_table(name, table.provider());
        registered.map_err(Error::from)?;
        Ok(())
    }

    #[napi(catch_unwind)]
    pub fn deregister_table(&self, name: String) -> napi::Result<Option<NativeTable>> {
        let table = self.0.deregister_table(&name).map_err(Error::from)?;
        forget_dropped();
        Ok(table.map(NativeTable))
    }

    #[napi(catch_unwind)]
    pub fn table_exists(&self, name: String) -> bool {
        self.0.table_exist(&name)
    }
}

#[napi]
pub struct NativeTable(Arc<dyn TableProvider>);

impl NativeTable {
    pub fn new(table: Arc<dyn TableProvider>) -> Self {
        Self(table)
    }

    pub fn provider(&self) -> Arc<dyn TableProvider> {
        self.0.clone()
    }
}

#[napi]
impl NativeTable {
    /// An IPC stream that holds only the schema.
    #[napi(catch_unwind)]
    pub fn schema(&self) -> napi::Result<Buffer> {
        Ok(schema_to_ipc(&self.0.schema())?.into())
    }

    /// 'table', 'view' or 'temporary'.
    #[napi(getter)]
    pub fn kind(&self) -> &'static str {
        kind(Some(self.0.table_type()))
    }
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names
}

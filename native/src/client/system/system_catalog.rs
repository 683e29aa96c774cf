//! The default catalog of a session on a cluster, with the schema `system`. Like `information_schema`, it is not listed among
//! the schemas, and it is always there.

use super::system_table::{Kind, SystemTable};
use crate::client::connection::Connection;
use async_trait::async_trait;
use datafusion::catalog::{CatalogProvider, SchemaProvider, TableProvider};
use datafusion::error::Result;
use std::sync::Arc;

const NAME: &str = "system";

#[derive(Debug)]
pub struct SystemCatalog {
    catalog: Arc<dyn CatalogProvider>,
    system: Arc<SystemSchema>,
}

impl SystemCatalog {
    pub fn new(catalog: Arc<dyn CatalogProvider>, connection: &Arc<Connection>) -> Self {
        // The plan cache compares tables by their addresses.
        let tables = Kind::ALL.map(|kind| Arc::new(SystemTable::new(kind, connection.clone())));
        Self {
            catalog,
            system: Arc::new(SystemSchema { tables }),
        }
    }
}

impl CatalogProvider for SystemCatalog {
    fn schema_names(&self) -> Vec<String> {
        self.catalog.schema_names()
    }

    fn schema(&self, name: &str) -> Option<Arc<dyn SchemaProvider>> {
        let system = || Some(self.system.clone() as Arc<dyn SchemaProvider>).filter(|_| name == NAME);
        self.catalog.schema(name).or_else(system)
    }

    fn register_schema(
        &self,
        name: &str,
        schema: Arc<dyn SchemaProvider>,
    ) -> Result<Option<Arc<dyn SchemaProvider>>> {
        self.catalog.register_schema(name, schema)
    }

    fn deregister_schema(&self, name: &str, cascade: bool) -> Result<Option<Arc<dyn SchemaProvider>>> {
        self.catalog.deregister_schema(name, cascade)
    }
}

#[derive(Debug)]
struct SystemSchema {
    tables: [Arc<SystemTable>; Kind::ALL.len()],
}

impl SystemSchema {
    fn find(&self, name: &str) -> Option<Arc<SystemTable>> {
        let mut tables = self.tables.iter();
        tables.find(|table| table.kind.name() == name).cloned()
    }
}

#[async_trait]
impl SchemaProvider for SystemSchema {
    fn table_names(&self) -> Vec<String> {
        Kind::ALL.iter().map(|kind| kind.name().to_owned()).collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        Ok(self.find(name).map(|table| table as Arc<dyn TableProvider>))
    }

    fn table_exist(&self, name: &str) -> bool {
        self.find(name).is_some()
    }
}

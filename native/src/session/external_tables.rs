//! CREATE EXTERNAL TABLE in a session whose files are limited.

use crate::error::{Code, Error};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider, TableProviderFactory};
use datafusion::datasource::listing_table_factory::ListingTableFactory;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::logical_expr::CreateExternalTable;
use std::sync::Arc;

/// Replaces the factories of all formats. DataFusion's make unbounded tables, which open their file without asking an
/// object store.
pub fn bound_external_tables(state: &mut SessionState) {
    for factory in state.table_factories_mut().values_mut() {
        *factory = Arc::new(Listings(ListingTableFactory::new()));
    }
}

#[derive(Debug)]
struct Listings(ListingTableFactory);

#[async_trait]
impl TableProviderFactory for Listings {
    async fn create(
        &self,
        state: &dyn Session,
        create: &CreateExternalTable,
    ) -> Result<Arc<dyn TableProvider>> {
        let option = |(key, value): (&String, &String)| {
            key.eq_ignore_ascii_case("unbounded") && value.eq_ignore_ascii_case("true")
        };
        if create.unbounded || create.options.iter().any(option) {
            return Err(Error::new(
                Code::Forbidden,
                "This session has the option files, which does not allow unbounded tables: their files cannot be \
                 checked. Create the table without UNBOUNDED.",
            )
            .into());
        }
        self.0.create(state, create).await
    }
}

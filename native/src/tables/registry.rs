//! Object stores of a runtime: the engine's own, those that were registered, and in-memory tables.

use super::remote::TableSource;
use super::store::{TableStore, SCHEME};
use datafusion::error::Result;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use object_store::ObjectStore;
use std::sync::Arc;
use url::Url;

/// How many lists of files a runtime keeps. The engine's cache neither sees a file that is added nor
/// tells two stores apart.
pub const NO_LISTS: usize = 0;

#[derive(Debug, Default)]
pub struct Registry {
    stores: DefaultObjectStoreRegistry,
    /// Where tables are fetched from that this process does not hold.
    source: Option<Arc<TableSource>>,
}

impl Registry {
    pub fn with_source(source: Arc<TableSource>) -> Self {
        Self {
            source: Some(source),
            ..Self::default()
        }
    }
}

impl ObjectStoreRegistry for Registry {
    fn register_store(&self, url: &Url, store: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        self.stores.register_store(url, store)
    }

    fn deregister_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        self.stores.deregister_store(url)
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        if url.scheme() == SCHEME {
            let id = url.host_str().unwrap_or_default();
            return Ok(Arc::new(TableStore::new(id, self.source.clone())));
        }
        self.stores.get_store(url)
    }
}

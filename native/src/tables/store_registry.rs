//! The object stores of a runtime: DataFusion's own, registered stores and in-memory tables.

use super::table_store::TableStore;
use crate::blobs::source::BlobSource;
use crate::error::{Code, Result as Checked};
use crate::stores::bounded::Bounded;
use crate::stores::environment::{insufficient, options_of};
use crate::stores::files::Files;
use crate::stores::limits::FileLimits;
use crate::stores::options::{build, Chosen};
use crate::stores::TABLES;
use datafusion::error::Result;
use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
use object_store::local::LocalFileSystem;
use object_store::ObjectStore;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use url::{Position, Url};

/// Turns off DataFusion's cache of file lists, which neither sees added files nor distinguishes two stores.
pub const NO_LISTS: usize = 0;

/// All stores that queries reach. With limits, its stores check each operation: see [`Bounded`].
#[derive(Debug)]
pub struct Registry {
    stores: DefaultObjectStoreRegistry,
    /// Stores that nobody has registered, by URL without the path. DataFusion's registry ignores the user of a URL, which is
    /// the container in `abfss:`.
    found: Mutex<HashMap<String, Arc<dyn ObjectStore>>>,
    limits: Option<Arc<FileLimits>>,
    chosen: Chosen,
    /// Where to fetch tables that this process does not hold.
    source: Option<Arc<BlobSource>>,
}

impl Registry {
    /// `chosen`: who chooses the URLs.
    pub fn new(
        source: Option<Arc<BlobSource>>,
        limits: Option<&Arc<FileLimits>>,
        chosen: Chosen,
    ) -> Arc<Self> {
        let stores = DefaultObjectStoreRegistry::new();
        let files: Arc<dyn ObjectStore> = match limits {
            Some(limits) => Arc::new(Bounded::files(limits.clone())),
            None => Arc::new(Files::new(LocalFileSystem::new())),
        };
        stores.register_store(&Url::parse("file:///").expect("the URL is valid"), files);
        Arc::new(Self {
            stores,
            found: Mutex::default(),
            limits: limits.cloned(),
            chosen,
            source,
        })
    }

    /// The store of a URL, with the credentials of the environment.
    fn find(&self, url: &Url) -> Checked<Arc<dyn ObjectStore>> {
        let place = &url[..Position::BeforePath];
        if let Some(store) = self.found.lock().get(place) {
            return Ok(store.clone());
        }
        let options = options_of(url)?;
        let built = build(&options, self.limits.as_ref(), self.chosen);
        let store = built.map_err(|error| match error.code {
            Code::Forbidden => error,
            _ => insufficient(url, &error),
        })?;
        self.found.lock().insert(place.to_owned(), store.clone());
        Ok(store)
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
        if url.scheme() == TABLES {
            let id = url.host_str().unwrap_or_default();
            return Ok(Arc::new(TableStore::new(id, self.source.clone())));
        }
        match self.stores.get_store(url) {
            Ok(store) => Ok(store),
            Err(_) => Ok(self.find(url)?),
        }
    }
}

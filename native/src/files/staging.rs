//! The temporary folder of one attempt to write files, which are moved to their target when complete.

use super::folder::remove;
use crate::cancel::cancelled;
use crate::error::Error;
use crate::stores::limits::STAGING;
use datafusion::datasource::listing::ListingTableUrl;
use datafusion::error::Result;
use datafusion::execution::TaskContext;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::fs::{File, TryLockError};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Between two looks at the lock of a folder.
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// A temporary folder for one attempt to write. Dropping it removes its files.
pub struct Stage {
    store: Arc<dyn ObjectStore>,
    /// The URL for DataFusion's writer.
    pub url: ListingTableUrl,
    /// The folder as a path of the store.
    folder: Path,
    /// The folder where the files belong.
    target: Path,
    /// Whether a single file is written, not a folder.
    pub single: bool,
    /// `None` if it is removed already.
    place: Option<Place>,
}

impl Stage {
    pub fn new(place: &ListingTableUrl, single: bool, context: &TaskContext) -> Result<Self> {
        let store = context.runtime_env().object_store(place)?;
        let text = place.as_str().trim_end_matches('/');
        let (parent, file) = match (single, text.rsplit_once('/')) {
            (true, Some((parent, file))) => (parent, file),
            _ => (text, ""),
        };
        let folder = format!("{parent}/{STAGING}/{}/", uuid::Uuid::new_v4());
        let url = ListingTableUrl::parse(format!("{folder}{file}"))?;
        let folder = ListingTableUrl::parse(&folder)?;
        let target = ListingTableUrl::parse(format!("{parent}/"))?.prefix().clone();
        let local = url::Url::parse(folder.as_str()).ok();
        let folder = folder.prefix().clone();
        let local = local.filter(|_| is_file_system(&*store));
        let local = local.and_then(|url| url.to_file_path().ok());
        let around = local.as_ref().and_then(|local| local.parent()?.parent());
        let place = Place {
            store: store.clone(),
            folder: folder.clone(),
            made: around.is_some_and(|around| !around.exists()),
            local,
        };
        Ok(Self {
            store,
            url,
            folder,
            target,
            single,
            place: Some(place),
        })
    }

    /// The files that are there already: the single file, or the files of the folder. Not those that readers of a folder
    /// leave out.
    pub async fn present(&self) -> Result<Vec<Path>> {
        if self.single {
            let file: Path = self
                .target
                .parts()
                .chain(self.url.prefix().parts().next_back())
                .collect();
            return match self.store.head(&file).await {
                Ok(_) => Ok(vec![file]),
                Err(object_store::Error::NotFound { .. }) => Ok(vec![]),
                Err(error) => Err(error.into()),
            };
        }
        let files: Vec<_> = self.store.list(Some(&self.target)).try_collect().await?;
        let paths = files.into_iter().map(|file| file.location);
        Ok(paths.filter(|path| self.is_visible(path)).collect())
    }

    fn is_visible(&self, path: &Path) -> bool {
        let mut parts = path.prefix_match(&self.target).into_iter().flatten();
        // A partition folder is read, whatever its column is called.
        parts.all(|part| part.as_ref().contains('=') || !part.as_ref().starts_with(['_', '.']))
    }

    /// Creates the folder. Some of DataFusion's writers report a folder that cannot be created as an internal
    /// error.
    pub async fn create(&mut self) -> Result<()> {
        // The store tells whether files may be written there, even when it is asked for one that does not exist. If not,
        // there is nothing to remove. Some writers report a refusal as an internal error.
        let file = match self.single {
            true => self.url.prefix().clone(),
            false => self.folder.clone().join("file"),
        };
        let found = self.store.head(&file).await;
        if let Some(refusal) = found.err().and_then(|error| Error::refusal_in(&error)) {
            self.place = None;
            return Err(refusal.into());
        }
        if let Some(local) = self.place.as_ref().and_then(|place| place.local.as_ref()) {
            let made = tokio::fs::create_dir_all(local).await;
            made.map_err(|error| refused(local, error))?;
        }
        Ok(())
    }

    /// Waits until no other write moves files to the same folder, as long as the result lives. `None` if `stop` is cancelled, or
    /// if there is no lock, as in object stores.
    pub async fn turn(&self, stop: &CancellationToken) -> Option<File> {
        let local = self.place.as_ref()?.local.as_ref()?;
        let folder = File::open(local.ancestors().nth(2)?).ok()?;
        // A lock that waits would keep its thread, even if the query is cancelled.
        while let Err(TryLockError::WouldBlock) = folder.try_lock() {
            stop.run_until_cancelled(sleep(BETWEEN_TRIES)).await?;
        }
        Some(folder)
    }

    pub async fn close(mut self) {
        if let Some(place) = self.place.take() {
            place.clean().await;
        }
    }

    /// Moves all files to the target, then removes the old ones. If a file cannot be moved, the first old file cannot be
    /// removed, or `stop` is cancelled, the moved files are removed again.
    pub async fn publish(&self, stop: &CancellationToken, old: Vec<Path>) -> Result<()> {
        let files: Vec<_> = self.store.list(Some(&self.folder)).try_collect().await?;
        let mut published: Vec<Path> = Vec::new();
        for file in files {
            let parts = file.location.prefix_match(&self.folder).into_iter().flatten();
            let target: Path = self.target.parts().chain(parts).collect();
            let moved = match stop.is_cancelled() {
                true => Err(cancelled()),
                false => self
                    .store
                    .rename(&file.location, &target)
                    .await
                    .map_err(Into::into),
            };
            if let Err(error) = moved {
                self.remove(published).await;
                return Err(error);
            }
            published.push(target);
        }
        for (i, path) in old.iter().enumerate() {
            match self.store.delete(path).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => {
                    if i == 0 {
                        self.remove(published).await;
                    }
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    async fn remove(&self, files: Vec<Path>) {
        for path in files {
            let _ = self.store.delete(&path).await;
        }
    }
}

/// Names the folder that the user wants to write to. `local`: the temporary one.
fn refused(local: &std::path::Path, error: io::Error) -> io::Error {
    let folder = local.ancestors().nth(2).unwrap_or(local);
    let text = format!("Cannot write to the folder {}: {error}.", folder.display());
    io::Error::new(error.kind(), text)
}

/// Whether URLs of files are what a store reaches. Another store may be registered for them.
fn is_file_system(store: &dyn ObjectStore) -> bool {
    store.to_string() == LocalFileSystem::new().to_string()
}

/// Runs when the runtime is shut down, so it cannot await anything.
impl Drop for Stage {
    fn drop(&mut self) {
        let Some(Place {
            local: Some(local), ..
        }) = self.place.take()
        else {
            return;
        };
        remove(&local);
        let _ = local.parent().map(std::fs::remove_dir);
    }
}

/// The folders to remove.
struct Place {
    store: Arc<dyn ObjectStore>,
    /// The folder as a path of the store.
    folder: Path,
    /// The folder in the file system, if the store is the file system. Only there can folders be empty.
    local: Option<PathBuf>,
    /// Whether the target folder did not exist before.
    made: bool,
}

impl Place {
    async fn clean(self) {
        let Some(local) = self.local else {
            let files = self.store.list(Some(&self.folder)).map_ok(|file| file.location);
            let _ = self
                .store
                .delete_stream(files.boxed())
                .try_collect::<Vec<_>>()
                .await;
            return;
        };
        let _ = tokio::fs::remove_dir_all(&local).await;
        // These are removed only if they are empty.
        let Some(parent) = local.parent() else { return };
        let _ = tokio::fs::remove_dir(parent).await;
        if let (true, Some(target)) = (self.made, parent.parent()) {
            let _ = tokio::fs::remove_dir(target).await;
        }
    }
}

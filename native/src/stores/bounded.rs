//! An object store that checks every operation against the option `files`.

use super::files::{read, unreadable};
use super::limits::{Access, FileLimits, Place};
use crate::error::{Error as Refusal, Result as Checked};
use async_trait::async_trait;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions,
    Result,
};
use prost::bytes::Bytes;
use std::fmt;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// What a store reaches.
#[derive(Clone, Debug)]
pub enum Target {
    Files(LocalFileSystem),
    /// The address that requests go to, whatever the URL under which the store is registered.
    Place(Place),
}

#[derive(Clone, Debug)]
pub struct Bounded {
    store: Arc<dyn ObjectStore>,
    target: Target,
    limits: Arc<FileLimits>,
}

impl Bounded {
    pub fn new(store: Arc<dyn ObjectStore>, target: Target, limits: Arc<FileLimits>) -> Self {
        Self {
            store,
            target,
            limits,
        }
    }

    /// The whole file system.
    pub fn files(limits: Arc<FileLimits>) -> Self {
        let files = LocalFileSystem::new();
        Self::new(Arc::new(files.clone()), Target::Files(files), limits)
    }

    fn check(&self, location: &Path, access: Access) -> Result<()> {
        let checked = match &self.target {
            Target::Files(files) => self
                .limits
                .check_file(&files.path_to_filesystem(location)?, access),
            Target::Place(place) => self.limits.check_place(&place.child(location), access),
        };
        checked.map_err(|refusal| denied(location, refusal))
    }

    fn check_folder(&self, folder: Option<&Path>) -> Result<()> {
        let root = Path::default();
        let folder = folder.unwrap_or(&root);
        let checked = match &self.target {
            Target::Files(files) => self.limits.check_folder(&folder_path(files, folder)?),
            Target::Place(place) => self.limits.check_place_folder(&place.child(folder)),
        };
        checked.map_err(|refusal| denied(folder, refusal))
    }

    /// Checks files of a list, which follows links.
    fn listed(
        &self,
        files: BoxStream<'static, Result<ObjectMeta>>,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let Target::Files(here) = &self.target else {
            return files;
        };
        let (here, limits) = (here.clone(), self.limits.clone());
        let mut allowed = None;
        files
            .map(move |file| {
                let file = file?;
                let path = here.path_to_filesystem(&file.location)?;
                in_folder(&limits, path, &mut allowed).map_err(|refusal| denied(&file.location, refusal))?;
                Ok(file)
            })
            .boxed()
    }
}

/// Checks a listed file. Most of them are in the folder of the file before, `allowed`, and are no links.
fn in_folder(limits: &FileLimits, path: PathBuf, allowed: &mut Option<PathBuf>) -> Checked<()> {
    let is_link = path.symlink_metadata().is_ok_and(|file| file.is_symlink());
    let folder = path.parent().map(PathBuf::from);
    if !is_link && folder.is_some() && *allowed == folder {
        return Ok(());
    }
    limits.check_file(&path, Access::Read)?;
    // Other files of the folder are allowed only if the whole folder is.
    *allowed = folder.filter(|folder| !is_link && limits.check_folder(folder).is_ok());
    Ok(())
}

fn denied(location: &Path, refusal: Refusal) -> Error {
    Error::PermissionDenied {
        path: location.to_string(),
        source: Box::new(refusal),
    }
}

/// A folder in the file system. `LocalFileSystem` converts only paths with a file name.
fn folder_path(files: &LocalFileSystem, folder: &Path) -> Result<PathBuf> {
    let mut path = files.path_to_filesystem(&folder.clone().join("file"))?;
    path.pop();
    Ok(path)
}

impl fmt::Display for Bounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

#[async_trait]
impl ObjectStore for Bounded {
    async fn put_opts(&self, location: &Path, data: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.check(location, Access::Write)?;
        self.store.put_opts(location, data, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.check(location, Access::Write)?;
        self.store.put_multipart_opts(location, options).await
    }

    /// Checks before it opens the file, because opening a device may block, and after.
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.check(location, Access::Read)?;
        let found = self.store.get_opts(location, options).await?;
        if let GetResultPayload::File(file, path) = &found.payload {
            self.limits
                .check_open(file, path)
                .map_err(|refusal| denied(location, refusal))?;
        }
        Ok(found)
    }

    /// `LocalFileSystem` would open the file itself, without the second check.
    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let Target::Files(_) = &self.target else {
            self.check(location, Access::Read)?;
            return self.store.get_ranges(location, ranges).await;
        };
        let file = self.get(location).await?;
        let GetResultPayload::File(file, _) = file.payload else {
            return Err(unreadable(io::Error::other("the file system returned no file")));
        };
        let ranges = ranges.to_vec();
        spawn_blocking(move || read(file, &ranges)).await?
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let store = self.clone();
        let checked = locations.map(move |location| {
            let location = location?;
            store.check(&location, Access::Write)?;
            Ok(location)
        });
        self.store.delete_stream(checked.boxed())
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.check_folder(prefix) {
            Ok(()) => self.listed(self.store.list(prefix)),
            Err(refusal) => stream::iter([Err(refusal)]).boxed(),
        }
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.check_folder(prefix) {
            Ok(()) => self.listed(self.store.list_with_offset(prefix, offset)),
            Err(refusal) => stream::iter([Err(refusal)]).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.check_folder(prefix)?;
        let ListResult {
            objects,
            common_prefixes,
        } = self.store.list_with_delimiter(prefix).await?;
        let files = stream::iter(objects.into_iter().map(Ok)).boxed();
        let objects = self.listed(files).try_collect().await?;
        Ok(ListResult {
            objects,
            common_prefixes,
        })
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.check(from, Access::Read)?;
        self.check(to, Access::Write)?;
        self.store.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.check(from, Access::Write)?;
        self.check(to, Access::Write)?;
        self.store.rename_opts(from, to, options).await
    }
}

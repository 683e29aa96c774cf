//! The virtual object store of `ballista-table://<id>/`: read-only, one object for each file.

use crate::blobs::blob::{Blob, Kind};
use crate::blobs::source::BlobSource;
use crate::stores::TABLES;
use async_trait::async_trait;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use object_store::path::Path;
use object_store::{
    Attributes, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use std::fmt;
use std::sync::Arc;

/// The id is in the path too, because DataFusion's file caches distinguish stores only by path.
pub fn url(id: &str) -> String {
    format!("{TABLES}://{id}/{id}/")
}

/// One table, looked up first in this process and then at its source.
#[derive(Debug)]
pub struct TableStore {
    id: String,
    /// Keeps the table while a scan reads it, even if another table replaced it.
    held: Option<Arc<Blob>>,
    source: Option<Arc<BlobSource>>,
}

impl TableStore {
    pub fn new(id: &str, source: Option<Arc<BlobSource>>) -> Self {
        Self {
            id: id.to_owned(),
            held: Blob::find(id),
            source,
        }
    }

    async fn table(&self) -> Result<Arc<Blob>> {
        if let Some(table) = Blob::find(&self.id).or_else(|| self.held.clone()) {
            return Ok(table);
        }
        match &self.source {
            Some(source) => source
                .fetch(&self.id, Kind::Table)
                .await
                .map_err(|error| Error::Generic {
                    store: TABLES,
                    source: Box::new(error),
                }),
            None => Err(Error::NotFound {
                path: url(&self.id),
                source: "nothing in this process holds the in-memory table".into(),
            }),
        }
    }

    async fn get(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let table = self.table().await?;
        let index = (0..table.files.len()).find(|index| *location == file_path(&self.id, *index));
        let Some(index) = index else {
            return Err(Error::NotFound {
                path: format!("{TABLES}://{}/{location}", self.id),
                source: "the in-memory table does not have this file".into(),
            });
        };
        let meta = meta(&table, index);
        options.check_preconditions(&meta)?;
        let range = match &options.range {
            Some(range) => range.as_range(meta.size).map_err(|error| Error::Generic {
                store: TABLES,
                source: Box::new(error),
            })?,
            None => 0..meta.size,
        };
        let bytes = table.files[index].slice(range.start as usize..range.end as usize);
        Ok(GetResult {
            payload: GetResultPayload::Stream(stream::iter([Ok(bytes)]).boxed()),
            meta,
            range,
            attributes: Attributes::new(),
        })
    }

    async fn list_all(&self) -> Result<Vec<ObjectMeta>> {
        let table = self.table().await?;
        Ok((0..table.files.len()).map(|index| meta(&table, index)).collect())
    }
}

fn file_path(id: &str, index: usize) -> Path {
    Path::from(format!("{id}/{index:06}.arrow"))
}

fn meta(table: &Blob, index: usize) -> ObjectMeta {
    ObjectMeta {
        location: file_path(&table.id, index),
        // Fixed: a table never changes, and caches compare this with the value in the plan.
        last_modified: Default::default(),
        size: table.files[index].len() as u64,
        e_tag: None,
        version: None,
    }
}

impl fmt::Display for TableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&url(&self.id))
    }
}

fn read_only<T>(operation: &str) -> Result<T> {
    Err(Error::NotSupported {
        source: format!("cannot {operation} an in-memory table, because it is read-only on the cluster")
            .into(),
    })
}

#[async_trait]
impl ObjectStore for TableStore {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.get(location, options).await
    }

    fn list(&self, _prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let store = Self::new(&self.id, self.source.clone());
        async move {
            match store.list_all().await {
                Ok(files) => files.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            }
        }
        .map(stream::iter)
        .flatten_stream()
        .boxed()
    }

    async fn list_with_delimiter(&self, _prefix: Option<&Path>) -> Result<ListResult> {
        Ok(ListResult {
            common_prefixes: vec![],
            objects: self.list_all().await?,
        })
    }

    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        read_only("write to")
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        read_only("write to")
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        locations.map(|_| read_only("delete from")).boxed()
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        read_only("copy into")
    }
}

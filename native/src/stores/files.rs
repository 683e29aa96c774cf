//! The file system as a store. It reads no more than a file has, whatever its footer claims: the engine would allocate
//! that much memory first.

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, RenameOptions, Result,
};
use prost::bytes::Bytes;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use tokio::task::spawn_blocking;

#[derive(Clone, Debug)]
pub struct Files(LocalFileSystem);

impl Files {
    pub fn new(files: LocalFileSystem) -> Self {
        Self(files)
    }
}

/// The bytes of ranges. Fails if the file does not have them.
pub fn read(file: File, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
    let size = file.metadata().map_err(unreadable)?.len();
    let mut file = &file;
    let read = |range: &Range<u64>| -> Result<Bytes> {
        if range.start > range.end || range.end > size {
            let text = format!(
                "a file of {size} bytes has no bytes {} to {}",
                range.start, range.end
            );
            return Err(unreadable(io::Error::new(io::ErrorKind::InvalidData, text)));
        }
        let length = range.end - range.start;
        let mut bytes = Vec::with_capacity(length as usize);
        file.seek(SeekFrom::Start(range.start)).map_err(unreadable)?;
        file.take(length).read_to_end(&mut bytes).map_err(unreadable)?;
        Ok(bytes.into())
    };
    ranges.iter().map(read).collect()
}

pub fn unreadable(error: io::Error) -> Error {
    Error::Generic {
        store: "LocalFileSystem",
        source: Box::new(error),
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[async_trait]
impl ObjectStore for Files {
    async fn put_opts(&self, location: &Path, data: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.0.put_opts(location, data, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.0.put_multipart_opts(location, options).await
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let path = self.0.path_to_filesystem(location)?;
        let ranges = ranges.to_vec();
        let read = spawn_blocking(move || File::open(path).ok().map(|file| read(file, &ranges)));
        match read.await? {
            Some(read) => read,
            // Fails with the store's own error.
            None => self.0.get_ranges(location, &[]).await,
        }
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.0.delete_stream(locations)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list(prefix)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.0.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.0.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.0.copy_opts(from, to, options).await
    }

    async fn rename_opts(&self, from: &Path, to: &Path, options: RenameOptions) -> Result<()> {
        self.0.rename_opts(from, to, options).await
    }
}

//! An object store whose files are decompressed while they are read. The engine's reader of remote files takes
//! the first of several compressed parts for the whole file.

use super::chunks;
use async_compression::tokio::bufread::{BzDecoder, GzipDecoder, XzDecoder, ZstdDecoder};
use async_trait::async_trait;
use datafusion::common::parsers::CompressionTypeVariant;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, ObjectStoreExt, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use prost::bytes::Bytes;
use std::fmt;
use std::io;
use std::sync::Arc;
use tokio::io::AsyncRead;
use tokio_util::io::{ReaderStream, StreamReader};

/// How much is decompressed at once.
const CHUNK: usize = 64 << 10;

/// Opens a file whose bytes are decompressed.
pub async fn open(
    store: &Arc<dyn ObjectStore>,
    location: &Path,
    compression: CompressionTypeVariant,
) -> Result<GetResult> {
    let store = store.clone();
    match compression {
        CompressionTypeVariant::UNCOMPRESSED => store.get(location).await,
        _ => Decompressed { store, compression }.get(location).await,
    }
}

#[derive(Debug)]
pub struct Decompressed {
    pub store: Arc<dyn ObjectStore>,
    pub compression: CompressionTypeVariant,
}

impl fmt::Display for Decompressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}

/// With all parts.
macro_rules! whole {
    ($decoder:ident, $bytes:ident) => {{
        let mut decoder = $decoder::new($bytes);
        decoder.multiple_members(true);
        stream(decoder)
    }};
}

fn stream(decoder: impl AsyncRead + Send + 'static) -> BoxStream<'static, Result<Bytes>> {
    let bytes = ReaderStream::with_capacity(decoder, CHUNK);
    bytes.map_err(broken).boxed()
}

fn broken(error: io::Error) -> Error {
    Error::Generic {
        store: "compressed file",
        source: Box::new(error),
    }
}

impl Decompressed {
    fn decode(&self, bytes: BoxStream<'static, Result<Bytes>>) -> BoxStream<'static, Result<Bytes>> {
        let compressed = StreamReader::new(bytes.map_err(io::Error::other));
        match self.compression {
            CompressionTypeVariant::GZIP => whole!(GzipDecoder, compressed),
            CompressionTypeVariant::BZIP2 => whole!(BzDecoder, compressed),
            CompressionTypeVariant::XZ => whole!(XzDecoder, compressed),
            CompressionTypeVariant::ZSTD => whole!(ZstdDecoder, compressed),
            CompressionTypeVariant::UNCOMPRESSED => stream(compressed),
        }
    }
}

#[async_trait]
impl ObjectStore for Decompressed {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let mut file = self.store.get_opts(location, options).await?;
        file.payload = GetResultPayload::Stream(self.decode(chunks(file.payload)));
        Ok(file)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.store.list_with_delimiter(prefix).await
    }

    async fn put_opts(&self, location: &Path, data: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.store.put_opts(location, data, options).await
    }

    async fn put_multipart_opts(
        &self,
        location: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.store.put_multipart_opts(location, options).await
    }

    fn delete_stream(&self, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        self.store.delete_stream(locations)
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.store.copy_opts(from, to, options).await
    }
}

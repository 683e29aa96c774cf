//! Writes benchmark tables as Parquet files. Each table is a folder of files with several row groups, so that
//! a query over it can be distributed.

use datafusion::arrow::record_batch::RecordBatchReader;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::properties::WriterProperties;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;

pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// The number of files of a table that is not small.
pub const FILES: u32 = 4;
const ROWS_OF_GROUP: usize = 1 << 16;

/// The program's arguments: a scale factor, and the folder to create.
pub fn arguments() -> Result<(f64, PathBuf)> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [scale, folder] = args.as_slice() else {
        return Err("expected two arguments: <scale factor> <folder>".into());
    };
    let scale: f64 = scale.parse()?;
    if !scale.is_finite() || scale <= 0.0 {
        return Err(format!("{scale} is not a scale factor: it must be a number above 0").into());
    }
    Ok((scale, folder.into()))
}

/// Creates a folder, with one thread for each file number. The folder appears when it is complete; an
/// existing folder is kept. If several processes create the same folder, the first one wins.
pub fn write_folder(folder: &Path, write_files: impl Fn(&Path, u32) -> Result<()> + Sync) -> Result<()> {
    if folder.exists() {
        return Ok(());
    }
    let mut name = folder.file_name().ok_or("the path has no last part")?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.with_file_name(name);
    let made =
        in_threads(|file| write_files(&temporary, file)).and_then(|()| Ok(fs::rename(&temporary, folder)?));
    if made.is_err() {
        fs::remove_dir_all(&temporary).ok();
    }
    made.or_else(|error| folder.exists().then_some(()).ok_or(error))
}

fn in_threads(write: impl Fn(u32) -> Result<()> + Sync) -> Result<()> {
    let write = &write;
    thread::scope(|scope| {
        let writers: Vec<_> = (1..=FILES).map(|file| scope.spawn(move || write(file))).collect();
        writers
            .into_iter()
            .try_for_each(|writer| writer.join().expect("a writer panicked"))
    })
}

/// Writes one file of the table in this folder.
pub fn write_file(table: &Path, file: u32, batches: impl RecordBatchReader) -> Result<()> {
    fs::create_dir_all(table)?;
    let file = File::create(table.join(format!("{file}.parquet")))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_max_row_group_row_count(Some(ROWS_OF_GROUP))
        .build();
    let mut writer = ArrowWriter::try_new(file, batches.schema(), Some(properties))?;
    for batch in batches {
        writer.write(&batch?)?;
    }
    writer.close()?;
    Ok(())
}

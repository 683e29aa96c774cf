//! The eight tables of TPC-H as Parquet files: `tpch <scale factor> <folder>`.
//!
//! Each table is a folder with several files of several row groups, so that a query over it has
//! something to distribute. The folder appears when all of it is written; one that is there stays
//! as it is.

use datafusion::arrow::record_batch::RecordBatchReader;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::properties::WriterProperties;
use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::thread;
use tpchgen::generators as rows;
use tpchgen_arrow as arrow;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

const FILES: i32 = 4;
const ROWS_OF_GROUP: usize = 1 << 16;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [scale, folder] = args.as_slice() else {
        return Err("usage: tpch <scale factor> <folder>".into());
    };
    let scale: f64 = scale.parse()?;
    if !scale.is_finite() || scale <= 0.0 {
        return Err(format!("{scale} is no scale factor: it is a number above 0").into());
    }
    whole(Path::new(folder), |folder| write_tables(scale, folder))
}

/// Makes a folder under another name and renames it when it is whole. Of several processes that
/// make the same one, the first wins.
fn whole(folder: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    if folder.exists() {
        return Ok(());
    }
    let mut name = folder.file_name().ok_or("no folder is named")?.to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.with_file_name(name);
    let made = make(&temporary).and_then(|()| Ok(fs::rename(&temporary, folder)?));
    if made.is_err() {
        fs::remove_dir_all(&temporary).ok();
    }
    made.or_else(|error| folder.exists().then_some(()).ok_or(error))
}

fn write_tables(scale: f64, folder: &Path) -> Result<()> {
    thread::scope(|scope| {
        let writers: Vec<_> = (1..=FILES)
            .map(|file| scope.spawn(move || write_files(scale, folder, file)))
            .collect();
        writers
            .into_iter()
            .try_for_each(|writer| writer.join().expect("a writer panicked"))
    })
}

/// Writes the same one of the files of every table.
#[rustfmt::skip] // one line, one table
fn write_files(scale: f64, folder: &Path, file: i32) -> Result<()> {
    let write = |table: &str, batches: Box<dyn RecordBatchReader>| {
        write_file(&folder.join(table), file, batches)
    };
    write("customer", Box::new(arrow::CustomerArrow::new(rows::CustomerGenerator::new(scale, file, FILES))))?;
    write("lineitem", Box::new(arrow::LineItemArrow::new(rows::LineItemGenerator::new(scale, file, FILES))))?;
    write("orders", Box::new(arrow::OrderArrow::new(rows::OrderGenerator::new(scale, file, FILES))))?;
    write("part", Box::new(arrow::PartArrow::new(rows::PartGenerator::new(scale, file, FILES))))?;
    write("partsupp", Box::new(arrow::PartSuppArrow::new(rows::PartSuppGenerator::new(scale, file, FILES))))?;
    write("supplier", Box::new(arrow::SupplierArrow::new(rows::SupplierGenerator::new(scale, file, FILES))))?;
    if file == 1 {
        // 25 and 5 rows, whatever the scale.
        write("nation", Box::new(arrow::NationArrow::new(rows::NationGenerator::default())))?;
        write("region", Box::new(arrow::RegionArrow::new(rows::RegionGenerator::default())))?;
    }
    Ok(())
}

fn write_file(table: &Path, file: i32, batches: Box<dyn RecordBatchReader>) -> Result<()> {
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

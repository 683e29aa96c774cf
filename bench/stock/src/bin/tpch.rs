//! Generates the eight TPC-H tables as Parquet files: `tpch <scale factor> <folder>`.

#[path = "../table_files.rs"]
mod table_files;

use datafusion::arrow::record_batch::RecordBatchReader;
use std::path::Path;
use table_files::{arguments, write_file, write_folder, Result, FILES};
use tpchgen::generators as rows;
use tpchgen_arrow as arrow;

fn main() -> Result<()> {
    let (scale, folder) = arguments()?;
    write_folder(&folder, |folder, file| write_files(scale, folder, file))
}

/// Writes the file with this number of every table.
#[rustfmt::skip] // one line, one table
fn write_files(scale: f64, folder: &Path, file: u32) -> Result<()> {
    let write = |table: &str, batches: Box<dyn RecordBatchReader>| {
        write_file(&folder.join(table), file, batches)
    };
    let (part, parts) = (file as i32, FILES as i32);
    write("customer", Box::new(arrow::CustomerArrow::new(rows::CustomerGenerator::new(scale, part, parts))))?;
    write("lineitem", Box::new(arrow::LineItemArrow::new(rows::LineItemGenerator::new(scale, part, parts))))?;
    write("orders", Box::new(arrow::OrderArrow::new(rows::OrderGenerator::new(scale, part, parts))))?;
    write("part", Box::new(arrow::PartArrow::new(rows::PartGenerator::new(scale, part, parts))))?;
    write("partsupp", Box::new(arrow::PartSuppArrow::new(rows::PartSuppGenerator::new(scale, part, parts))))?;
    write("supplier", Box::new(arrow::SupplierArrow::new(rows::SupplierGenerator::new(scale, part, parts))))?;
    if file == 1 {
        // They have 25 and 5 rows at every scale.
        write("nation", Box::new(arrow::NationArrow::new(rows::NationGenerator::default())))?;
        write("region", Box::new(arrow::RegionArrow::new(rows::RegionGenerator::default())))?;
    }
    Ok(())
}

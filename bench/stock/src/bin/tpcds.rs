//! Generates the 24 TPC-DS tables as Parquet files: `tpcds <scale factor> <folder>`.

#[path = "../table_files.rs"]
mod table_files;

use std::ops::RangeInclusive;
use std::path::Path;
use table_files::{arguments, write_file, write_folder, Result, FILES};
use tpcdsgen::config::{Session, SessionBuilder, Table};

/// Tables with fewer rows are one file. For sales and returns, the generator counts orders instead of lines.
const ROWS_TO_SPLIT: u64 = 50_000;

fn main() -> Result<()> {
    let (scale, folder) = arguments()?;
    let session = SessionBuilder::new().with_scale_factor(scale).build()?;
    write_folder(&folder, |folder, file| write_files(&session, folder, file))
}

/// Writes the file with this number of every table.
fn write_files(session: &Session, folder: &Path, file: u32) -> Result<()> {
    macro_rules! write {
        ($($table:ident from $reader:ident),* $(,)?) => {$(
            if let Some(rows) = rows_of_file(session, Table::$table, file) {
                let batches = tpcdsgen_arrow::$reader::new(session.clone())
                    .with_source_row_range(*rows.start(), *rows.end());
                write_file(&folder.join(Table::$table.get_name()), file, batches)?;
            }
        )*};
    }
    write! {
        CallCenter from CallCenterArrow,
        CatalogPage from CatalogPageArrow,
        CatalogReturns from CatalogReturnsArrow,
        CatalogSales from CatalogSalesArrow,
        Customer from CustomerArrow,
        CustomerAddress from CustomerAddressArrow,
        CustomerDemographics from CustomerDemographicsArrow,
        DateDim from DateDimArrow,
        HouseholdDemographics from HouseholdDemographicsArrow,
        IncomeBand from IncomeBandArrow,
        Inventory from InventoryArrow,
        Item from ItemArrow,
        Promotion from PromotionArrow,
        Reason from ReasonArrow,
        ShipMode from ShipModeArrow,
        Store from StoreArrow,
        StoreReturns from StoreReturnsArrow,
        StoreSales from StoreSalesArrow,
        TimeDim from TimeDimArrow,
        Warehouse from WarehouseArrow,
        WebPage from WebPageArrow,
        WebReturns from WebReturnsArrow,
        WebSales from WebSalesArrow,
        WebSite from WebSiteArrow,
    }
    Ok(())
}

/// The range of generator rows for one file of a table, counted from 1. `None` if the table has fewer files.
fn rows_of_file(session: &Session, table: Table, file: u32) -> Option<RangeInclusive<u64>> {
    let rows = session.get_scaling().get_row_count(table);
    let files = if rows < ROWS_TO_SPLIT { 1 } else { u64::from(FILES) };
    let file = u64::from(file);
    (file <= files).then(|| rows * (file - 1) / files + 1..=rows * file / files)
}

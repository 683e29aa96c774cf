//! Writes record batches and schemas for JavaScript, as Arrow IPC. `ipc` reads them.

use crate::error::{Error, Result};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, FieldRef, Fields, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::writer::StreamWriter;
use std::sync::Arc;

impl From<ArrowError> for Error {
    fn from(error: ArrowError) -> Self {
        datafusion::error::DataFusionError::from(error).into()
    }
}

/// The schema for JavaScript.
pub fn schema_to_ipc(schema: &Schema) -> Result<Vec<u8>> {
    Ok(StreamWriter::try_new(Vec::new(), &readable_schema(schema))?.into_inner()?)
}

/// The end of an IPC stream.
pub const IPC_END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// Writes all batches as one IPC stream; arrow-rs aligns message bodies to 64 bytes.
pub fn batches_to_ipc(batches: &[RecordBatch], schema: &Schema) -> Result<Vec<u8>> {
    let schema = Arc::new(readable_schema(schema));
    let bytes: usize = batches.iter().map(RecordBatch::get_array_memory_size).sum();
    let mut writer = StreamWriter::try_new(Vec::with_capacity(bytes + 4096), &schema)?;
    for batch in batches {
        match batch.schema_ref().fields() == schema.fields() {
            true => writer.write(batch)?,
            false => writer.write(&with_schema(batch, &schema)?)?,
        }
    }
    writer.finish()?;
    Ok(writer.into_inner()?)
}

fn readable_schema(schema: &Schema) -> Schema {
    Schema::new_with_metadata(readable_fields(schema.fields()), schema.metadata().clone())
}

/// Casts the batch to another schema with the same number of columns.
pub fn with_schema(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast(column, field.data_type()));
    let options = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(
        schema.clone(),
        columns.collect::<std::result::Result<_, _>>()?,
        &options,
    )?)
}

fn readable_fields(fields: &Fields) -> Fields {
    fields
        .iter()
        .map(|field| mapped_field(field, &readable))
        .collect()
}

/// The nearest type that apache-arrow 21 can read.
fn readable(data_type: &DataType) -> Option<DataType> {
    use DataType as D;
    Some(match data_type {
        D::RunEndEncoded(_, values) => mapped(values.data_type(), &readable),
        D::ListView(item) => D::List(item.clone()),
        D::LargeListView(item) => D::LargeList(item.clone()),
        D::Decimal32(precision, scale) | D::Decimal64(precision, scale) => D::Decimal128(*precision, *scale),
        _ => return None,
    })
}

/// The type that apache-arrow builds: it cannot build view types.
pub fn built(data_type: &DataType) -> DataType {
    mapped(data_type, &|data_type| match data_type {
        DataType::Utf8View => Some(DataType::Utf8),
        DataType::BinaryView => Some(DataType::Binary),
        other => readable(other),
    })
}

/// Applies `change` to the type and to all types inside of it.
fn mapped(data_type: &DataType, change: &dyn Fn(&DataType) -> Option<DataType>) -> DataType {
    use DataType as D;
    match change(data_type).unwrap_or_else(|| data_type.clone()) {
        D::List(item) => D::List(mapped_field(&item, change)),
        D::LargeList(item) => D::LargeList(mapped_field(&item, change)),
        D::FixedSizeList(item, size) => D::FixedSizeList(mapped_field(&item, change), size),
        D::Map(entries, sorted) => D::Map(mapped_field(&entries, change), sorted),
        D::Struct(fields) => D::Struct(fields.iter().map(|field| mapped_field(field, change)).collect()),
        D::Dictionary(key, value) => D::Dictionary(key, Box::new(mapped(&value, change))),
        other => other,
    }
}

fn mapped_field(field: &FieldRef, change: &dyn Fn(&DataType) -> Option<DataType>) -> FieldRef {
    let data_type = mapped(field.data_type(), change);
    match data_type == *field.data_type() {
        true => field.clone(),
        false => Arc::new(field.as_ref().clone().with_data_type(data_type)),
    }
}

//! Serializes TypeScript UDFs inside of plans, with their full definition.

use crate::ipc::memory::batches_from_ipc;
use crate::udf::definition::Definition;
use crate::udf::function::aggregate::JsAggregate;
use crate::udf::function::scalar::JsScalar;
use crate::udf::function::table_call::JsTable;
use crate::udf::function::table_scan::JsTableExec;
use crate::udf::function::window::{Frames, JsWindow};
use crate::udf::worker::batch::stream;
use datafusion::arrow::compute::SortOptions;
use datafusion::common::internal_err;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowFrame, WindowUDF};
use datafusion_proto::protobuf;
use prost::Message;
use std::sync::Arc;

/// Marks our messages. The last byte is the version.
const MAGIC: &[u8] = b"ballista-udf\x01";

/// How UDFs are serialized.
#[derive(Clone, Debug, Default)]
pub enum Way {
    /// With their code, for plans that outlive their session.
    #[default]
    Whole,
    /// Without their code (see [`crate::udf::code`]), for a scheduler. Holds the session that listens to
    /// console output.
    ToScheduler(Option<String>),
    /// Without their code, for executors. Keeps the session that listens.
    ToExecutor,
}

#[derive(Clone, PartialEq, Message)]
struct Packed {
    #[prost(string, tag = "1")]
    definition: String,
    #[prost(message, optional, tag = "2")]
    frame: Option<protobuf::WindowFrame>,
    /// The sort options of the ORDER BY columns that a window frame refers to.
    #[prost(bool, repeated, tag = "3")]
    descending: Vec<bool>,
    #[prost(bool, repeated, tag = "4")]
    nulls_first: Vec<bool>,
    /// The arguments of a table UDF, as an IPC stream of one row; empty if it takes none.
    #[prost(bytes = "vec", tag = "5")]
    args: Vec<u8>,
    /// The projection of a table UDF's scan.
    #[prost(uint32, repeated, tag = "6")]
    projection: Vec<u32>,
    #[prost(uint64, optional, tag = "7")]
    limit: Option<u64>,
}

impl Packed {
    fn new(definition: &Definition, way: &Way) -> Result<Self> {
        let json = match way {
            Way::Whole => definition.json(),
            Way::ToScheduler(log) => definition.without_code(log.clone()).json(),
            Way::ToExecutor => definition.without_code(definition.log.clone()).json(),
        };
        Ok(Self {
            definition: json?,
            ..Self::default()
        })
    }

    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(MAGIC);
        bytes.extend(self.encode_to_vec());
    }

    /// `None` if it is not a TypeScript UDF.
    fn take(bytes: &[u8]) -> Option<Result<(Arc<Definition>, Self)>> {
        let packed = Self::decode(bytes.strip_prefix(MAGIC)?);
        Some(
            packed
                .map_err(|error| {
                    DataFusionError::Internal(format!("The serialized function cannot be decoded: {error}"))
                })
                .and_then(|packed| Ok((Arc::new(Definition::parse(&packed.definition)?), packed))),
        )
    }
}

pub fn encode_scalar(function: &ScalarUDF, way: &Way, bytes: &mut Vec<u8>) -> Result<()> {
    if let Some(function) = JsScalar::of(function) {
        Packed::new(&function.definition, way)?.put(bytes);
    }
    Ok(())
}

pub fn encode_aggregate(function: &AggregateUDF, way: &Way, bytes: &mut Vec<u8>) -> Result<()> {
    if let Some(function) = JsAggregate::of(function) {
        Packed::new(&function.definition, way)?.put(bytes);
    }
    Ok(())
}

pub fn encode_window(function: &WindowUDF, way: &Way, bytes: &mut Vec<u8>) -> Result<()> {
    let Some(function) = JsWindow::of(function) else {
        return Ok(());
    };
    let mut packed = Packed::new(&function.function.definition, way)?;
    if let Some(Frames { frame, sort }) = &function.frames {
        packed.frame = Some(protobuf::WindowFrame::try_from(frame)?);
        packed.descending = sort.iter().map(|key| key.descending).collect();
        packed.nulls_first = sort.iter().map(|key| key.nulls_first).collect();
    }
    packed.put(bytes);
    Ok(())
}

pub fn decode_scalar(bytes: &[u8]) -> Option<Result<Arc<ScalarUDF>>> {
    let taken = Packed::take(bytes)?;
    Some(taken.and_then(|(definition, _)| Ok(Arc::new(JsScalar::udf(definition)?))))
}

pub fn decode_aggregate(bytes: &[u8]) -> Option<Result<Arc<AggregateUDF>>> {
    let taken = Packed::take(bytes)?;
    Some(taken.and_then(|(definition, _)| Ok(Arc::new(JsAggregate::udaf(definition)?))))
}

pub fn decode_window(bytes: &[u8]) -> Option<Result<Arc<WindowUDF>>> {
    let taken = Packed::take(bytes)?;
    Some(taken.and_then(|(definition, packed)| {
        let sort = packed.descending.iter().zip(&packed.nulls_first);
        let sort = sort.map(|(descending, nulls_first)| SortOptions {
            descending: *descending,
            nulls_first: *nulls_first,
        });
        let sort = sort.collect();
        let frame = packed.frame.map(WindowFrame::try_from).transpose()?;
        let frames = frame.map(|frame| Frames { frame, sort });
        Ok(Arc::new(JsWindow::udwf(definition, frames)?))
    }))
}

fn pack_table(table: &JsTable, way: &Way) -> Result<Packed> {
    let mut packed = Packed::new(table.definition(), way)?;
    if !table.args.is_empty() {
        packed.args = stream(&table.args)?;
    }
    Ok(packed)
}

fn unpack_table((definition, packed): &(Arc<Definition>, Packed)) -> Result<JsTable> {
    let args = match packed.args.is_empty() {
        true => vec![],
        false => match batches_from_ipc(&packed.args)?.1.first() {
            Some(batch) => batch.columns().to_vec(),
            None => return internal_err!("The serialized call of a table function has no arguments"),
        },
    };
    JsTable::new(definition.clone(), args)
}

pub fn encode_table(table: &JsTable, way: &Way, bytes: &mut Vec<u8>) -> Result<()> {
    pack_table(table, way)?.put(bytes);
    Ok(())
}

pub fn encode_scan(scan: &JsTableExec, way: &Way, bytes: &mut Vec<u8>) -> Result<()> {
    let mut packed = pack_table(&scan.table, way)?;
    packed.projection = scan.projection.iter().map(|column| *column as u32).collect();
    packed.limit = scan.limit.map(|limit| limit as u64);
    packed.put(bytes);
    Ok(())
}

pub fn decode_table(bytes: &[u8]) -> Option<Result<Arc<JsTable>>> {
    let taken = Packed::take(bytes)?;
    Some(taken.and_then(|taken| unpack_table(&taken).map(Arc::new)))
}

pub fn decode_scan(bytes: &[u8]) -> Option<Result<Arc<JsTableExec>>> {
    let taken = Packed::take(bytes)?;
    Some(taken.and_then(|taken| {
        let (projection, limit) = (&taken.1.projection, taken.1.limit);
        let projection = projection.iter().map(|column| *column as usize).collect();
        let limit = limit.map(|limit| limit as usize);
        Ok(Arc::new(JsTableExec::new(
            unpack_table(&taken)?,
            projection,
            limit,
        )?))
    }))
}

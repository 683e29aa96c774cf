//! Functions inside of plans: all that is to be known of them travels along.

use super::aggregate::JsAggregate;
use super::definition::Definition;
use super::scalar::JsScalar;
use super::window::{Frames, JsWindow};
use datafusion::arrow::compute::SortOptions;
use datafusion::error::{DataFusionError, Result};
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowFrame, WindowUDF};
use datafusion_proto::protobuf;
use prost::Message;
use std::sync::Arc;

/// Tells our messages from others'. The last byte is the version.
const MAGIC: &[u8] = b"ballista-udf\x01";

#[derive(Clone, PartialEq, Message)]
struct Packed {
    #[prost(string, tag = "1")]
    definition: String,
    #[prost(message, optional, tag = "2")]
    frame: Option<protobuf::WindowFrame>,
    /// Of each column that frames are about: whether it descends, and whether nulls are first.
    #[prost(bool, repeated, tag = "3")]
    descending: Vec<bool>,
    #[prost(bool, repeated, tag = "4")]
    nulls_first: Vec<bool>,
}

impl Packed {
    fn new(definition: &Definition) -> Result<Self> {
        Ok(Self {
            definition: definition.json()?,
            ..Self::default()
        })
    }

    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend_from_slice(MAGIC);
        bytes.extend(self.encode_to_vec());
    }

    /// `None`: it is no function of TypeScript.
    fn take(bytes: &[u8]) -> Option<Result<(Arc<Definition>, Self)>> {
        let packed = Self::decode(bytes.strip_prefix(MAGIC)?);
        Some(
            packed
                .map_err(|error| DataFusionError::Internal(format!("a bad function: {error}")))
                .and_then(|packed| Ok((Arc::new(Definition::parse(&packed.definition)?), packed))),
        )
    }
}

pub fn encode_scalar(function: &ScalarUDF, bytes: &mut Vec<u8>) -> Result<()> {
    if let Some(function) = JsScalar::of(function) {
        Packed::new(&function.function.definition)?.put(bytes);
    }
    Ok(())
}

pub fn encode_aggregate(function: &AggregateUDF, bytes: &mut Vec<u8>) -> Result<()> {
    if let Some(function) = JsAggregate::of(function) {
        Packed::new(&function.function.definition)?.put(bytes);
    }
    Ok(())
}

pub fn encode_window(function: &WindowUDF, bytes: &mut Vec<u8>) -> Result<()> {
    let Some(function) = JsWindow::of(function) else {
        return Ok(());
    };
    let mut packed = Packed::new(&function.function.definition)?;
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

//! Decodes Arrow IPC messages from outside. The engine's decoders trust lengths, counts and types: wrong ones
//! make them panic, or allocate until the process ends. So these are checked first.

mod batch;
pub mod footer;
pub mod memory;
mod schema;

use crate::damage::{caught, damaged, natural, Checked, Damage};
use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::buffer::Buffer;
use datafusion::arrow::datatypes::{DataType, Field, Fields, SchemaRef};
use datafusion::arrow::ipc::reader::{read_dictionary, read_record_batch};
use datafusion::arrow::ipc::{root_as_message, DictionaryBatch, Message};
use std::collections::HashMap;

/// Both ends of a file.
pub const MAGIC: &[u8] = b"ARROW1";

/// Before the length of a message's metadata, except in files of before 2019.
pub const CONTINUATION: [u8; 4] = [0xff; 4];

/// The metadata of a message.
pub fn message(metadata: &[u8]) -> Checked<Message<'_>> {
    root_as_message(metadata).map_err(|_| Damage("the metadata of a message is not valid".into()))
}

/// The number of bytes that follow the metadata.
pub fn body_length(message: &Message<'_>) -> Checked<u64> {
    natural(message.bodyLength(), "the length of a message")
}

/// The schema that a stream begins with.
pub fn stream_schema(message: &Message<'_>) -> Checked<SchemaRef> {
    match message.header_as_schema() {
        Some(header) => schema::checked(header),
        None => damaged!("it does not begin with a schema"),
    }
}

/// Decodes the messages after the schema.
pub struct Decoder {
    schema: SchemaRef,
    /// Selects columns, in this order.
    columns: Option<Vec<usize>>,
    dictionaries: HashMap<i64, ArrayRef>,
}

impl Decoder {
    pub fn new(schema: SchemaRef, columns: Option<Vec<usize>>) -> Self {
        Self {
            schema,
            columns,
            dictionaries: HashMap::new(),
        }
    }

    /// The rows of a message; `None` for a dictionary, which is kept for later messages.
    pub fn decode(&mut self, message: &Message<'_>, body: &Buffer) -> Checked<Option<RecordBatch>> {
        let version = message.version();
        if let Some(batch) = message.header_as_record_batch() {
            batch::check(batch, self.schema.fields(), version, body)?;
            let columns = self.columns.as_deref();
            let schema = self.schema.clone();
            let dictionaries = &self.dictionaries;
            return caught(|| read_record_batch(body, batch, schema, dictionaries, columns, &version))
                .map(Some);
        }
        if let Some(dictionary) = message.header_as_dictionary_batch() {
            let Some(values) = dictionary.data() else {
                return damaged!("a dictionary has no values");
            };
            batch::check(values, &self.values_of(&dictionary)?, version, body)?;
            let (schema, dictionaries) = (&self.schema, &mut self.dictionaries);
            caught(|| read_dictionary(body, dictionary, schema, dictionaries, &version))?;
            return Ok(None);
        }
        damaged!("a message holds neither rows nor a dictionary")
    }

    /// The only column of a dictionary.
    fn values_of(&self, dictionary: &DictionaryBatch<'_>) -> Checked<Fields> {
        let id = dictionary.id();
        #[allow(deprecated)] // Nothing else finds the columns of a dictionary.
        let columns = self.schema.fields_with_dict_id(id);
        match columns.first().map(|column| column.data_type()) {
            Some(DataType::Dictionary(_, values)) => {
                Ok(Fields::from(vec![Field::new("", values.as_ref().clone(), true)]))
            }
            _ => damaged!("no column uses the dictionary {id}"),
        }
    }
}

/// The length of the metadata, and how many bytes say it; a length of 0 ends a stream. `None` if there are too
/// few bytes.
fn prefix(bytes: &[u8]) -> Checked<Option<(u64, usize)>> {
    let continues = bytes.starts_with(&CONTINUATION);
    let start = if continues { 4 } else { 0 };
    let Some(length) = bytes.get(start..start + 4) else {
        return Ok(None);
    };
    let length = i32::from_le_bytes(length.try_into().map_err(Damage::of)?);
    let length = natural(length, "the length of a message's metadata")?;
    Ok(Some((length, start + 4)))
}

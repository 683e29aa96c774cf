//! Finds the line that made a scan of JSON fail. The engine's readers do not count lines, so they are read once more.

use crate::damage::{damaged, Damage};
use crate::scan::input::part::TextPart;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::reader::Decoder;
use datafusion::arrow::json::ReaderBuilder;
use datafusion::error::{DataFusionError, Result};
use futures::TryStreamExt;
use serde::de::IgnoredAny;
use serde_json::Value;

/// How many records are read at once, until they cannot be read.
const BATCH: usize = 8192;
/// A larger array is not read once more, because all of it would be in memory.
const LARGE: usize = 256 << 20;

/// The byte order mark that some editors write at the start of UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

fn is_json(error: &DataFusionError) -> bool {
    matches!(error, DataFusionError::ArrowError(error, _) if matches!(**error, ArrowError::JsonError(_) | ArrowError::ParseError(_)))
}

/// Adds the line to an error of the engine's reader of lines. `schema`: the columns that are read.
pub async fn located(error: DataFusionError, part: &TextPart, schema: &SchemaRef) -> DataFusionError {
    if !is_json(&error) {
        return error;
    }
    match bad_line(part, schema).await {
        Ok(Some(damage)) => damage.into(),
        _ => error,
    }
}

async fn bad_line(part: &TextPart, schema: &SchemaRef) -> Result<Option<Damage>> {
    let decoder = |batch| {
        ReaderBuilder::new(schema.clone())
            .with_batch_size(batch)
            .build_decoder()
    };
    let mut chunks = part.bytes().await?;
    let mut batch = decoder(BATCH)?;
    // The bytes of the batch, and how many lines are before them.
    let (mut bytes, mut line) = (vec![], 0);
    while let Some(chunk) = chunks.try_next().await? {
        let mut rest = &chunk[..];
        while !rest.is_empty() {
            let Ok(read) = batch.decode(rest) else {
                bytes.extend_from_slice(rest);
                return in_batch(&bytes, line, part, decoder(1)?).await;
            };
            bytes.extend_from_slice(&rest[..read]);
            rest = &rest[read..];
            if rest.is_empty() {
                break;
            }
            if batch.flush().is_err() {
                return in_batch(&bytes, line, part, decoder(1)?).await;
            }
            line += part.lines(&bytes);
            bytes.clear();
            // The bytes of a local file come without a pause.
            tokio::task::yield_now().await;
        }
    }
    match batch.flush() {
        Ok(_) => Ok(None),
        Err(_) => in_batch(&bytes, line, part, decoder(1)?).await,
    }
}

/// What is wrong with the first record that cannot be read. `decoder`: of single records.
async fn in_batch(
    bytes: &[u8],
    before: usize,
    part: &TextPart,
    mut decoder: Decoder,
) -> Result<Option<Damage>> {
    // An object may have several lines.
    let mut begin = 0;
    for (line, mut text) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        while !text.is_empty() {
            if decoder.is_empty() {
                begin = line;
            }
            let wrong = match decoder.decode(text) {
                Ok(read) => {
                    text = &text[read..];
                    if decoder.is_empty() || decoder.has_partial_record() {
                        continue;
                    }
                    decoder.flush().err().map(|error| (begin, error))
                }
                Err(error) => Some((line, error)),
            };
            if let Some((at, error)) = wrong {
                let mut text = text_of(error);
                if at > begin {
                    let at = part.line(before + at).await?;
                    text = format!("the object does not end before {at}, where the reader found: {text}");
                }
                return wrong_at(part, before + begin, &text).await.map(Some);
            }
        }
    }
    match decoder.flush() {
        Ok(_) => Ok(None),
        Err(error) => wrong_at(part, before + begin, &text_of(error)).await.map(Some),
    }
}

async fn wrong_at(part: &TextPart, line: usize, text: &str) -> Result<Damage> {
    Ok(Damage(format!("{}: {text}", part.line(line).await?)))
}

fn text_of(error: ArrowError) -> String {
    match error {
        ArrowError::JsonError(text) | ArrowError::ParseError(text) => text,
        error => error.to_string(),
    }
}

/// Checks that each of the first lines of a file is a value. The engine finds columns line by line. Returns how many there are.
pub async fn check_lines(part: &TextPart, most: usize) -> Result<usize> {
    let mut chunks = part.bytes().await?;
    let (mut bytes, mut line, mut records) = (vec![], 0, 0);
    loop {
        let chunk = chunks.try_next().await?;
        let is_last = chunk.is_none();
        let chunk = chunk.unwrap_or_default();
        let end = chunk.iter().rposition(|byte| *byte == b'\n');
        let end = match (is_last, end) {
            (true, _) => bytes.len(),
            (false, Some(end)) => bytes.len() + end + 1,
            (false, None) => 0,
        };
        bytes.extend_from_slice(&chunk);
        for text in bytes[..end].split_inclusive(|byte| *byte == b'\n') {
            line += 1;
            let text = text.trim_ascii_end();
            if text.is_empty() {
                continue;
            }
            if records == most {
                return Ok(records);
            }
            records += 1;
            if let Err(error) = serde_json::from_slice::<Value>(text) {
                return match text.starts_with(MARK) {
                    true => damaged!("it begins with a byte order mark, which JSON does not allow. Save it as UTF-8 without one"),
                    false if error.is_eof() => damaged!(
                        "line {line}: the value does not end on its line. Write one object on each line, or one array around all"
                    ),
                    false => damaged!("line {line}: {}", syntax(&error)),
                };
            }
        }
        bytes.drain(..end);
        if is_last {
            return Ok(records);
        }
    }
}

/// Adds the line to an error of the engine's reader of arrays.
pub async fn located_in_array(error: DataFusionError, part: &TextPart) -> DataFusionError {
    if !is_json(&error) {
        return error;
    }
    match whole(part)
        .await
        .map(|bytes| serde_json::from_slice::<IgnoredAny>(&bytes))
    {
        Ok(Err(syntax)) => of_text(&syntax).into(),
        _ => error,
    }
}

async fn whole(part: &TextPart) -> Result<Vec<u8>> {
    let (mut chunks, mut bytes) = (part.bytes().await?, vec![]);
    while let Some(chunk) = chunks.try_next().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGE {
            return damaged!("it is large");
        }
    }
    Ok(bytes)
}

/// What is wrong with a text.
pub fn of_text(error: &serde_json::Error) -> Damage {
    Damage(format!("line {}: {}", error.line(), syntax(error)))
}

/// The error without its line, which is that of the text that was given.
fn syntax(error: &serde_json::Error) -> String {
    let (text, column) = (error.to_string(), error.column());
    let place = format!(" at line {} column {column}", error.line());
    match text.strip_suffix(&place) {
        Some(what) => format!("{what} at column {column}"),
        None => text,
    }
}

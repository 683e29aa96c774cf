//! Finds the row that made a scan of CSV fail. The engine's reader counts lines from where it began, and columns from 0; so the
//! rows are read once more.

use super::lines::{Lines, Next};
use super::parser::{Parser, Records};
use super::pending::Pending;
use crate::damage::Damage;
use crate::scan::input::part::TextPart;
use datafusion::arrow::error::ArrowError;
use datafusion::error::{DataFusionError, Result};

/// The longest value that an error shows, in characters.
const SHOWN: usize = 100;

/// Whether a row does not fit the columns.
fn is_row(error: &DataFusionError) -> bool {
    match error {
        DataFusionError::ArrowError(error, _) => {
            // A null in a column that is not nullable is an invalid argument.
            matches!(
                **error,
                ArrowError::ParseError(_) | ArrowError::CsvError(_) | ArrowError::InvalidArgumentError(_)
            )
        }
        _ => false,
    }
}

/// Adds the row to an error of the engine's reader.
pub async fn located(error: DataFusionError, parser: &Parser, part: &TextPart) -> DataFusionError {
    if !is_row(&error) {
        return error;
    }
    match bad_row(parser, part).await {
        Ok(Some(damage)) => damage.into(),
        _ => error,
    }
}

/// What is wrong with the first row that does not fit.
async fn bad_row(parser: &Parser, part: &TextPart) -> Result<Option<Damage>> {
    let scan = &parser.scan;
    let mut pending = Pending::new(part.bytes().await?);
    let mut lines = Lines::new(&scan.options, true, false);
    let mut header = scan.has_header(part);
    let expected = scan.schema.fields().len();
    // The records since `first`, the number of a line.
    let (mut records, mut first, mut line) = (Records::default(), 0, 0);
    loop {
        let bytes = pending.bytes();
        let next = lines.next(bytes, pending.is_last());
        if next == Next::More {
            pending.fill().await?;
            continue;
        }
        let Next::Record(length) = next else {
            return misread(parser, &records, first, part).await;
        };
        let raw = &bytes[..length];
        let found = lines.values().len();
        let fits = found == expected || (found < expected && scan.options.truncated_rows == Some(true));
        match std::mem::take(&mut header) {
            true => first = part.lines(raw),
            false if fits => records.push(raw, false),
            _ => {
                if let Some(damage) = misread(parser, &records, first, part).await? {
                    return Ok(Some(damage));
                }
                let line = part.line(line + part.lines(lines.lead(raw))).await?;
                return Ok(Some(miscounted(
                    &line,
                    found,
                    &format!("there are {expected} columns"),
                    expected,
                )));
            }
        }
        line += part.lines(raw);
        pending.take(length);
        if records.ends.len() >= scan.batch_size {
            if let Some(damage) = misread(parser, &records, first, part).await? {
                return Ok(Some(damage));
            }
            (records, first) = (Records::default(), line);
            // The bytes of a local file come without a pause.
            tokio::task::yield_now().await;
        }
    }
}

/// The error of a line with too many or too few values. `but`: how many there should be.
pub fn miscounted(line: &str, found: usize, but: &str, expected: usize) -> Damage {
    let values = if found == 1 { "value" } else { "values" };
    let short = match found < expected {
        true => ", allow missing values with truncatedRows (in SQL, truncated_rows)",
        false => "",
    };
    Damage(format!(
        "{line} has {found} {values}, but {but}. Check the option delimiter{short}, or skip such rows with onBadRow: 'skip' (in SQL, on_bad_row)"
    ))
}

/// The error of a line with a value in another encoding.
pub fn not_utf8(line: &str, column: &str) -> Damage {
    Damage(format!(
        "{line} has a value of the column {column} that is not valid UTF-8. Convert the file, for example with iconv, or pass \
         onBadRow: 'skip' or 'null' (in SQL, on_bad_row)"
    ))
}

/// What is wrong with the first record that cannot be read. `first`: the number of its first line.
async fn misread(
    parser: &Parser,
    records: &Records,
    first: usize,
    part: &TextPart,
) -> Result<Option<Damage>> {
    let count = records.ends.len();
    let reads = |range: std::ops::Range<usize>, columns: &[usize]| {
        let rows = range.len();
        parser.decode(records.bytes(&range), rows, columns).is_ok()
    };
    let columns = &parser.scan.columns;
    if count == 0 || reads(0..count, columns) {
        return Ok(None);
    }
    let Some(at) = (0..count).find(|at| !reads(*at..at + 1, columns)) else {
        return Ok(None);
    };
    let raw = records.bytes(&(at..at + 1));
    let mut lines = Lines::new(&parser.scan.options, true, false);
    lines.next(raw, true);
    let before = if at == 0 { &[][..] } else { records.bytes(&(0..at)) };
    let line = part
        .line(first + part.lines(before) + part.lines(lines.lead(raw)))
        .await?;
    // The reader needs a record that is UTF-8, whatever it reads of it.
    let unread = || {
        columns
            .iter()
            .copied()
            .find(|column| !reads(at..at + 1, &[*column]))
    };
    let Some(column) = lines.not_utf8().or_else(unread) else {
        return Ok(None);
    };
    let field = parser.scan.schema.field(column);
    let (name, value) = (field.name(), lines.values().nth(column).unwrap_or_default());
    Ok(Some(Damage(match std::str::from_utf8(value) {
        Err(_) => not_utf8(&line, name).0,
        Ok("") if !field.is_nullable() => {
            format!("{line} has no value for the column {name}, which is not nullable")
        }
        Ok(text) => {
            let mut shown: String = text.chars().take(SHOWN).collect();
            if shown.len() < text.len() {
                shown.push('…');
            }
            format!(
                "{line} has the value \"{shown}\" for the column {name}, which cannot be read as {}. Give the column another \
                 type with columnTypes or schema (in SQL, declare the columns), or pass onBadRow: 'skip' or 'null' (in SQL, on_bad_row)",
                field.data_type()
            )
        }
    })))
}

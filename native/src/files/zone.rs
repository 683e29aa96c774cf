//! The time zones of time stamps. The engine finds time stamps without one, and moves those that have one to UTC.

use datafusion::arrow::datatypes::{DataType, TimeUnit};

const UTC: &str = "+00:00";

/// The time zones of the values of a column.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Zones {
    /// There was no time stamp.
    #[default]
    Unknown,
    None,
    /// All values have this offset.
    One(String),
    Several,
    /// Some values have one, others have none.
    Mixed,
}

impl Zones {
    pub fn add(&mut self, value: &str) {
        let Some(found) = zone(value) else { return };
        let next = match (std::mem::take(self), found) {
            (Self::Unknown, None) | (Self::None, None) => Self::None,
            (Self::Unknown, Some(zone)) => Self::One(zone),
            (Self::One(known), Some(zone)) if known == zone => Self::One(known),
            (Self::One(_) | Self::Several, Some(_)) => Self::Several,
            _ => Self::Mixed,
        };
        *self = next;
    }

    /// The type of a column that the engine takes for time stamps without a zone.
    pub fn of(&self, unit: TimeUnit) -> DataType {
        match self {
            Self::Unknown | Self::None => DataType::Timestamp(unit, None),
            Self::One(zone) => DataType::Timestamp(unit, Some(zone.as_str().into())),
            Self::Several => DataType::Timestamp(unit, Some(UTC.into())),
            Self::Mixed => DataType::Utf8,
        }
    }
}

/// The offset of a time stamp; `Some(None)` if it has none, `None` if the value is not a time stamp.
fn zone(value: &str) -> Option<Option<String>> {
    let (time, rest) = value.split_at_checked(19)?;
    if !matches!(time.as_bytes()[10], b'T' | b' ') {
        return None;
    }
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let rest = rest.trim();
    if rest.is_empty() {
        return Some(None);
    }
    Some(Some(offset(rest).unwrap_or_else(|| UTC.into())))
}

/// `+2`, `+0200` and `+02:00` as `+02:00`. `None` for a name such as `Z`.
fn offset(text: &str) -> Option<String> {
    let sign = text.chars().next().filter(|sign| matches!(sign, '+' | '-'))?;
    let digits: String = text[1..].chars().filter(char::is_ascii_digit).collect();
    let digits = match digits.len() {
        2 => format!("{digits}00"),
        4 => digits,
        _ => return None,
    };
    let (hours, minutes) = digits.split_at(2);
    match (hours, minutes) {
        ("00", "00") => Some(UTC.into()),
        _ => Some(format!("{sign}{hours}:{minutes}")),
    }
}

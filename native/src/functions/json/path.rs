//! Finds a value in JSON text without parsing the rest into objects.

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

#[derive(Clone, Debug)]
pub enum Step {
    Key(String),
    /// A negative position counts from the end.
    Position(i64),
}

/// The steps of a path such as `$.a[0]."b c"`. `None` if the text is another one.
pub fn steps(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let step = match rest.strip_prefix('.') {
            Some(after) => {
                let (key, after) = match after.strip_prefix('"') {
                    Some(quoted) => quoted.split_once('"')?,
                    None => after.split_at(after.find(['.', '[']).unwrap_or(after.len())),
                };
                rest = after;
                Step::Key(key.to_owned()).checked(key != "*" && !key.is_empty())?
            }
            None => {
                let (inside, after) = rest.strip_prefix('[')?.split_once(']')?;
                rest = after;
                let quoted = |quote| inside.strip_prefix(quote)?.strip_suffix(quote);
                match quoted('\'').or_else(|| quoted('"')) {
                    Some(key) => Step::Key(key.to_owned()),
                    None => Step::Position(inside.parse().ok()?),
                }
            }
        };
        steps.push(step);
    }
    Some(steps)
}

impl Step {
    fn checked(self, valid: bool) -> Option<Self> {
        valid.then_some(self)
    }
}

/// The JSON of a value. `None` if the text is not JSON, or has no such value.
pub fn find<'a>(json: &'a str, steps: &[Step]) -> Option<&'a str> {
    let mut found = serde_json::from_str::<&RawValue>(json).ok()?.get();
    for step in steps {
        found = match step {
            Step::Key(key) => members(found, |name| name == key.as_str())?.into_iter().next()?.1,
            Step::Position(position) => {
                let elements = elements(found)?;
                let position = match *position {
                    from_end if from_end < 0 => {
                        elements.len().checked_sub(from_end.unsigned_abs() as usize)?
                    }
                    from_start => from_start as usize,
                };
                elements.get(position)?
            }
        };
    }
    Some(found)
}

/// The elements of an array.
pub fn elements(json: &str) -> Option<Vec<&str>> {
    struct Elements;
    impl<'de> Visitor<'de> for Elements {
        type Value = Vec<&'de str>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
            let mut elements = Vec::new();
            while let Some(element) = sequence.next_element::<&RawValue>()? {
                elements.push(element.get());
            }
            Ok(elements)
        }
    }
    serde_json::Deserializer::from_str(json)
        .deserialize_seq(Elements)
        .ok()
}

/// Copied only if it has escape sequences.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object with these names.
pub fn members(json: &str, wanted: impl Fn(&str) -> bool) -> Option<Vec<(Cow<'_, str>, &str)>> {
    struct Members<F>(F);
    impl<'de, F: Fn(&str) -> bool> Visitor<'de> for Members<F> {
        type Value = Vec<(Cow<'de, str>, &'de str)>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut members = Vec::new();
            while let Some(Name(name)) = map.next_key()? {
                match (self.0)(&name) {
                    true => members.push((name, map.next_value::<&RawValue>()?.get())),
                    false => {
                        map.next_value::<IgnoredAny>()?;
                    }
                }
            }
            Ok(members)
        }
    }
    serde_json::Deserializer::from_str(json)
        .deserialize_map(Members(wanted))
        .ok()
}

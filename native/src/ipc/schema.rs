//! Checks the schema of a stream or file. The engine panics on types that it does not know.

use crate::damage::{caught, damaged, Checked};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::ipc::convert::fb_to_schema;
use datafusion::arrow::ipc::{
    DateUnit, Endianness, Field, Int, IntervalUnit, Precision, Schema, TimeUnit, Type, UnionMode,
};
use std::collections::HashSet;
use std::sync::Arc;

/// As many types as a union can have.
const UNION_TYPES: usize = 128;

pub fn checked(schema: Schema<'_>) -> Checked<SchemaRef> {
    if schema.endianness() != Endianness::Little {
        return damaged!("its numbers are big-endian, which is not supported");
    }
    let Some(fields) = schema.fields() else {
        return damaged!("its schema has no list of columns");
    };
    for field in fields {
        check(field)?;
    }
    caught(|| Ok::<_, ArrowError>(Arc::new(fb_to_schema(schema))))
}

fn check(field: Field<'_>) -> Checked<()> {
    let index = field.dictionary().map(|dictionary| dictionary.indexType());
    if index.is_some_and(|index| !is_int(index)) || !is_known(&field) {
        return damaged!(
            "the type of the column \"{}\" is not a type of Arrow",
            field.name().unwrap_or_default()
        );
    }
    for child in field.children().into_iter().flatten() {
        check(child)?;
    }
    Ok(())
}

fn is_int(int: Option<Int<'_>>) -> bool {
    int.is_some_and(|int| matches!(int.bitWidth(), 8 | 16 | 32 | 64))
}

fn is_time_unit(unit: TimeUnit) -> bool {
    (TimeUnit::SECOND..=TimeUnit::NANOSECOND).contains(&unit)
}

fn is_known(field: &Field<'_>) -> bool {
    let children = field.children().map_or(0, |children| children.len());
    match field.type_type() {
        Type::Null | Type::Bool | Type::Binary | Type::BinaryView | Type::LargeBinary => true,
        Type::Utf8 | Type::Utf8View | Type::LargeUtf8 | Type::Struct_ => true,
        Type::Int => is_int(field.type_as_int()),
        Type::FixedSizeBinary => field
            .type_as_fixed_size_binary()
            .is_some_and(|binary| binary.byteWidth() >= 0),
        Type::FloatingPoint => field
            .type_as_floating_point()
            .is_some_and(|float| (Precision::HALF..=Precision::DOUBLE).contains(&float.precision())),
        Type::Date => field
            .type_as_date()
            .is_some_and(|date| matches!(date.unit(), DateUnit::DAY | DateUnit::MILLISECOND)),
        Type::Time => field
            .type_as_time()
            .is_some_and(|time| match (time.bitWidth(), time.unit()) {
                (32, unit) => matches!(unit, TimeUnit::SECOND | TimeUnit::MILLISECOND),
                (64, unit) => matches!(unit, TimeUnit::MICROSECOND | TimeUnit::NANOSECOND),
                _ => false,
            }),
        Type::Timestamp => field
            .type_as_timestamp()
            .is_some_and(|timestamp| is_time_unit(timestamp.unit())),
        Type::Duration => field
            .type_as_duration()
            .is_some_and(|duration| is_time_unit(duration.unit())),
        Type::Interval => field.type_as_interval().is_some_and(|interval| {
            (IntervalUnit::YEAR_MONTH..=IntervalUnit::MONTH_DAY_NANO).contains(&interval.unit())
        }),
        Type::List | Type::LargeList | Type::ListView | Type::LargeListView | Type::Map => children == 1,
        Type::FixedSizeList => {
            let list = field.type_as_fixed_size_list();
            children == 1 && list.is_some_and(|list| list.listSize() >= 0)
        }
        Type::RunEndEncoded => children == 2,
        Type::Decimal => field.type_as_decimal().is_some_and(|decimal| {
            let digits = match decimal.bitWidth() {
                32 => 9,
                64 => 18,
                128 => 38,
                256 => 76,
                _ => 0,
            };
            (1..=digits).contains(&decimal.precision()) && i8::try_from(decimal.scale()).is_ok()
        }),
        Type::Union => field.type_as_union().is_some_and(|union| {
            let mode = matches!(union.mode(), UnionMode::Dense | UnionMode::Sparse);
            mode && children <= UNION_TYPES
                && union.typeIds().is_none_or(|ids| {
                    let known: HashSet<i32> = ids
                        .iter()
                        .filter(|id| (0..UNION_TYPES as i32).contains(id))
                        .collect();
                    known.len() == children && ids.len() == children
                })
        }),
        _ => false,
    }
}

//! The aggregate function `mode`: the most frequent value. Executors need it, because no other function can express it.

use super::described::Described;
use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Int64Type};
use datafusion::common::not_impl_err;
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, Documentation, Signature, Volatility,
};
use datafusion::scalar::ScalarValue;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::mem::{size_of, size_of_val};
use std::sync::{Arc, LazyLock};

pub static MODE: LazyLock<Arc<AggregateUDF>> = LazyLock::new(|| {
    let described = Described {
        names: &["mode"],
        section: "Statistical Functions",
        syntax: "mode(expression)",
        text: "Returns the most frequent non-null value. If several are equally frequent, returns the least of them.",
        args: &[("expression", "The values.")],
    };
    Arc::new(AggregateUDF::from(Mode {
        name: described.name(),
        signature: Signature::any(1, Volatility::Immutable),
        documentation: described.documentation(),
    }))
});

#[derive(Debug, PartialEq, Eq, Hash)]
struct Mode {
    name: &'static str,
    signature: Signature,
    documentation: Documentation,
}

impl AggregateUDFImpl for Mode {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        Ok(types[0].clone())
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return not_impl_err!("mode does not accept DISTINCT: all values would be equally frequent.");
        }
        Ok(Box::new(Counts {
            kind: args.return_field.data_type().clone(),
            counts: HashMap::new(),
            heap: 0,
        }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let list = |name: &str, kind: &DataType| {
            let item = Field::new_list_field(kind.clone(), true);
            Arc::new(Field::new_list(format_state_name(args.name, name), item, true))
        };
        Ok(vec![
            list("values", args.return_field.data_type()),
            list("counts", &DataType::Int64),
        ])
    }

    fn documentation(&self) -> Option<&Documentation> {
        Some(&self.documentation)
    }
}

/// How often each value occurs.
#[derive(Debug)]
struct Counts {
    kind: DataType,
    counts: HashMap<ScalarValue, i64>,
    /// The memory of the values outside of the map, in bytes.
    heap: usize,
}

impl Counts {
    fn add(&mut self, value: ScalarValue, more: i64) {
        if let Some(count) = self.counts.get_mut(&value) {
            *count += more;
            // A window that moves on leaves values behind.
            if *count == 0 {
                if let Some((value, _)) = self.counts.remove_entry(&value) {
                    self.heap -= value.size() - size_of::<ScalarValue>();
                }
            }
            return;
        }
        let value = value.compacted();
        self.heap += value.size() - size_of::<ScalarValue>();
        self.counts.insert(value, more);
    }

    fn add_all(&mut self, values: &ArrayRef, more: impl Fn(usize) -> i64) -> Result<()> {
        for row in 0..values.len() {
            let value = ScalarValue::try_from_array(values, row)?;
            if !value.is_null() {
                self.add(value, more(row));
            }
        }
        Ok(())
    }
}

impl Accumulator for Counts {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add_all(&values[0], |_| 1)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add_all(&values[0], |_| -1)
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (values, counts) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        for row in 0..values.len() {
            let counts = counts.value(row);
            let counts = counts.as_primitive::<Int64Type>();
            self.add_all(&values.value(row), |i| counts.value(i))?;
        }
        Ok(())
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let (values, counts): (Vec<_>, Vec<_>) = self
            .counts
            .iter()
            .map(|(value, count)| (value.clone(), ScalarValue::from(*count)))
            .unzip();
        let list =
            |values: &[ScalarValue], kind| ScalarValue::List(ScalarValue::new_list_nullable(values, kind));
        Ok(vec![list(&values, &self.kind), list(&counts, &DataType::Int64)])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mode = self.counts.iter().max_by(|(value, count), (other, than)| {
            let least_first = || other.partial_cmp(value).unwrap_or(Ordering::Equal);
            count.cmp(than).then_with(least_first)
        });
        match mode {
            Some((value, _)) => Ok(value.clone()),
            None => ScalarValue::try_from(&self.kind),
        }
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.heap + self.counts.capacity() * size_of::<(ScalarValue, i64)>()
    }
}

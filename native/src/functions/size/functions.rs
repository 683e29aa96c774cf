//! The functions whose results may be much larger than their arguments.

use super::Size;

/// Of DataFusion. `None`: only the type of the result is checked.
pub const SIZES: [(&str, Option<Size>); 24] = [
    ("array_append", Some(Size::Joined)),
    ("array_concat", Some(Size::Joined)),
    ("array_prepend", Some(Size::Joined)),
    ("array_repeat", Some(Size::RepeatedList)),
    ("array_replace", Some(Size::ReplacedElements)),
    ("array_replace_all", Some(Size::ReplacedElements)),
    ("array_replace_n", Some(Size::ReplacedElements)),
    ("array_resize", Some(Size::ResizedList)),
    ("array_to_string", Some(Size::JoinedList)),
    ("arrow_cast", None),
    ("arrow_try_cast", None),
    ("cast_to_type", None),
    ("concat", Some(Size::Joined)),
    ("concat_ws", Some(Size::Separated)),
    ("generate_series", Some(Size::Series)),
    ("lpad", Some(Size::Padded)),
    ("overlay", Some(Size::Joined)),
    ("range", Some(Size::Series)),
    ("regexp_replace", Some(Size::ReplacedMatches)),
    ("repeat", Some(Size::Repeated)),
    ("replace", Some(Size::Replaced)),
    ("rpad", Some(Size::Padded)),
    ("to_char", Some(Size::FormattedTimes)),
    ("try_cast_to_type", None),
];

/// Of Spark, whose functions are all wrapped.
pub const SPARK_SIZES: [(&str, Size); 6] = [
    ("array", Size::Joined),
    ("array_repeat", Size::RepeatedList),
    ("concat", Size::Joined),
    ("concat_ws", Size::Separated),
    ("format_string", Size::Formatted),
    ("space", Size::Spaces),
];

/**
 * The documentation of Spark's functions, by family, because the engine registers them without any. A function has a
 * description and its arguments. `?` marks an optional argument, and `...` any number of arguments.
 *
 * @module
 */

/** @typedef {readonly [description: string, ...args: string[]]} Description */

/** @type {Readonly<Record<string, Readonly<Record<string, Description>>>>} by family, then by SQL name */
export const SPARK = {
  aggregate: {
    avg: ['Returns the mean of the non-null values, always as a Float64.', 'expression: Expr: numbers'],
    collect_list: [
      'Returns an array of the non-null values, or an empty array if there are none.',
      'expression: Expr: the values',
    ],
    collect_set: [
      'Returns an array of the distinct non-null values, in no particular order, or an empty array if there are none.',
      'expression: Expr: the values',
    ],
    try_sum: ['Returns the sum of the non-null values, or null if the sum overflows.', 'expression: Expr: numbers'],
  },
  array: {
    array: ['Returns an array of the given values.', '...elements: the values, all of the same type'],
    array_contains: [
      'Returns true if an array contains a value, null if it does not but contains a null, and otherwise false.',
      'array: the array',
      'element: the value',
    ],
    array_repeat: ['Returns an array that repeats a value.', 'element: the value', 'count: the number of repetitions'],
    shuffle: [
      'Returns the elements of an array in random order.',
      'array: the array',
      'seed?: an integer that makes the order repeatable',
    ],
    size: ['Returns the number of elements of an array or a map, or -1 for null.', 'collection: the array or map'],
    slice: [
      'Returns a part of an array, given its start and its length.',
      'array: the array',
      'start: the position of the first element: 1, 2, … from the start, or -1, -2, … from the end',
      'length: the number of elements',
    ],
  },
  bitwise: {
    bit_count: ['Returns the number of bits of an integer that are 1.', 'value: the integer'],
    bit_get: [
      'Returns one bit of an integer, 0 or 1.',
      'value: the integer',
      'position: the position of the bit; 0 is the lowest bit',
    ],
    bitmap_bit_position: [
      'Returns the position, from 0, of the bit of an integer in the bitmap of its bucket.',
      'value: the integer',
    ],
    bitmap_bucket_number: [
      'Returns the number of the bucket whose bitmap has the bit of an integer.',
      'value: the integer',
    ],
    bitmap_count: ['Returns the number of bits of a bitmap that are 1.', 'bitmap: the bitmap, as binary'],
    bitwise_not: ['Inverts all bits of an integer.', 'value: the integer'],
    shiftleft: ['Shifts the bits of an integer to the left.', 'value: the integer', 'shift: the number of bits'],
    shiftright: [
      'Shifts the bits of an integer to the right and keeps the sign.',
      'value: the integer',
      'shift: by how many bits',
    ],
    shiftrightunsigned: [
      'Shifts the bits of an integer to the right and fills with zeros.',
      'value: the integer',
      'shift: by how many bits',
    ],
  },
  conditional: {
    if: [
      'Returns one of two values, depending on a condition.',
      'condition: a boolean',
      'whenTrue: the value if the condition is true',
      'whenFalse: the value if the condition is false or null',
    ],
  },
  conversion: {
    spark_cast: [
      "Converts seconds since 1970-01-01 UTC to a timestamp in the session's time zone, limited to the range of timestamps.",
      'value: the number of seconds',
      "type: always `'timestamp'`, the only supported type",
    ],
  },
  datetime: {
    add_months: [
      'Adds months to a date. If the resulting month has no such day, returns its last day.',
      'start: the date',
      'months: the number of months; a negative number goes back',
    ],
    date_add: ['Adds days to a date.', 'start: the date', 'days: the number of days; a negative number goes back'],
    date_diff: [
      'Returns the number of days from `start` to `end`, negative if `end` is earlier.',
      'end: the end date',
      'start: the start date',
    ],
    date_part: [
      "Returns a part of a date or timestamp as an integer. For the day of the week (`'dow'`), Sunday is 1.",
      "field: the name of the part, such as `'year'`, `'dow'` or `'minute'`",
      'source: the date or timestamp',
    ],
    date_sub: [
      'Subtracts days from a date.',
      'start: the date',
      'days: the number of days; a negative number goes forward',
    ],
    date_trunc: [
      'Truncates a timestamp to a unit.',
      "format: the unit, such as `'year'`, `'mon'` or `'hour'`",
      'timestamp: the timestamp',
    ],
    from_utc_timestamp: [
      'Converts a timestamp from UTC to the local time of a time zone.',
      'timestamp: the timestamp',
      "timezone: the name of the time zone, such as `'Asia/Seoul'`, or its offset",
    ],
    hour: ['Returns the hour of a timestamp.', 'timestamp: the timestamp'],
    last_day: ['Returns the last day of the month of a date.', 'date: the date'],
    make_dt_interval: [
      'Returns a duration. Omitted arguments are 0.',
      'days?: days',
      'hours?: hours',
      'mins?: minutes',
      'secs?: seconds, which can have a fraction',
    ],
    make_interval: [
      'Returns an interval. Omitted arguments are 0.',
      'years?: years',
      'months?: months',
      'weeks?: weeks',
      'days?: days',
      'hours?: hours',
      'mins?: minutes',
      'secs?: seconds, which can have a fraction',
    ],
    minute: ['Returns the minute of a timestamp.', 'timestamp: the timestamp'],
    monthname: ['Returns the three-letter English name of a month.', 'date: a date or timestamp'],
    next_day: [
      'Returns the first date after a date that is a given day of the week.',
      'date: the date',
      "dayOfWeek: the English name of the day, such as `'Mon'` or `'friday'`",
    ],
    second: ['Returns the second of a timestamp.', 'timestamp: the timestamp'],
    time_trunc: [
      'Truncates a time of day to a unit.',
      "unit: the unit, such as `'HOUR'` or `'MINUTE'`",
      'time: the time of day',
    ],
    to_utc_timestamp: [
      'Converts a timestamp from the local time of a time zone to UTC.',
      'timestamp: the timestamp',
      "timezone: the name of the time zone, such as `'Asia/Seoul'`, or its offset",
    ],
    trunc: [
      'Truncates a date to a unit.',
      'date: the date',
      "format: the unit, such as `'year'`, `'quarter'`, `'mon'` or `'week'`",
    ],
    unix_date: ['Returns the number of days from 1970-01-01 to a date.', 'date: the date'],
    unix_micros: ['Returns the number of microseconds from 1970-01-01 UTC to a timestamp.', 'timestamp: the timestamp'],
    unix_millis: ['Returns the number of milliseconds from 1970-01-01 UTC to a timestamp.', 'timestamp: the timestamp'],
    unix_seconds: ['Returns the number of seconds from 1970-01-01 UTC to a timestamp.', 'timestamp: the timestamp'],
    weekday: ['Returns the day of the week, from 0 (Monday) to 6 (Sunday).', 'date: a date or timestamp'],
  },
  hashing: {
    crc32: [
      'Returns the CRC-32 checksum of a string or of binary data as an integer.',
      'value: a string or binary data',
    ],
    sha1: ['Returns the SHA-1 hash as a hexadecimal string.', 'value: a string or binary data'],
    sha2: [
      'Returns a hash of the SHA-2 family as a hexadecimal string.',
      'value: a string or binary data',
      'bitLength: 224, 256, 384 or 512; 0 means 256',
    ],
    xxhash64: ['Returns a single 64-bit xxHash of all values, with seed 42.', '...values: the values, of any type'],
  },
  json: {
    json_tuple: [
      'Extracts top-level keys of a JSON object as strings, in a struct with the fields `c0`, `c1`, …, which are null for missing keys.',
      'json: the JSON, as a string',
      '...fields: the keys',
    ],
  },
  map: {
    map_from_arrays: [
      'Creates a map from an array of keys and an array of values.',
      'keys: the keys',
      'values: the values',
    ],
    map_from_entries: [
      'Creates a map from an array of structs with two fields, the key and the value.',
      'entries: the array',
    ],
    str_to_map: [
      'Creates a map from a string: splits the string into pairs, and each pair into a key and a value.',
      'text: the string',
      "pairDelim?: the separator between pairs; default `','`",
      "keyValueDelim?: the separator between a key and its value; default `':'`",
    ],
  },
  math: {
    abs: [
      'Returns the absolute value. The smallest integer of a type stays negative, because its absolute value does not fit.',
      'value: the number',
    ],
    atan2: ['Returns the angle from the x axis to a point, in radians.', 'y: the y coordinate', 'x: the x coordinate'],
    bin: ['Returns an integer as a string in binary notation.', 'value: the integer'],
    ceil: ['Returns the smallest integer that is greater than or equal to a number.', 'value: the number'],
    csc: ['Returns the cosecant of an angle.', 'value: an angle in radians'],
    expm1: ['Returns `exp(value) - 1`, and is accurate for values near 0.', 'value: the number'],
    factorial: ['Returns the factorial of an integer from 0 to 20, and null for other integers.', 'value: the integer'],
    floor: ['Returns the largest integer that is less than or equal to a number.', 'value: the number'],
    hex: ['Returns a value as a hexadecimal string.', 'value: an integer, a string or binary data'],
    hypot: ['Returns the square root of `a² + b²`, without intermediate overflow.', 'a: a number', 'b: a number'],
    mod: [
      'Returns the remainder of a division, with the sign of the dividend.',
      'dividend: a number',
      'divisor: a number',
    ],
    negative: ['Returns the value with the opposite sign.', 'value: a number or an interval'],
    pmod: [
      'Returns the remainder of a division, which is never negative for a positive divisor.',
      'dividend: a number',
      'divisor: a number',
    ],
    pow: [
      'Returns a number raised to a power, and Infinity for 0 raised to a negative power.',
      'base: the number',
      'exponent: the power',
    ],
    rint: ['Returns the nearest integer as a float, and the even one if two are equally near.', 'value: the number'],
    round: [
      'Rounds a number to decimal places, and rounds halves away from zero.',
      'value: the number',
      'scale?: the number of decimal places; a negative number rounds digits before the decimal point; default 0',
    ],
    sec: ['Returns the secant of an angle.', 'value: an angle in radians'],
    unhex: [
      'Decodes a hexadecimal string to binary data, or returns null if the string is not valid.',
      'value: the string',
    ],
    width_bucket: [
      'Returns the bucket of a number, from 1, among buckets of equal width: 0 is below all buckets, `numBuckets + 1` above.',
      'value: the number',
      'min: the start of the first bucket',
      'max: the end of the last bucket',
      'numBuckets: the number of buckets',
    ],
  },
  string: {
    ascii: ['Returns the code point of the first character, or 0 for an empty string.', 'text: the string'],
    base64: ['Encodes a string or binary data as base64.', 'value: a string or binary data'],
    char: ['Returns the character with the code point `code % 256`.', 'code: the code point'],
    concat: ['Concatenates strings, or returns null if one of them is null.', '...texts: the strings'],
    concat_ws: [
      'Concatenates strings with a separator between them, and skips nulls.',
      'separator: the separator',
      '...texts: strings, or arrays of strings',
    ],
    elt: [
      'Returns the n-th of several strings, or null if there is no such string.',
      'n: the position, from 1',
      '...texts: the strings',
    ],
    format_string: [
      'Returns a string from a format string like that of `printf`.',
      "format: the format string, such as `'%s is %d'`",
      '...values: the values to insert',
    ],
    ilike: [
      'Returns true if a string matches a pattern, ignoring case: `%` stands for any string, `_` for any character.',
      'text: the string',
      'pattern: the pattern',
    ],
    is_valid_utf8: ['Returns true if the bytes are valid UTF-8.', 'value: a string or binary data'],
    length: [
      'Returns the number of characters of a string, including trailing spaces, or of bytes of binary data.',
      'value: a string or binary data',
    ],
    like: [
      'Returns true if a string matches a pattern: `%` stands for any string, `_` for any character.',
      'text: the string',
      'pattern: the pattern',
    ],
    luhn_check: [
      'Returns true if a string of digits is valid according to the Luhn algorithm.',
      'digits: the digits, as a string',
    ],
    make_valid_utf8: [
      'Returns bytes as a string, and replaces invalid UTF-8 with U+FFFD.',
      'value: a string or binary data',
    ],
    quote: [
      'Returns a string in single quotes, with a backslash before each single quote in the string.',
      'text: the string',
    ],
    soundex: ['Returns the Soundex code of a word.', 'text: the word'],
    space: ['Returns a string of spaces.', 'count: the number of spaces'],
    substring: [
      'Returns a part of a string.',
      'text: the string',
      'position: the position of the first character: 1, 2, … from the start, or -1, -2, … from the end',
      'length?: the number of characters; default: all remaining characters',
    ],
    unbase64: ['Decodes base64 to binary data.', 'text: the base64 string'],
  },
  url: {
    parse_url: [
      'Extracts a part of a URL, or fails if the URL is not valid.',
      'url: the URL',
      "part: `'HOST'`, `'PATH'`, `'QUERY'`, `'REF'`, `'PROTOCOL'`, `'FILE'`, `'AUTHORITY'` or `'USERINFO'`",
      'key?: with `QUERY`, the name of the query parameter to extract',
    ],
    try_parse_url: [
      'Extracts a part of a URL, or returns null if the URL is not valid.',
      'url: the URL',
      "part: `'HOST'`, `'PATH'`, `'QUERY'`, `'REF'`, `'PROTOCOL'`, `'FILE'`, `'AUTHORITY'` or `'USERINFO'`",
      'key?: with `QUERY`, the name of the query parameter to extract',
    ],
    try_url_decode: [
      'Decodes a URL-encoded string, or returns null if it is not valid.',
      'text: the URL-encoded string',
    ],
    url_decode: ['Decodes a URL-encoded string, or fails if it is not valid.', 'text: the URL-encoded string'],
    url_encode: ['URL-encodes a string.', 'text: the string'],
  },
};

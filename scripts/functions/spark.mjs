/**
 * Spark's functions: the engine registers them without documentation, so it is here, in a family each. A function has a
 * description and its arguments; `?` marks an optional one, `...` any number.
 *
 * @module
 */

/** @typedef {readonly [description: string, ...args: string[]]} Description */

/** @type {Readonly<Record<string, Readonly<Record<string, Description>>>>} by family, then by SQL name */
export const SPARK = {
  aggregate: {
    avg: ['The mean of the values that are not null, always a Float64.', 'expression: Expr: numbers'],
    collect_list: [
      'A list of the values that are not null; empty where there are none.',
      'expression: Expr: the values',
    ],
    collect_set: [
      'A list of the different values that are not null, in no order; empty where there are none.',
      'expression: Expr: the values',
    ],
    try_sum: ['The sum of the values that are not null; null where it overflows.', 'expression: Expr: numbers'],
  },
  array: {
    array: ['An array of the values.', '...elements: the values, of one type'],
    array_contains: [
      'Whether an array has a value; null where it has not, but has a null.',
      'array: the array',
      'element: the value',
    ],
    array_repeat: ['An array that has a value several times.', 'element: the value', 'count: how many times'],
    shuffle: ['The elements of an array in random order.', 'array: the array', 'seed?: makes the order repeatable'],
    size: ['How many elements an array or a map has; -1 for null.', 'collection: the array or map'],
    slice: [
      'A part of an array, by its length.',
      'array: the array',
      'start: the place of the first element, from 1, or from the end as -1, -2, …',
      'length: how many elements',
    ],
  },
  bitwise: {
    bit_count: ['How many bits of an integer are 1.', 'value: the integer'],
    bit_get: ['One bit of an integer: 0 or 1.', 'value: the integer', 'position: from 0, the lowest bit'],
    bitmap_bit_position: ['The place of an integer in the bitmap of its bucket, from 0.', 'value: the integer'],
    bitmap_bucket_number: ['The bucket whose bitmap an integer belongs to.', 'value: the integer'],
    bitmap_count: ['How many bits of a bitmap are 1.', 'bitmap: binary'],
    bitwise_not: ['An integer with every bit flipped.', 'value: the integer'],
    shiftleft: ['An integer with its bits shifted to the left.', 'value: the integer', 'shift: by how many bits'],
    shiftright: [
      'An integer with its bits shifted to the right; it keeps the sign.',
      'value: the integer',
      'shift: by how many bits',
    ],
    shiftrightunsigned: [
      'An integer with its bits shifted to the right, zeros coming in.',
      'value: the integer',
      'shift: by how many bits',
    ],
  },
  conditional: {
    if: [
      'One of two values, by a condition.',
      'condition: a boolean',
      'whenTrue: the value where it is true',
      'whenFalse: the value where it is false or null',
    ],
  },
  conversion: {
    spark_cast: [
      "A number of seconds since 1970-01-01 as a timestamp in the session's time zone; what overflows becomes the last moment that fits.",
      'value: the number',
      "type: the one type there is, `'timestamp'`",
    ],
  },
  datetime: {
    add_months: [
      'The date that is some months after another; the last day of a month where that has no such day.',
      'start: the date',
      'months: how many; negative for earlier',
    ],
    date_add: ['The date that is some days after another.', 'start: the date', 'days: how many; negative for earlier'],
    date_diff: ['How many days lie between two dates.', 'end: the later date', 'start: the earlier one'],
    date_part: [
      'A part of a date, time, timestamp or interval, as an integer; the days of the week count from 1, Sunday.',
      "field: its name, such as `'year'`, `'dow'` or `'minute'`",
      'source: the date, time, timestamp or interval',
    ],
    date_sub: ['The date that is some days before another.', 'start: the date', 'days: how many; negative for later'],
    date_trunc: [
      'A timestamp with everything below a unit cut off.',
      "format: the unit, such as `'year'`, `'mon'` or `'hour'`",
      'timestamp: the timestamp',
    ],
    from_utc_timestamp: [
      'A timestamp in UTC as the wall clock of a time zone shows it.',
      'timestamp: the timestamp',
      "timezone: its name, such as `'Asia/Seoul'`, or its offset",
    ],
    hour: ['The hour of a timestamp.', 'timestamp: the timestamp'],
    last_day: ['The last day of the month of a date.', 'date: the date'],
    make_dt_interval: [
      'A length of time; what is left out is 0.',
      'days?: days',
      'hours?: hours',
      'mins?: minutes',
      'secs?: seconds, with a fraction',
    ],
    make_interval: [
      'An interval; what is left out is 0.',
      'years?: years',
      'months?: months',
      'weeks?: weeks',
      'days?: days',
      'hours?: hours',
      'mins?: minutes',
      'secs?: seconds, with a fraction',
    ],
    minute: ['The minute of a timestamp.', 'timestamp: the timestamp'],
    monthname: ['The name of the month in three letters.', 'date: a date or timestamp'],
    next_day: [
      'The first date after another that is a certain day of the week.',
      'date: the date',
      "dayOfWeek: the day in English, such as `'Mon'` or `'friday'`",
    ],
    second: ['The second of a timestamp.', 'timestamp: the timestamp'],
    time_trunc: [
      'A time of day with everything below a unit cut off.',
      "unit: the unit, such as `'HOUR'` or `'MINUTE'`",
      'time: the time of day',
    ],
    to_utc_timestamp: [
      'A timestamp that the wall clock of a time zone shows, in UTC.',
      'timestamp: the timestamp',
      "timezone: its name, such as `'Asia/Seoul'`, or its offset",
    ],
    trunc: [
      'A date with everything below a unit cut off.',
      'date: the date',
      "format: the unit, such as `'year'`, `'quarter'`, `'mon'` or `'week'`",
    ],
    unix_date: ['How many days a date is after 1970-01-01.', 'date: the date'],
    unix_micros: ['How many microseconds a timestamp is after 1970-01-01 UTC.', 'timestamp: the timestamp'],
    unix_millis: ['How many milliseconds a timestamp is after 1970-01-01 UTC.', 'timestamp: the timestamp'],
    unix_seconds: ['How many seconds a timestamp is after 1970-01-01 UTC.', 'timestamp: the timestamp'],
    weekday: ['The day of the week, from 0, Monday, to 6, Sunday.', 'date: a date or timestamp'],
  },
  hashing: {
    crc32: ['The cyclic redundancy check of bytes, as an integer.', 'value: text or binary'],
    sha1: ['The SHA-1 hash, in hexadecimal.', 'value: text or binary'],
    sha2: [
      'A hash of the SHA-2 family, in hexadecimal.',
      'value: text or binary',
      'bitLength: 224, 256, 384, 512, or 0 for 256',
    ],
    xxhash64: ['One 64-bit hash of all values, by xxHash with seed 42.', '...values: the values, of any types'],
  },
  json: {
    json_tuple: [
      'The values of some keys at the top of a JSON object, as the texts `c0`, `c1`, … of a struct; null where there is no such key.',
      'json: the JSON text',
      '...fields: the keys',
    ],
  },
  map: {
    map_from_arrays: ['A map from an array of keys and one of values.', 'keys: the keys', 'values: the values'],
    map_from_entries: ['A map from an array of structs of a key and a value.', 'entries: the array'],
    str_to_map: [
      'A map from text, which is split into pairs, and those into keys and values.',
      'text: the text',
      "pairDelim?: what parts pairs; default `','`",
      "keyValueDelim?: what parts a key from its value; default `':'`",
    ],
  },
  math: {
    abs: ['The absolute value; that of the smallest integer is itself.', 'value: a number or an interval'],
    atan2: ['The angle from the x axis to a point, in radians.', 'y: its y coordinate', 'x: its x coordinate'],
    bin: ['An integer in binary, as text.', 'value: the integer'],
    ceil: ['The smallest integer that is not below a number.', 'value: the number'],
    csc: ['The cosecant.', 'value: an angle in radians'],
    expm1: ['`exp(value) - 1`, also exact near 0.', 'value: the number'],
    factorial: ['The factorial; null outside of 0 to 20.', 'value: the integer'],
    floor: ['The largest integer that is not above a number.', 'value: the number'],
    hex: ['In hexadecimal, as text.', 'value: an integer, text or binary'],
    hypot: ['The square root of `a² + b²`, without overflow on the way.', 'a: a number', 'b: a number'],
    mod: ['The remainder of a division; it has the sign of the dividend.', 'dividend: a number', 'divisor: a number'],
    negative: ['The number with the other sign.', 'value: a number or an interval'],
    pmod: [
      'The remainder of a division, never negative for a positive divisor.',
      'dividend: a number',
      'divisor: a number',
    ],
    pow: ['A number to a power; Infinity for 0 to a negative one.', 'base: the number', 'exponent: the power'],
    rint: ['The nearest integer, as a float; the even one of two.', 'value: the number'],
    round: [
      'A number, rounded half up.',
      'value: the number',
      'scale?: how many digits after the point; negative for before it; default 0',
    ],
    sec: ['The secant.', 'value: an angle in radians'],
    unhex: ['Hexadecimal text as binary; null where it is none.', 'value: the text'],
    width_bucket: [
      'Which of some buckets of equal width a number falls into: from 1, 0 below all, and one more than there are above.',
      'value: the number',
      'min: where the first bucket starts',
      'max: where the last one ends',
      'numBuckets: how many there are',
    ],
  },
  string: {
    ascii: ['The code point of the first character; 0 for no text.', 'text: the text'],
    base64: ['Bytes in base64.', 'value: text or binary'],
    char: ['The character of a code, modulo 256.', 'code: the code'],
    concat: ['All texts after one another; null where one of them is.', '...texts: the texts'],
    concat_ws: [
      'All texts with a separator between them; nulls are left out.',
      'separator: the separator',
      '...texts: texts, or arrays of them',
    ],
    elt: ['One of the texts, by its place; null where there is none.', 'n: the place, from 1', '...texts: the texts'],
    format_string: [
      'Text from a format in the style of `printf`.',
      "format: the format, such as `'%s is %d'`",
      '...values: what is put in',
    ],
    ilike: [
      'Whether a text matches a pattern, whatever the case: `%` is any text, `_` any character.',
      'text: the text',
      'pattern: the pattern',
    ],
    is_valid_utf8: ['Whether bytes are UTF-8.', 'value: text or binary'],
    length: ['How many characters a text has, or bytes a binary; spaces at the end count.', 'value: text or binary'],
    like: [
      'Whether a text matches a pattern: `%` is any text, `_` any character.',
      'text: the text',
      'pattern: the pattern',
    ],
    luhn_check: ['Whether digits have the right check digit, after Luhn.', 'digits: the digits, as text'],
    make_valid_utf8: ['Bytes as text; what is no UTF-8 becomes U+FFFD.', 'value: text or binary'],
    quote: ['A text in single quotes, with a backslash before those in it.', 'text: the text'],
    soundex: ['The Soundex code of a word.', 'text: the word'],
    space: ['Text of spaces.', 'count: how many'],
    substring: [
      'A part of a text.',
      'text: the text',
      'position: of the first character, from 1, or from the end as -1, -2, …',
      'length?: how many characters; default: all that follow',
    ],
    unbase64: ['Base64 as binary.', 'text: the base64'],
  },
  url: {
    parse_url: [
      'A part of a URL; what is no URL fails the query.',
      'url: the URL',
      "part: `'HOST'`, `'PATH'`, `'QUERY'`, `'REF'`, `'PROTOCOL'`, `'FILE'`, `'AUTHORITY'` or `'USERINFO'`",
      'key?: of the one value of the query that is wanted',
    ],
    try_parse_url: [
      'A part of a URL; null for what is no URL.',
      'url: the URL',
      "part: `'HOST'`, `'PATH'`, `'QUERY'`, `'REF'`, `'PROTOCOL'`, `'FILE'`, `'AUTHORITY'` or `'USERINFO'`",
      'key?: of the one value of the query that is wanted',
    ],
    try_url_decode: ['Text from its form in a URL; null for what is none.', 'text: the URL-encoded text'],
    url_decode: ['Text from its form in a URL; what is none fails the query.', 'text: the URL-encoded text'],
    url_encode: ['Text in the form it has in a URL.', 'text: the text'],
  },
};

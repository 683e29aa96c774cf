/**
 * Rules of the function generator, for everything that is missing or wrong in the engine's registry.
 *
 * @module
 */

/** @typedef {'distinct' | 'filter' | 'orderBy' | 'nullTreatment'} Clause */

/** The generated file of each section of the engine's documentation. */
export const FAMILIES = /** @type {Readonly<Record<string, string>>} */ ({
  'Math Functions': 'math',
  'String Functions': 'string',
  'Regular Expression Functions': 'regex',
  'Time and Date Functions': 'datetime',
  'Conditional Functions': 'conditional',
  'Array Functions': 'array',
  'Struct Functions': 'struct',
  'Map Functions': 'map',
  'Union Functions': 'union',
  'Binary String Functions': 'binary',
  'Hashing Functions': 'hashing',
  'JSON Functions': 'json',
  'Other Functions': 'other',
  'General Functions': 'aggregate',
  'Statistical Functions': 'statistical',
  'Approximate Functions': 'approximate',
  'Ranking Functions': 'ranking',
  'Analytical Functions': 'analytical',
});

/** Functions that get the name of one of their aliases, because the alias is clearer. */
export const CANONICAL = /** @type {Readonly<Record<string, string>>} */ ({
  empty: 'array_empty',
  var: 'var_samp',
});

/** TypeScript names that are not the SQL name in camelCase. */
export const NAMES = /** @type {Readonly<Record<string, string>>} */ ({
  if: 'if_',
  ifnull: 'ifNull',
  initcap: 'initCap',
  isnan: 'isNan',
  iszero: 'isZero',
  nullif: 'nullIf',
  typeof: 'typeOf',
  var: 'var_',
  'spark.if': 'if_',
  'spark.mod': 'modulus',
  'spark.monthname': 'monthName',
  'spark.shiftleft': 'shiftLeft',
  'spark.shiftright': 'shiftRight',
  'spark.shiftrightunsigned': 'shiftRightUnsigned',
});

/** Functions that need another shape in TypeScript, by SQL name: their TypeScript name, and their file. */
export const HAND_WRITTEN = /** @type {Readonly<Record<string, { name: string, file: string }>>} */ ({
  array_sort: { name: 'arraySort', file: 'array-sort' },
  count: { name: 'count', file: 'count' },
  map: { name: 'makeMap', file: 'objects' },
  named_struct: { name: 'namedStruct', file: 'objects' },
  with_metadata: { name: 'withMetadata', file: 'objects' },
});

/** TypeScript names of arguments that are not the engine's names in camelCase. */
export const PARAMETERS = /** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */ ({
  lag: { default: 'defaultValue' },
  lead: { default: 'defaultValue' },
  ntile: { expression: 'groups' },
});

/** The syntax of functions for which the generator cannot use the engine's syntax. */
export const SYNTAX = /** @type {Readonly<Record<string, string>>} */ ({
  get_field: 'get_field(expression, field_name[, ..., field_name_n])',
  grouping: 'grouping(expression[, ..., expression_n])',
  overlay: 'overlay(str, substr, pos[, count])',
  union_tag: 'union_tag(union)',
});

/** The types of arguments that are not an `Operand`, by function and TypeScript name. */
export const TYPES = /** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */ ({
  approx_percentile_cont: { expression: 'Expr | SortExpr' },
  approx_percentile_cont_with_weight: { expression: 'Expr | SortExpr' },
  arg_max: { key: 'Expr' },
  arg_min: { key: 'Expr' },
  arrow_cast: { datatype: 'Expr | TypeLike' },
  arrow_try_cast: { datatype: 'Expr | TypeLike' },
  date_part: { part: 'DatePart' },
  date_trunc: { precision: 'DateTruncUnit' },
  decode: { format: 'BinaryFormat' },
  digest: { algorithm: 'HashAlgorithm' },
  encode: { format: 'BinaryFormat' },
  max_by: { key: 'Expr' },
  min_by: { key: 'Expr' },
  percentile_cont: { expression: 'Expr | SortExpr' },
});

/** The clauses of aggregate functions. A function that is not listed has only `filter`. */
export const CLAUSES = /** @type {Readonly<Record<string, readonly Clause[]>>} */ ({
  array_agg: ['distinct', 'filter', 'orderBy', 'nullTreatment'],
  avg: ['distinct', 'filter'],
  bit_and: ['distinct', 'filter'],
  bit_or: ['distinct', 'filter'],
  bit_xor: ['distinct', 'filter'],
  first: ['filter', 'orderBy', 'nullTreatment'],
  first_value: ['filter', 'orderBy', 'nullTreatment'],
  group_concat: ['distinct', 'filter', 'orderBy'],
  grouping: [],
  last: ['filter', 'orderBy', 'nullTreatment'],
  last_value: ['filter', 'orderBy', 'nullTreatment'],
  list: ['distinct', 'filter', 'orderBy', 'nullTreatment'],
  median: ['distinct', 'filter'],
  nth_value: ['filter', 'orderBy', 'nullTreatment'],
  percentile_cont: ['distinct', 'filter'],
  string_agg: ['distinct', 'filter', 'orderBy'],
  sum: ['distinct', 'filter'],
});

/** Descriptions that are wrong or missing in the engine. */
export const DESCRIPTIONS = /** @type {Readonly<Record<string, string>>} */ ({
  array_filter: 'Returns the elements of an array for which a lambda returns true.',
  array_sort: 'Sorts an array.',
  array_transform: 'Returns an array with the result of a lambda for each element.',
  array_union: 'Returns an array of the elements that are in at least one of two arrays, without duplicates.',
  bool_or: 'Returns true if any non-null input value is true, otherwise false.',
  covar_pop: 'Returns the population covariance of a set of number pairs.',
  get_field: 'Returns a field of a struct, or a value of a map, by its name. Several names select a nested field.',
  map: 'Returns a map of keys and values. Keys must be unique and not null.',
  round: 'Rounds a number to the nearest integer, or to a number of decimal places.',
});

/** Descriptions of arguments that are wrong in the engine, or that the engine has under another name. */
export const ARGUMENTS = /** @type {Readonly<Record<string, Readonly<Record<string, string>>>>} */ ({
  generate_series: { stop: 'End of the series (included). Type must be the same as start.' },
  grouping: { expression: 'Columns or expressions of GROUP BY. Each of them sets one bit of the result.' },
  range: { stop: 'End of the range (not included). Type must be the same as start.' },
});

/** Phrases of the engine's documentation that do not apply here, with their replacements. */
export const PHRASES = /** @type {readonly (readonly [RegExp, string])[]} */ ([
  [
    /\.?\s*(?:It |The expression )?[Cc]an be a constant, column,?(?: or)? function, (?:or )?any combination of .*?operators(?:, or a named expression of the previously listed)?\./g,
    '.',
  ],
  [
    /\.?\s*(?:It |The expression )?[Cc]an be a constant, column,? or function,? and any combination of (?:\w+ )*?operators\./g,
    '.',
  ],
  [/\.?\s*Can be a constant, column,? or (?:a )?function\./g, '.'],
  [/ Can be a column or any valid string expression\./g, ''],
  [/\.?\s*Can be a constant or column expression\./g, '.'],
  [/\. Can be a constant, column, or function that results in /g, ', which gives '],
  [
    / Refer to the flags reference above for supported flags\./g,
    ' `i`: ignore case, `m`: `^` and `$$` match at the start and end of lines, `s`: `.` matches line breaks, `R`: lines end with CRLF, `U`: swap `x*` and `x*?`.',
  ],
  [/\(struct_coercion\.md#/g, '(https://datafusion.apache.org/user-guide/sql/struct_coercion.html#'],
  [/\[encode\]\(#encode\)/g, '`encode`'],
  [/\[(`\w+`)\](?:\(#\w+\))?(?!\()/g, '$1'],
  [/_(null|NaN|expression\d)_/g, '`$1`'],
  [/_(Default is .*?)_/g, '$1'],
  [/\*\*(\w+)\*\*/g, '`$1`'],
  [/^Optional(?:\.|(?= [A-Z])) /g, ''],
]);

/** Functions with one argument that are also methods of `Expr`. */
export const METHODS = [
  'abs acos acosh array_dims array_distinct array_empty array_length array_ndims array_pop_back array_pop_front arrow_typeof',
  'ascii asin asinh atan atanh bit_length btrim cardinality cbrt ceil chr cos cosh cot degrees exp factorial flatten floor',
  'from_unixtime initcap isnan iszero length ln log10 log2 lower ltrim md5 octet_length radians reverse rtrim sha224 sha256',
  'sha384 sha512 signum sin sinh sqrt tan tanh to_hex trim upper',
].flatMap((names) => names.split(' '));

/** The kinds of inputs that a program gives to the library. */
export const FILES = [
  'parquet',
  'csv',
  'json',
  'avro',
  'arrow file',
  'arrow stream file',
  'gzip csv',
  'bzip2 csv',
  'xz csv',
  'zstd csv',
] as const;
export const PLANS = ['logical plan', 'execution plan', 'substrait plan', 'expression'] as const;
export const KINDS = ['sql', 'deep sql', ...FILES, 'arrow bytes', ...PLANS] as const;

export type FileKind = (typeof FILES)[number];
export type PlanKind = (typeof PLANS)[number];
export type Kind = (typeof KINDS)[number];

/** Kinds whose valid inputs are bytes. */
export type BytesKind = Exclude<Kind, 'sql' | 'deep sql'>;

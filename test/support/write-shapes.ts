/** The formats and targets of writes. */

export const FORMATS = ['Parquet', 'Csv', 'Json', 'Arrow'] as const;
type Format = (typeof FORMATS)[number];

/** The name of the target for each format, and the options for all formats. */
const SHAPES = {
  'a file': { target: (format: Format) => `one.${format.toLowerCase()}`, options: {} },
  'a folder': { target: () => 'in/', options: {} },
  'partition folders': { target: () => 'by/', options: { partitionBy: 'k' } },
} as const;

/** Each shape in each format. */
export const WRITES = FORMATS.flatMap((format) =>
  Object.entries(SHAPES).map(([shape, { target, options }]) => ({ format, shape, target: target(format), options })),
);

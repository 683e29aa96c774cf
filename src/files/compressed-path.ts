/**
 * The compression that the name of a text file tells.
 *
 * @module
 */

const EXTENSIONS = { '.gz': 'gzip', '.bz2': 'bzip2', '.xz': 'xz', '.zst': 'zstd' } as const;

type NamedCompression = (typeof EXTENSIONS)[keyof typeof EXTENSIONS];

/** The compression of CSV and JSON files whose names all end with its extension, such as `x.csv.gz`. */
export function compressionOf(format: string, paths: readonly string[]): NamedCompression | undefined {
  if (format !== 'csv' && format !== 'json') return undefined;
  const found = Object.entries(EXTENSIONS).find(([extension]) => paths.every((path) => path.endsWith(extension)));
  return found?.[1];
}

/**
 * Rows that the package does not have, with the reason. `Class.*` means a class with all its members.
 *
 * @module
 */

/** @type {readonly import('../../../scripts/parity/decisions.mjs').Missing[]} */
export const missing = [
  {
    of: 'datafusion.user_defined',
    why: 'A function of `udwf` is called once for each partition, with all of its rows: there is nothing to bound or to keep. Ranks are an argument: `rank() OVER (…)`.',
    rows: [
      'WindowEvaluator.memoize',
      'WindowEvaluator.get_range',
      'WindowEvaluator.is_causal',
      'WindowEvaluator.supports_bounded_execution',
      'WindowEvaluator.evaluate_all_with_rank',
      'WindowEvaluator.include_rank',
    ],
  },
  {
    of: 'datafusion.catalog',
    why: 'The engine asks a catalog for its names while JavaScript waits for the engine, so that a callback could not answer; `Catalog.memoryCatalog` is one to fill.',
    rows: ['CatalogProvider.*', 'SchemaProvider.*'],
  },
  {
    of: 'datafusion.catalog',
    why: 'A list of catalogs apart from a context could not be given to one.',
    rows: ['CatalogList.memory_catalog'],
  },
  {
    of: 'datafusion.context',
    why: 'A cluster runs stages that its scheduler plans, no single partition of a plan made here.',
    rows: ['SessionContext.execute'],
  },
  {
    of: 'datafusion.dataframe',
    why: 'The client of Ballista reads all partitions of a result as one stream.',
    rows: ['DataFrame.collect_partitioned', 'DataFrame.execute_stream_partitioned'],
  },
  {
    of: 'ballista',
    why: 'The client of Ballista reads all partitions of a result as one stream.',
    rows: ['DistributedDataFrame.collect_partitioned'],
  },
  {
    of: 'ballista',
    why: 'Python calls back on a timer and knows no progress; a timer of the program does the same.',
    rows: ['DistributedDataFrame.collect_with_progress'],
  },
];

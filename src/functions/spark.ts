/**
 * Apache Spark's versions of functions that differ from the engine's: `spark.abs(x)` in SQL. From the crate
 * `datafusion-spark`. Schedulers and executors of this package have them; those of other packages may not.
 *
 * All throw `INVALID_ARGUMENT` for a wrong number of arguments and for a value that is not an operand. The engine checks
 * types when a DataFrame uses the expression.
 *
 * @example
 * ```ts
 * import { col, spark } from 'ballista';
 *
 * console.log(await df.select('origin', spark.soundex(col('origin')).alias('sound')).limit(1).count()); // 1
 * ```
 *
 * @module
 */

export * from './generated/spark/index.js';

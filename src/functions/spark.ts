/**
 * Functions as Apache Spark has them, where that is not as the engine has it: `spark.abs(x)` in SQL. From the crate
 * `datafusion-spark`; schedulers and executors of this package have them, those of others need not.
 *
 * All throw `INVALID_ARGUMENT` for a wrong number of arguments and for what is no operand. Types are checked by the engine
 * when a DataFrame takes the expression.
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

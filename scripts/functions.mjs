/**
 * Writes the functions for expressions from the engine's registry, the addon's `functionEntries()`:
 *
 * - `src/functions/generated/`: a file for each section of the engine's documentation, and `spark/`
 * - `src/expr/generated/methods.ts`: functions with one argument as methods of expressions
 * - `docs/reference/functions.md`: tables of all functions
 *
 * `scripts/functions/rules.mjs` and `scripts/functions/spark.mjs` contain what is missing or wrong in the registry.
 *
 * @module
 */

import { methodsModule } from './functions/methods.mjs';
import { toModels } from './functions/model.mjs';
import { barrelModule, familyModule } from './functions/print.mjs';
import { functionsReference } from './functions/reference.mjs';
import { FAMILIES, HAND_WRITTEN } from './functions/rules.mjs';
import { SPARK } from './functions/spark.mjs';
import { Failure } from './lib/shell.mjs';

const FOLDER = 'src/functions/generated';
const METHODS = 'src/expr/generated/methods.ts';
const REFERENCE = 'docs/reference/functions.md';
const families = Object.values(FAMILIES);
const sparkFamilies = Object.keys(SPARK);

/** The files that this script writes. */
export const functionFiles = [
  ...[...families, 'index'].map((family) => `${FOLDER}/${family}.ts`),
  ...[...sparkFamilies, 'index'].map((family) => `${FOLDER}/spark/${family}.ts`),
  METHODS,
  REFERENCE,
];

/**
 * @param {string} registry the addon's `functionEntries()`
 * @param {(path: string, text: string) => void} write
 */
export function generateFunctions(registry, write) {
  /** @type {import('./functions/model.mjs').Entry[]} */
  const entries = JSON.parse(registry);
  const models = toModels(entries);
  if (models.length === 0) throw new Failure('the list of functions that the addon returned is empty');
  const written = models.filter(({ spark, sql }) => spark || !Object.hasOwn(HAND_WRITTEN, sql));
  const of = (/** @type {string} */ family, /** @type {boolean} */ spark) =>
    written.filter((model) => model.family === family && model.spark === spark);
  for (const [section, family] of Object.entries(FAMILIES))
    write(`${FOLDER}/${family}.ts`, familyModule(`${section} of the engine.`, of(family, false)));
  for (const family of sparkFamilies)
    write(
      `${FOLDER}/spark/${family}.ts`,
      familyModule(`Functions with the semantics of Apache Spark: ${family}.`, of(family, true)),
    );
  write(`${FOLDER}/index.ts`, barrelModule(families));
  write(`${FOLDER}/spark/index.ts`, barrelModule(sparkFamilies));
  write(METHODS, methodsModule(models));
  const tables = entries.filter(({ kind }) => kind === 'table').map(({ name }) => name);
  write(REFERENCE, functionsReference(models, tables));
}

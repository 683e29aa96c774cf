/**
 * The options of `explain` and `explainVisual`.
 *
 * @module
 */

import { ACTION_SETTINGS, type ActionOptions } from '../config/action-options.js';
import { invalid } from '../errors.js';

/** Options of `explain`. */
export interface ExplainOptions extends ActionOptions {
  /** Shows the plan after every optimizer rule. Default `false`. */
  verbose?: boolean;
  /** Runs the query and adds its metrics. Default `false`. */
  analyze?: boolean;
  /** Default `'indent'`. */
  format?: ExplainFormat;
  /** Whether to show statistics on rows and bytes. Default: the session's `datafusion.explain.show_statistics`. */
  showStatistics?: boolean;
  /** With `analyze`: how many metrics to show. Default: the session's `datafusion.explain.analyze_level`. */
  analyzeLevel?: ExplainAnalyzeLevel;
  /** With `analyze`: which metrics to show. Default: the session's `datafusion.explain.analyze_categories`. */
  analyzeCategories?: readonly ExplainMetricCategory[];
}

/** The output formats of plans. */
export type ExplainFormat = 'indent' | 'tree' | 'pgjson' | 'graphviz';

/** How many metrics EXPLAIN ANALYZE shows: those that reveal slow operators, or all. */
export type ExplainAnalyzeLevel = 'summary' | 'dev';

/** The categories of metrics. */
export type ExplainMetricCategory = 'rows' | 'bytes' | 'timing' | 'uncategorized';

/** Options of `explainVisual`. */
export interface ExplainVisualOptions extends ActionOptions {
  /** Runs the query and shows its metrics. Default `false`. */
  analyze?: boolean;
}

/** The settings table of {@link ExplainVisualOptions}. */
export const EXPLAIN_VISUAL_SETTINGS = {
  ...ACTION_SETTINGS,
  analyze: { type: 'boolean', default: false },
} as const;

/** The settings table of {@link ExplainOptions}. */
export const EXPLAIN_SETTINGS = {
  ...ACTION_SETTINGS,
  verbose: { type: 'boolean', default: false },
  analyze: { type: 'boolean', default: false },
  format: { type: 'choice', choices: ['indent', 'tree', 'pgjson', 'graphviz'] },
  showStatistics: { type: 'boolean' },
  analyzeLevel: { type: 'choice', choices: ['summary', 'dev'] },
  analyzeCategories: { type: 'any' },
} as const;

const CATEGORIES: readonly unknown[] = ['rows', 'bytes', 'timing', 'uncategorized'];

/**
 * Converts categories to the value of the engine's setting.
 *
 * @throws BallistaError `INVALID_ARGUMENT`
 */
export function toCategories(categories: readonly ExplainMetricCategory[]): string {
  if (!Array.isArray(categories) || !categories.every((category) => CATEGORIES.includes(category)))
    throw invalid(`explain: analyzeCategories must be an array of these values: ${CATEGORIES.join(', ')}.`);
  return categories.length === 0 ? 'none' : categories.join(',');
}

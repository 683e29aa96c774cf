/**
 * What all kinds of UDFs share: their definition, and the expression of a call.
 *
 * @module
 */

import { type TypeLike, toTypeName } from '../arrow/type-name.js';
import { CONVERT_SETTINGS, type ConvertOptions } from '../arrow/values/convert-options.js';
import { invalid } from '../errors.js';
import { toArgumentNode } from '../expr/builders/lambda.js';
import type { Operand } from '../expr/coerce.js';
import { Expr } from '../expr/expr.js';
import { node } from '../expr/node/node.js';
import { describe } from '../input/describe.js';
import { checkName } from '../input/name.js';
import type { SettingTable } from '../input/settings.js';
import { bundle } from './code/bundle.js';
import { hashOf } from './code/hash.js';
import { importsOf } from './code/imports.js';
import { type Origin, originOf, type Site } from './code/origin.js';
import { type Captures, toModule } from './code/source.js';
import type { CallSettings, Definition, Kind, Volatility } from './definition.js';
import type { Int64As } from './types.js';

/** A TypeScript UDF that the engine can call. */
export interface DefinedFunction {
  /** Its name in SQL. */
  readonly name: string;
  /** The SHA-256 hash of its code, in hexadecimal; see {@link ExecutorOptions.udfCodeHashes}. */
  readonly codeHash: string;
  /** @internal */
  readonly definition: Definition;
}

/** Options of all kinds of UDFs. */
export interface FunctionOptions<A extends readonly TypeLike[], R, I extends Int64As>
  extends Pick<ConvertOptions, 'decimal' | 'timestamp' | 'date'> {
  /** The name in SQL. SQL converts unquoted names to lower case. */
  name: string;
  /**
   * The Arrow types of the arguments. Other types are converted if SQL does so without CAST: integers to larger integers or to
   * floating-point numbers, every type to a string.
   */
  args: A;
  /** The Arrow type of the result. For a table function: an object of column types by name. */
  returns: R;
  /** How 64-bit integers are passed. Default `'bigint'`. */
  int64?: I;
  /**
   * The time limit of a call, in milliseconds. One call handles a batch of rows, a window partition, or all rows of a table.
   * Above it the thread is ended, even in an endless loop. Default: no limit.
   */
  timeoutMs?: number;
}

/** Options of functions that are sent as source code. */
export interface CaptureOptions {
  /** The outer variables that the function uses, by name. They are sent with its source code. Default: none. */
  captures?: Captures;
}

/** The settings table of {@link CaptureOptions}. */
export const CAPTURE_SETTINGS: SettingTable = {
  captures: { type: 'any' },
};

/** The settings table of {@link FunctionOptions} and `volatility`. */
export const FUNCTION_SETTINGS: SettingTable = {
  name: { type: 'string' },
  args: { type: 'any' },
  returns: { type: 'any' },
  volatility: {
    type: 'choice',
    choices: ['immutable', 'stable', 'volatile'],
    default: 'immutable',
  },
  timeoutMs: { type: 'integer', min: 1, max: 2 ** 31 - 1 },
  int64: { ...CONVERT_SETTINGS.int64, default: 'bigint' },
  decimal: { ...CONVERT_SETTINGS.decimal, default: 'string' },
  timestamp: { ...CONVERT_SETTINGS.timestamp, default: 'date' },
  date: { ...CONVERT_SETTINGS.date, default: 'date' },
};

/** The inputs of a definition, in addition to the call settings. */
interface Given extends Partial<Omit<CallSettings, 'from'>> {
  readonly name: string;
  readonly args: readonly TypeLike[];
  readonly returns: TypeLike;
  readonly volatility?: Volatility;
  readonly timeoutMs?: number;
}

/** The code of a function and its origin. */
export interface Code {
  readonly code: string;
  readonly values?: Buffer | undefined;
  readonly origin: Origin | undefined;
  /** The name of the export. */
  readonly from: string;
}

type More = Pick<Definition, 'kind' | 'gathers' | 'state'> & Code;

/**
 * Builds the definition of a function.
 *
 * @param maker - the name of the calling function, such as `udf`, for errors
 */
export function describeFunction(maker: string, given: Given, { from, origin, values, ...more }: More): Definition {
  const { name, args, returns, volatility, timeoutMs, ...call } = given;
  if (!Array.isArray(args)) throw invalid(`${maker} ${name}: args must be an array of types, not ${describe(args)}.`);
  const shape = {
    ...more,
    name,
    args: args.map((type, i) => toTypeName(type, `${maker} ${name}: args[${i}]`)),
    returns: toTypeName(returns, `${maker} ${name}: returns`),
    volatility: volatility as Volatility,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    call: JSON.stringify({ ...call, from }),
  };
  const place: Pick<Definition, 'origin' | 'values'> = {
    ...(origin && { origin: JSON.stringify(origin) }),
    ...(values && { values: values.toString('base64') }),
  };
  return {
    ...shape,
    ...place,
    // The same as in native/src/blobs/content.rs.
    module: hashOf([more.code, place.origin ?? '', values ?? ''].map(hashOf).join('')),
  };
}

/** Returns a function that builds the expression of a call; see {@link describeFunction}. */
export function define(maker: string, given: Given, more: More): DefinedFunction & ((...args: Operand[]) => Expr) {
  const { name } = given;
  const definition = describeFunction(maker, given, more);
  const json = JSON.stringify(definition);
  const toCall = (...operands: Operand[]): Expr => {
    const nodes = operands.map((operand, i) => toArgumentNode(operand, `argument ${i + 1} of ${name}`));
    return new Expr(node({ kind: 'call', name, args: nodes, udf: json }));
  };
  const made = Object.assign(toCall, { definition, codeHash: hashOf(definition.code) });
  return Object.defineProperty(made, 'name', { value: name });
}

/** The code of a function, or of several functions by name. Checks that they are functions. */
export function codeOf(
  maker: string,
  name: string,
  fns: unknown,
  captures: Captures | undefined,
  site: Site | undefined,
): Code {
  checkName(name, `the name of a ${maker}`);
  const all = typeof fns === 'object' && fns !== null ? Object.entries(fns) : [['', fns] as const];
  for (const [part, fn] of all)
    if (typeof fn !== 'function')
      throw invalid(`${maker} ${name} takes a function${part && ` for ${part}`}, not ${describe(fn)}.`);
  if (captures !== undefined && (typeof captures !== 'object' || captures === null))
    throw invalid(
      `${maker} ${name}: captures must be an object whose keys are variable names, not ${describe(captures)}.`,
    );
  const { code, values, pieces } = toModule(name, fns as never, captures ?? {}, () => importsOf(site));
  return { code, values, origin: originOf(site, pieces), from: 'default' };
}

/** Bundles a module and returns its code. Checks that it exports a function under the name. */
export async function moduleOf(maker: string, name: string, url: string | URL, from: string): Promise<Code> {
  checkName(name, `the name of a ${maker}`);
  checkName(from, `${maker} ${name}: the name of the export`);
  return { ...(await bundle(url, `${maker} ${name}: the module`)), from };
}

const MAKERS: Readonly<Record<Kind, string>> = {
  scalar: 'udf()',
  aggregate: 'udaf()',
  window: 'udwf()',
  table: 'udtf()',
};

/** The definition of a function, checked to be of the given kind. */
export function definitionOf(value: unknown, kind: Kind): Definition {
  const { definition } = (value ?? {}) as Partial<DefinedFunction>;
  if (definition?.kind === kind) return definition;
  const given = definition ? `one made with ${MAKERS[definition.kind]}` : describe(value);
  throw invalid(`The argument must be a function made with ${MAKERS[kind]}, not ${given}.`);
}

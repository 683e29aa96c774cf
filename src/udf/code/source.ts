/**
 * Turns a function into a module of its own. Outer variables must be captured explicitly and are sent with the module.
 *
 * @module
 */

import { serialize } from 'node:v8';
import type { Program } from 'acorn';
import type { Scope } from 'eslint-scope';

import { invalid } from '../../errors.js';
import { lazy } from '../../platform/lazy.js';
import { hashOf } from './hash.js';
import type { Imports } from './imports.js';
import type { Piece } from './origin.js';

const acorn = lazy<typeof import('acorn')>('acorn');
const eslintScope = lazy<typeof import('eslint-scope')>('eslint-scope');

/** The outer values that a function uses, by variable name. */
export type Captures = Readonly<Record<string, unknown>>;

type UserFunction = (...args: never[]) => unknown;

/** Helper functions that compilers insert into functions, and their definitions. */
const HELPERS: Readonly<Record<string, string>> = {
  __name: '(target, value) => Object.defineProperty(target, "name", { value, configurable: true })',
};

/** A module, and the pieces of user code in it. */
export interface Module {
  readonly code: string;
  /** Values by name, serialized by `node:v8`. As text they would be a third longer and would need parsing. */
  readonly values: Buffer | undefined;
  readonly pieces: readonly Piece[];
}

/** The global in which a module finds its values by hash, while it is loaded. */
export const VALUES = 'ballistaValues';

/**
 * Builds a module whose default export is the function, or an object of several functions.
 *
 * @param imports - the imports of the file that defines the function, for the error
 * @throws BallistaError `INVALID_ARGUMENT` for a free variable that is not captured, and for a function without source
 */
export function toModule(
  name: string,
  fn: UserFunction | Readonly<Record<string, UserFunction>>,
  captures: Captures,
  imports: () => Imports = () => new Map(),
): Module {
  const source = typeof fn === 'function' ? expressionOf(name, fn) : objectOf(name, fn);
  const free = [...source.free];
  const captured = new Map<string, Expression>();
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(captures)) {
    if (!IDENTIFIER.test(key) || !tryParse(`const ${key} = 0;`))
      throw invalid(`udf ${name}: the capture "${key}" is not a valid variable name.`);
    if (typeof value !== 'function') {
      values[key] = value;
      continue;
    }
    const expression = expressionOf(`${name}, capture ${key}`, value as UserFunction);
    free.push(...expression.free);
    captured.set(key, expression);
  }
  const unknown = [...new Set(free)].filter((variable) => isMissing(variable, captures));
  const helpers = unknown.filter((variable) => Object.hasOwn(HELPERS, variable));
  const missing = unknown.filter((variable) => !Object.hasOwn(HELPERS, variable));
  if (missing.length > 0) throw withoutVariables(name, missing, source, captured, imports());
  const names = Object.keys(values);
  const bytes = names.length > 0 ? toBytes(name, values) : undefined;
  const { code, pieces } = assemble([
    ...(bytes ? [`const { ${names.join(', ')} } = globalThis.${VALUES}.get('${hashOf(bytes)}');`] : []),
    ...helpers.map((helper) => `const ${helper} = ${HELPERS[helper]};`),
    ...inOrder(captured).flatMap(([key, { lines }]) => [`const ${key} =`, ...lines, ';']),
    // Gives the function its name in stack traces.
    `export default ({ [${JSON.stringify(name)}]:`,
    ...source.lines,
    `})[${JSON.stringify(name)}];`,
  ]);
  return { code, pieces, values: bytes };
}

function withoutVariables(
  name: string,
  missing: readonly string[],
  source: Expression,
  captured: ReadonlyMap<string, Expression>,
  imports: Imports,
): Error {
  const needsThem = ({ free }: Expression): boolean => free.some((variable) => missing.includes(variable));
  const imported =
    missing.find((variable) => imports.has(variable) && source.free.includes(variable)) ??
    [...captured].find(([key, expression]) => imports.has(key) && needsThem(expression))?.[0];
  if (imported === undefined)
    return invalid(
      `udf ${name} uses outer variables that executors do not have: ${missing.map((variable) => `"${variable}"`).join(', ')}. ` +
        `Pass them in its options: captures: { ${missing.join(', ')} }.`,
    );
  const data = captured.has(imported) ? '' : ` Data that it imports can also be captured: captures: { ${imported} }.`;
  return invalid(
    `udf ${name} uses "${imported}", which its file imports from "${imports.get(imported)}". Executors get a function without the ` +
      'imports of its file. Export the function from a module of its own, which may import packages, and pass this module: ' +
      `udf.fromModule(new URL('./${name}.js', import.meta.url), '${name}', …).${data}`,
  );
}

/** A line of the module, or a piece of user code, which may have several lines. */
type Line = string | { readonly text: string };

interface Expression {
  readonly lines: readonly Line[];
  /** The variables that are used but not declared. */
  readonly free: readonly string[];
  /** The free variables that are needed at definition time, such as the base of a class. */
  readonly needs: readonly string[];
}

/** Sorts captured functions so that each comes after those that it needs. */
function inOrder(captured: ReadonlyMap<string, Expression>): [string, Expression][] {
  const ordered = new Map<string, Expression>();
  const visited = new Set<string>();
  const visit = (key: string): void => {
    const expression = captured.get(key);
    if (expression === undefined || visited.has(key)) return;
    visited.add(key);
    expression.needs.forEach(visit);
    ordered.set(key, expression);
  };
  for (const key of captured.keys()) visit(key);
  return [...ordered];
}

function assemble(lines: readonly Line[]): Omit<Module, 'values'> {
  const pieces: Piece[] = [];
  const texts: string[] = [];
  let at = 0;
  for (const line of lines) {
    const text = typeof line === 'string' ? line : line.text;
    if (typeof line !== 'string') pieces.push({ text, line: at });
    texts.push(text);
    at += text.split('\n').length;
  }
  return { code: texts.join('\n'), pieces };
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

function toBytes(name: string, values: Readonly<Record<string, unknown>>): Buffer {
  try {
    return serialize(values);
  } catch (cause) {
    const fails = (value: unknown): boolean => {
      try {
        return serialize(value).length === 0;
      } catch {
        return true;
      }
    };
    const key = Object.keys(values).find((candidate) => fails(values[candidate]));
    throw invalid(
      `udf ${name}: the capture "${key}" cannot be sent to an executor, because it cannot be serialized.`,
      cause,
    );
  }
}

/** The source of a function as an expression, on separate lines. */
function expressionOf(name: string, fn: UserFunction): Expression {
  const source = Function.prototype.toString.call(fn);
  // A method is not an expression, so it is wrapped in an object.
  for (const [before, after] of [
    ['(', ')'],
    ['(Object.values({', '})[0])'],
  ] as const) {
    const program = tryParse(`${before}\n${source}\n${after}`);
    if (program) return { lines: [before, { text: source }, after], ...freeVariables(program) };
  }
  throw invalid(
    `udf ${name}: the function has no source code, because it is built in or was made by bind(). Write it as a function of your own.`,
  );
}

function objectOf(name: string, parts: Readonly<Record<string, UserFunction>>): Expression {
  const made = Object.entries(parts).map(([part, fn]) => [part, expressionOf(`${name}, ${part}`, fn)] as const);
  const members = made.flatMap(([part, { lines }]) => [`${part}:`, ...lines, ',']);
  const names = (of: 'free' | 'needs'): string[] => made.flatMap(([, expression]) => expression[of]);
  return { lines: ['({', ...members, '})'], free: names('free'), needs: names('needs') };
}

function tryParse(text: string): Program | undefined {
  try {
    return acorn().parse(text, { ecmaVersion: 'latest', sourceType: 'module', ranges: true });
  } catch {
    return undefined;
  }
}

function freeVariables(program: Program): Pick<Expression, 'free' | 'needs'> {
  const { globalScope } = eslintScope().analyze(program as never, { ecmaVersion: 2024, sourceType: 'module' });
  const through = globalScope?.through ?? [];
  const names = (references: typeof through): string[] => references.map(({ identifier }) => identifier.name as string);
  return { free: names(through), needs: names(through.filter(({ from }) => !isLater(from))) };
}

/** Whether the code in a scope runs only when a function is called or a class is instantiated. */
function isLater({ type, upper, block }: Scope): boolean {
  if (type === 'function') return true;
  if (upper === null) return false;
  return (type === 'class-field-initializer' && !isStatic(upper.block as Class, block)) || isLater(upper);
}

interface Class {
  readonly body: { readonly body: readonly { readonly value?: unknown; readonly static?: boolean }[] };
}

function isStatic({ body }: Class, value: unknown): boolean {
  return body.body.some((member) => member.value === value && member.static);
}

function isMissing(name: string, captures: Captures): boolean {
  return !Object.hasOwn(captures, name) && !isGlobal(name);
}

function isGlobal(name: string): boolean {
  return name === 'undefined' || name === 'arguments' || name in globalThis;
}

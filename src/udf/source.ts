/**
 * The code of a function as a module of its own: what it needs from around it has to be named, and comes along.
 *
 * @module
 */

import { serialize } from 'node:v8';
import { type Program, parse } from 'acorn';
import { analyze } from 'eslint-scope';

import { invalid } from '../errors.js';

/** Values that a function uses from around it, by the names it has for them. */
export type Captures = Readonly<Record<string, unknown>>;

type UserFunction = (...args: never[]) => unknown;

/** Helpers that compilers put into functions, and what they do. */
const HELPERS: Readonly<Record<string, string>> = {
  __name: '(target, value) => Object.defineProperty(target, "name", { value, configurable: true })',
};

/**
 * A module whose default export is the function, or an object of several.
 *
 * @throws BallistaError `INVALID_ARGUMENT` for a free variable that is not captured, and for what has no source
 */
export function toModule(
  name: string,
  fn: UserFunction | Readonly<Record<string, UserFunction>>,
  captures: Captures,
): string {
  const { text: source, free } = typeof fn === 'function' ? expressionOf(name, fn) : objectOf(name, fn);
  const lines: string[] = [];
  for (const [key, value] of Object.entries(captures)) {
    if (!IDENTIFIER.test(key)) throw invalid(`udf ${name}: the capture "${key}" is no name of a variable`);
    if (typeof value !== 'function') {
      lines.push(`const ${key} = deserialize(Buffer.from('${toBytes(name, key, value)}', 'base64'));`);
      continue;
    }
    const captured = expressionOf(`${name}, capture ${key}`, value as UserFunction);
    free.push(...captured.free);
    lines.push(`const ${key} = ${captured.text};`);
  }
  const unknown = [...new Set(free)].filter((variable) => !Object.hasOwn(captures, variable) && !isGlobal(variable));
  const helpers = unknown.filter((variable) => Object.hasOwn(HELPERS, variable));
  const missing = unknown.filter((variable) => !Object.hasOwn(HELPERS, variable));
  if (missing.length > 0) {
    throw invalid(
      `udf ${name} uses ${missing.map((variable) => `"${variable}"`).join(', ')} from around it, which an executor does not ` +
        `have: pass it as captures: { ${missing.join(', ')} }`,
    );
  }
  return [
    "import { Buffer } from 'node:buffer';",
    "import { deserialize } from 'node:v8';",
    ...helpers.map((helper) => `const ${helper} = ${HELPERS[helper]};`),
    ...lines,
    `export default ${source};`,
  ].join('\n');
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

function toBytes(name: string, key: string, value: unknown): string {
  try {
    return serialize(value).toString('base64');
  } catch (cause) {
    throw invalid(`udf ${name}: the capture "${key}" cannot be copied to an executor`, cause);
  }
}

/** The source of a function as an expression, and the variables that it uses and does not declare. */
function expressionOf(name: string, fn: UserFunction): { text: string; free: string[] } {
  const source = Function.prototype.toString.call(fn);
  // A method has a form of its own.
  for (const text of [`(${source})`, `(Object.values({ ${source} })[0])`]) {
    const program = tryParse(text);
    if (program) return { text, free: freeVariables(program) };
  }
  throw invalid(
    `udf ${name}: the function has no source of its own, as those that bind() gives and those of the runtime`,
  );
}

function objectOf(name: string, parts: Readonly<Record<string, UserFunction>>): { text: string; free: string[] } {
  const made = Object.entries(parts).map(([part, fn]) => [part, expressionOf(`${name}, ${part}`, fn)] as const);
  const texts = made.map(([part, { text }]) => `${part}: ${text}`);
  return { text: `{ ${texts.join(', ')} }`, free: made.flatMap(([, { free }]) => free) };
}

function tryParse(text: string): Program | undefined {
  try {
    return parse(text, { ecmaVersion: 'latest', sourceType: 'module', ranges: true });
  } catch {
    return undefined;
  }
}

function freeVariables(program: Program): string[] {
  const scopes = analyze(program as never, { ecmaVersion: 2024, sourceType: 'module' });
  return (scopes.globalScope?.through ?? []).map(({ identifier }) => identifier.name as string);
}

function isGlobal(name: string): boolean {
  return name === 'undefined' || name === 'arguments' || name in globalThis;
}

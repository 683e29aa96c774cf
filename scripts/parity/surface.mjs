/**
 * The public API of the built package. The compiler reads names and types from the declarations; values come from the
 * modules.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { Failure, root } from '../lib/shell.mjs';

/**
 * A reference as a string: `Name`, `Name.member` (static, or of a namespace), `Name#member` (of an instance, or a key of
 * options), `Name='literal'` and `Name#member='literal'` (of a union), or `new Name({ key })`. It can begin with a module,
 * such as `ballista/spark:` or `apache-arrow:`.
 */
const REFERENCE =
  /^(?:(?<module>[\w/-]+):)?(?:new (?<made>\w+)\(\{ (?<key>\w+) \}\)|(?<name>\w+)(?:(?<mark>[.#])(?<member>\w+))?(?:='(?<literal>[^']*)')?)$/;

/**
 * Whether a string in backticks names a member, so that it can be checked.
 *
 * @param {string} text
 */
export function isReference(text) {
  return REFERENCE.exec(text)?.groups?.mark !== undefined;
}

/** @typedef {{ has(reference: string): boolean }} Surface */

/**
 * Reads the built package, and apache-arrow, because the package returns its classes.
 *
 * @returns {Promise<Surface>}
 */
export async function readSurface() {
  const files = {
    ...packageFiles('ballista', root),
    ...packageFiles('apache-arrow', join(root, 'node_modules/apache-arrow')),
  };
  const program = ts.createProgram(
    Object.values(files).map(({ types }) => types),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
      types: ['node'],
      strict: true,
      noEmit: true,
    },
  );
  const modules = new Map(
    await Promise.all(
      Object.entries(files).map(async ([name, { types, values }]) => {
        const file = program.getSourceFile(types);
        const module = file && program.getTypeChecker().getSymbolAtLocation(file);
        if (!module) throw new Failure(`${types} is not a module; run: npm run build`);
        const built = await import(/* @vite-ignore */ pathToFileURL(values).href);
        return /** @type {const} */ ([name, new Module(program.getTypeChecker(), module, built)]);
      }),
    ),
  );
  return {
    has(reference) {
      const groups = REFERENCE.exec(reference)?.groups;
      const module = modules.get(groups?.module ?? 'ballista');
      if (!groups || !module) throw new Failure(`not a reference to the package: ${reference}`);
      return module.has(groups);
    },
  };
}

/**
 * The files of the exports of a package, by the name that imports use.
 *
 * @param {string} name
 * @param {string} folder
 * @returns {Record<string, { types: string, values: string }>}
 */
function packageFiles(name, folder) {
  /** @type {{ exports: Record<string, { import?: { types: string, default: string } }> }} */
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.fromEntries(
    Object.entries(exports)
      .filter(([path]) => !path.includes('*'))
      .flatMap(([path, { import: entry }]) => {
        if (!entry) return [];
        return [[name + path.slice(1), { types: join(folder, entry.types), values: join(folder, entry.default) }]];
      }),
  );
}

/** A module: the exports of its declarations, and the exports of the module itself. */
class Module {
  /**
   * @param {ts.TypeChecker} checker
   * @param {ts.Symbol} module
   * @param {Record<string, unknown>} built
   */
  constructor(checker, module, built) {
    this.checker = checker;
    this.built = built;
    this.declared = new Map(
      checker
        .getExportsOfModule(module)
        .map((symbol) => [
          symbol.name,
          symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
        ]),
    );
  }

  /**
   * Whether the declarations have it and, if it is a value, also the module.
   *
   * @param {{ [part: string]: string | undefined }} reference the groups of {@link REFERENCE}
   */
  has({ made, key = '', name = '', mark, member = '', literal }) {
    const symbol = this.declared.get(made ?? name);
    const value = this.built[made ?? name];
    if (!symbol || (symbol.flags & ts.SymbolFlags.Value && value === undefined)) return false;
    if (made) return this.takes(symbol, key);
    if (mark === '.') return literal === undefined && this.hasStatic(symbol, value, member);
    if (mark === '#') return this.hasMember(symbol, value, member, literal);
    return literal === undefined || hasLiteral(this.checker.getDeclaredTypeOfSymbol(symbol), literal);
  }

  /**
   * A static member of a class, or a member of a namespace.
   *
   * @param {ts.Symbol} symbol
   * @param {unknown} value
   * @param {string} member
   */
  hasStatic(symbol, value, member) {
    const declared =
      symbol.flags & ts.SymbolFlags.Module
        ? this.checker.getExportsOfModule(symbol).some(({ name }) => name === member)
        : this.property(this.checker.getTypeOfSymbol(symbol), member) !== undefined;
    return declared && Object(value)[member] !== undefined;
  }

  /**
   * A member of the instances of a class, or a key of an options object.
   *
   * @param {ts.Symbol} symbol
   * @param {unknown} value
   * @param {string} member
   * @param {string} [literal]
   */
  hasMember(symbol, value, member, literal) {
    const property = this.property(this.checker.getDeclaredTypeOfSymbol(symbol), member);
    if (!property) return false;
    // The prototype has only methods and accessors. Constructors create the fields.
    const shared = property.flags & (ts.SymbolFlags.Method | ts.SymbolFlags.Accessor);
    if (typeof value === 'function' && shared && !(member in value.prototype)) return false;
    return literal === undefined || hasLiteral(this.checker.getTypeOfSymbol(property), literal);
  }

  /**
   * Whether a constructor takes an object with this key.
   *
   * @param {ts.Symbol} symbol
   * @param {string} key
   */
  takes(symbol, key) {
    return this.checker
      .getTypeOfSymbol(symbol)
      .getConstructSignatures()
      .flatMap((signature) => signature.getParameters())
      .map((parameter) => this.checker.getNonNullableType(this.checker.getTypeOfSymbol(parameter)))
      .some((type) => this.property(type, key) !== undefined);
  }

  /**
   * Does not use `getPropertyOfType`, which also finds the members of every function and object.
   *
   * @param {ts.Type} type
   * @param {string} name
   */
  property(type, name) {
    return this.checker.getPropertiesOfType(type).find((property) => property.name === name);
  }
}

/**
 * @param {ts.Type} type
 * @param {string} literal
 */
function hasLiteral(type, literal) {
  return (type.isUnion() ? type.types : [type]).some((one) => one.isStringLiteral() && one.value === literal);
}

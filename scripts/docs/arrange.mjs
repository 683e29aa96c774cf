/**
 * Arranges the site: the folder of a source file is its category, and the sections of a class in its source
 * (`// ------ rows`) are the sections of its page.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { basename, dirname, relative } from 'node:path';
import { IntrinsicType, ReferenceType, ReflectionCategory, ReflectionKind } from 'typedoc';
import { Failure, root } from '../lib/shell.mjs';

/** @typedef {import('typedoc').DeclarationReflection | import('typedoc').DocumentReflection} Page */

/**
 * Categories of the API by the beginning of the source's path under `src/`. The longest match wins. The site uses this
 * order.
 *
 * @type {readonly (readonly [start: string, category: string])[]}
 */
const CATEGORIES = [
  ['session/', 'Sessions'],
  ['config/action-options', 'Sessions'],
  ['dataframe/', 'DataFrames'],
  ['expr/', 'Expressions'],
  ['sql/expr-tag', 'Expressions'],
  ['functions/', 'Functions'],
  ['index', 'Functions'],
  ['udf/', 'User-defined functions'],
  ['sql/', 'SQL'],
  ['expr/param-value', 'SQL'],
  ['files/', 'Files'],
  ['arrow/', 'Values'],
  ['catalog/', 'Catalogs'],
  ['object-store/', 'Object stores'],
  ['config/', 'Configuration'],
  ['engine/engine-log', 'Configuration'],
  ['version', 'Configuration'],
  ['plan/', 'Plans'],
  ['cluster/', 'Clusters'],
  ['errors', 'Errors'],
  ['expr/node', 'Expressions as data'],
];

/**
 * Categories of the pages by their folder.
 *
 * @type {Record<string, string>}
 */
const FOLDERS = {
  'docs/guides': 'Guides',
  docs: 'Reference',
  'docs/reference': 'Reference',
  'docs/design': 'Internals',
  '.': 'Internals',
};

/** The entries of the sidebar, from top to bottom. */
const SIDEBAR = ['Guides', 'API', 'Reference', 'Internals'];

/** The guides in the order in which new users read them. Other guides follow. */
const GUIDES = [
  'quickstart',
  'install',
  'sql',
  'command-line',
  'dataframes',
  'expressions',
  'user-defined-functions',
  'types',
  'progress',
  'configuration',
  'clusters',
  'daemons',
  'errors',
  'interop',
  'migration',
];

/** A file of generated functions contains one family. The generated file of methods has no sections. */
const FAMILY = /^functions\/generated\/(?:.*\/)?([\w-]+)\.ts$/;
const GENERATED_METHODS = 'src/expr/generated/methods.ts';

/** The order of members for classes that are defined in several files. */
const MEMBERS = [
  'src/dataframe/column-verbs.ts',
  'src/dataframe/group-verbs.ts',
  'src/dataframe/row-verbs.ts',
  'src/dataframe/join-verbs.ts',
  'src/dataframe/set-verbs.ts',
  'src/dataframe/verbs.ts',
  'src/expr/operators.ts',
  'src/dataframe/writes.ts',
  'src/dataframe/dataframe.ts',
  'src/dataframe/plans.ts',
  'src/dataframe/actions.ts',
  'src/expr/expr.ts',
  'src/session/ballista-session-context.ts',
  'src/session/session-context.ts',
  'src/session/queries.ts',
  'src/session/files.ts',
  'src/session/tables.ts',
  'src/session/functions.ts',
  'src/session/catalogs.ts',
  GENERATED_METHODS,
];

/**
 * @param {import('typedoc').Application} app
 * @param {Record<string, string>} entryPoints sources by the name under which they are imported
 */
export function arrange(app, entryPoints) {
  // Runs before anything is linked or sorted.
  app.converter.on('resolveBegin', ({ project }) => {
    for (const page of project.documents ?? []) page.name = title(pathOf(page));
    const names = new Map(Object.entries(entryPoints).map(([name, path]) => [inCheckout(path), name]));
    for (const module of project.children ?? []) module.name = names.get(pathOf(module)) ?? module.name;
    showAliases(project);
  });
  // Runs after inheritance, which copies members, and before TypeDoc creates categories from tags.
  app.converter.on(
    'resolveEnd',
    ({ project }) => {
      project.categories = inOrder(
        categories([...(project.documents ?? []).sort(byGuide), ...(project.children ?? [])], (page) =>
          page.isDocument() ? FOLDERS[dirname(pathOf(page))] : 'API',
        ),
        SIDEBAR,
      );
      for (const reflection of Object.values(project.reflections)) {
        forgetBases(reflection);
        if (!reflection.isDeclaration() || !reflection.children) continue;
        if (reflection.kindOf(ReflectionKind.Class)) {
          const members = sections(reflection.children);
          if (members) reflection.categories = members;
        } else if (reflection.kindOf(ReflectionKind.SomeModule)) {
          reflection.categories = inOrder(
            categories(reflection.children, categoryOf),
            CATEGORIES.map(([, category]) => category),
          );
        }
      }
    },
    -150,
  );
}

/**
 * Internal types that the site shows as a documented class. `Other` is `DataFrame<any>` in the verbs of a DataFrame. Lower
 * layers use the other types for a class of a higher layer.
 *
 * @type {Readonly<Record<string, string>>}
 */
const ALIASES = { Other: 'DataFrame', AnyFrame: 'DataFrame', PlanContext: 'SessionContext' };

/** @param {import('typedoc').ProjectReflection} project */
function showAliases(project) {
  for (const reflection of Object.values(project.reflections)) {
    if (reflection.isParameter() && reflection.type) reflection.type = documented(project, reflection.type);
    else if (reflection.isDeclaration() && reflection.type?.type === 'union')
      reflection.type.types = reflection.type.types.map((type) => documented(project, type));
  }
}

/**
 * @param {import('typedoc').ProjectReflection} project
 * @param {import('typedoc').SomeType} type
 * @returns {import('typedoc').SomeType}
 */
function documented(project, type) {
  const name = type.type === 'reference' ? ALIASES[type.name] : undefined;
  if (!name) return type;
  const shown = project.getChildByName(['ballista', name]);
  if (!shown) throw new Failure(`scripts/docs/arrange.mjs: ${name} was not found`);
  const reference = ReferenceType.createResolvedReference(name, shown, project);
  if (name === 'DataFrame') reference.typeArguments = [new IntrinsicType('any')];
  return reference;
}

/**
 * Hides undocumented base classes, which exist only to split a class into several files.
 *
 * @param {import('typedoc').Reflection} reflection
 */
function forgetBases(reflection) {
  if (!reflection.isDeclaration() && !reflection.isSignature()) return;
  if (reflection.inheritedFrom && !reflection.inheritedFrom.reflection) delete reflection.inheritedFrom;
  if (!reflection.isDeclaration() || !reflection.typeHierarchy) return;
  const { types, next } = reflection.typeHierarchy;
  const documented = types.some((type) => type.type !== 'reference' || type.reflection);
  const rest = documented ? reflection.typeHierarchy : next;
  if (rest?.next) reflection.typeHierarchy = rest;
  else delete reflection.typeHierarchy;
}

/**
 * @param {Page} a
 * @param {Page} b
 */
function byGuide(a, b) {
  const [first = 0, second = 0] = [a, b].map((page) => {
    const place = GUIDES.indexOf(basename(pathOf(page), '.md'));
    return place < 0 ? GUIDES.length : place;
  });
  return first - second;
}

/**
 * The source of a page, relative to the checkout.
 *
 * @param {Page} page
 */
function pathOf(page) {
  const file = page.isDocument()
    ? page.project.files.getReflectionPath(page)
    : page.project.getSymbolIdFromReflection(page)?.fileName;
  return inCheckout(file ?? root);
}

/** @param {string} file */
function inCheckout(file) {
  return relative(root, file).replaceAll('\\', '/');
}

/** @param {Page} page */
function categoryOf(page) {
  const path = pathOf(page).replace(/^src\//, '');
  const family = FAMILY.exec(path)?.[1];
  if (family) return capital(family.replaceAll('-', ' '));
  const fitting = CATEGORIES.filter(([start]) => path.startsWith(start)).sort(([a], [b]) => b.length - a.length);
  const [[, category] = []] = fitting;
  if (!category) throw new Failure(`scripts/docs/arrange.mjs: src/${path} has no category (${page.name})`);
  return category;
}

/**
 * The members of a class by section, or undefined if the source has no sections.
 *
 * @param {readonly Page[]} members
 */
function sections(members) {
  const places = members.map(place).sort((a, b) => a.file - b.file || a.position - b.position);
  if (places.every(({ section }) => section === undefined)) return undefined;
  const names = new Map(places.map(({ member, section }) => [member, section]));
  return categories([...names.keys()], (member) => names.get(member) ?? 'General');
}

/** @param {Page} member */
function place(member) {
  const id = member.project.getSymbolIdFromReflection(member);
  const path = pathOf(member);
  const position = id?.pos ?? 0;
  const before = id?.fileName ? readFileSync(id.fileName, 'utf8').slice(0, position) : '';
  const [, section] = [...before.matchAll(/^ *\/\/ -{8,} (.+)$/gm)].at(-1) ?? [];
  const name = path === GENERATED_METHODS ? 'Functions' : section && capital(section);
  return { member, file: MEMBERS.indexOf(path), position, section: name };
}

/**
 * @param {readonly Page[]} pages
 * @param {(page: Page) => string | undefined} of
 */
function categories(pages, of) {
  /** @type {Map<string, ReflectionCategory>} */
  const found = new Map();
  for (const page of pages) {
    const name = of(page) ?? 'Other';
    const category = found.get(name) ?? new ReflectionCategory(name);
    category.children.push(page);
    found.set(name, category);
  }
  return [...found.values()];
}

/**
 * @param {ReflectionCategory[]} found
 * @param {readonly string[]} order names that are not in it come first, in alphabetical order
 */
function inOrder(found, order) {
  return found.sort((a, b) => order.indexOf(a.title) - order.indexOf(b.title) || (a.title < b.title ? -1 : 1));
}

/**
 * The first heading of a page.
 *
 * @param {string} path
 */
function title(path) {
  const [, heading] = /^# (.+)$/m.exec(readFileSync(`${root}/${path}`, 'utf8')) ?? [];
  if (!heading) throw new Failure(`${path} has no heading`);
  return heading.replaceAll('`', '');
}

/** @param {string} text */
function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * Turns API names in the pages into links: `DataFrame.filter`, `df.filter(…)`, `f.sum`. The pages stay plain Markdown.
 *
 * @module
 */

/** The variables that the examples use, and their classes. */
const VARIABLES = { ctx: 'BallistaSessionContext', df: 'DataFrame', f: 'functions' };

/** A name or its member. The arguments of a call are ignored. */
const NAME = /^([A-Za-z_$][\w$]*)(?:\.([A-Za-z_$][\w$]*))?(?:\(.*\))?$/s;

/** A method of an expression: `col('a').eq('x')`. */
const METHOD = /^(?:col|lit)\(.*\)\.([A-Za-z_$][\w$]*)\([^.]*\)$/s;

/** @param {import('typedoc').Application} app */
export function linkNames(app) {
  app.converter.on('resolveBegin', ({ project }) => {
    const [api, ...others] = project.children ?? [];
    /** @param {string} code */
    const target = (code) => {
      const [, method] = METHOD.exec(code) ?? [];
      if (method) return api?.getChildByName(['Expr', method]);
      const [, first = '', member] = NAME.exec(code) ?? [];
      const name = /** @type {Record<string, string>} */ (VARIABLES)[first] ?? first;
      const found = others.find((module) => module.name.endsWith(`/${name}`)) ?? api?.getChildByName([name]);
      return member ? found?.getChildByName([member]) : found;
    };
    /** @param {import('typedoc').CommentDisplayPart[]} parts */
    const link = (parts) => {
      parts.forEach((part, i) => {
        if (part.kind !== 'code' || part.text.startsWith('```')) return;
        const text = part.text.replace(/^`+ ?| ?`+$/g, '');
        const linked = target(text);
        if (linked) parts[i] = { kind: 'inline-tag', tag: '@linkcode', text, target: linked };
      });
    };
    for (const page of project.documents ?? []) link(page.content);
    if (project.readme) link(project.readme);
  });
}

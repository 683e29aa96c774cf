/**
 * The output that an example states: the comment behind a `console.log(…)`, directly below one or below a `.show(…)`, and the
 * "```text" block directly below the example. `…` stands for anything, and the amount of white space is ignored.
 *
 * @module
 */

const LOGS = /\bconsole\.log\(/;
const PRINTS = /\bconsole\.log\(|\.(?:show|explain)\(/;

/**
 * @param {string} code
 * @returns {string[]} in the order in which they are printed
 */
export function statedOutputs(code) {
  const outputs = /** @type {string[]} */ ([]);
  let statement = '';
  let below = false;
  for (const line of code.split('\n')) {
    const comment = /^\s*\/\/ ?(.*)$/.exec(line)?.[1];
    if (comment !== undefined) {
      if (below) outputs.push(`${outputs.pop() ?? ''}\n${comment}`);
      else if (PRINTS.test(statement)) below = outputs.push(comment) > 0;
      continue;
    }
    if (below || line.trim() === '' || statement.trimEnd().endsWith(';')) statement = '';
    const [, before = line, behind] = /^(.*;)\s+\/\/ (.*)$/.exec(line) ?? [];
    statement += `${before}\n`;
    below = behind !== undefined && LOGS.test(statement);
    if (below) outputs.push(behind ?? '');
  }
  return outputs;
}

/**
 * @param {readonly string[]} stated
 * @param {string} printed
 * @returns {string | undefined} the first output that was not printed as whole lines, or not in this order
 */
export function missingOutput(stated, printed) {
  let rest = printed;
  return stated.find((text) => {
    const match = pattern(text).exec(rest);
    if (match) rest = rest.slice(match.index + match[0].length);
    return !match;
  });
}

/** @param {string} text */
function pattern(text) {
  const source = text
    .trim()
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\s*…\s*/g, '…')
    .replace(/\s+/g, '\\s+')
    .replaceAll('…', '.*?');
  return new RegExp(`^\\s*${source}\\s*?$`, 'ms');
}

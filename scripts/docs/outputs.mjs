/**
 * What an example says that it prints: the comment behind or right below a `console.log(…)` or `.show(…)`, and the fence
 * "```text" right below an example. `…` stands for anything, and white space does not count.
 *
 * @module
 */

const PRINTS = /\bconsole\.log\(|\.(?:show|explain|printSchema)\(/;

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
    below = behind !== undefined && PRINTS.test(statement);
    if (below) outputs.push(behind ?? '');
  }
  return outputs;
}

/**
 * @param {readonly string[]} stated
 * @param {string} printed
 * @returns {string | undefined} the first that was not printed, or not in this order
 */
export function missingOutput(stated, printed) {
  let rest = normal(printed);
  return stated.find((text) => {
    const pattern = normal(text)
      .split('…')
      .map((part) => part.trim().replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const match = new RegExp(pattern.join('.*?')).exec(rest);
    if (match) rest = rest.slice(match.index + match[0].length);
    return !match;
  });
}

/** @param {string} text */
function normal(text) {
  return text.replace(/\s+/g, ' ').trim();
}

/**
 * A drawing as a Mermaid flow chart, which GitHub, GitLab and many notebooks draw.
 *
 * @module
 */

import type { Arrow, Box, Drawing, Group } from './visual-drawing.js';
import { JOINED } from './visual-text.js';

/** A drawing as Mermaid: the colours of its theme but for hot operators, which bring both of theirs. */
export function toMermaid({ groups, arrows }: Drawing): string {
  const boxes = groups.flatMap((group) => group.boxes);
  const heated = (heat: Box['heat']): string[] => {
    const ids = boxes.filter((box) => box.heat === heat).map(({ id }) => id);
    return ids.length === 0 ? [] : [`  class ${ids.join(',')} ${heat};`];
  };
  return [
    'flowchart BT',
    ...groups.flatMap(toSubgraph),
    ...arrows.map(toLink),
    '  classDef hot fill:#ffd8b5,stroke:#bc4c00,color:#1f2328;',
    '  classDef warm fill:#fff1c2,stroke:#9a6700,color:#1f2328;',
    ...heated('hot'),
    ...heated('warm'),
    '',
  ].join('\n');
}

function toSubgraph({ id, title, boxes }: Group): string[] {
  if (title === undefined) return boxes.map((box) => `  ${toNode(box)}`);
  return [`  subgraph ${id}["${escaped(title)}"]`, ...boxes.map((box) => `    ${toNode(box)}`), '  end'];
}

function toNode({ id, title, detail, facts }: Box): string {
  return `${id}["${[title, ...detail, ...facts].map(escaped).join('<br/>')}"]`;
}

function toLink({ from, to, label, shuffle }: Arrow): string {
  const text = label === undefined ? '' : `|"${escaped(label)}"|`;
  return `  ${from} ${shuffle ? '-.->' : '-->'}${text} ${to}`;
}

/**
 * What Mermaid may take for an entity, a directive, an escape, Markdown or HTML: all punctuation but a little, `_` that is
 * not inside a word, `://`, and what starts a list.
 */
const SPECIAL = /[!-&*;<>@[-^`{-~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/\/)|^[-+]|(?<=^\d+)[.)]/g;

/** A new line and a formula, which Mermaid looks for after it has decoded entities. */
const LATE = /\\(?=n)|\$(?=\$)/gi;

/** As entities, which have `#` in place of `&#`. */
function escaped(text: string): string {
  return text.replaceAll(LATE, JOINED).replaceAll(SPECIAL, (character) => `#${character.charCodeAt(0)};`);
}

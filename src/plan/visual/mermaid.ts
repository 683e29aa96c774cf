/**
 * Draws plans as Mermaid flow charts, which GitHub, GitLab and many notebooks render.
 *
 * @module
 */

import type { Arrow, Box, Drawing, Group } from './drawing.js';
import { JOINED } from './visual-text.js';

/** Converts a drawing to Mermaid. Colours come from the theme, except for hot operators, which set text and fill colours. */
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
 * Text that Mermaid may read as an entity, a directive, an escape, Markdown or HTML: most punctuation, `_` outside a word,
 * `://`, and characters that start a list.
 */
const SPECIAL = /[!-&*;<>@[-^`{-~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=\/\/)|^[-+]|(?<=^\d+)[.)]/g;

/** Line breaks and formulas, which Mermaid looks for after it has decoded entities. */
const LATE = /\\(?=n)|\$(?=\$)/gi;

/** Escapes characters as Mermaid entities, which use `#` instead of `&#`. */
function escaped(text: string): string {
  return text.replaceAll(LATE, JOINED).replaceAll(SPECIAL, (character) => `#${character.charCodeAt(0)};`);
}

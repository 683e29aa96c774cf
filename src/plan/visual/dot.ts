/**
 * Draws plans in Graphviz' DOT language.
 *
 * @module
 */

import type { Arrow, Box, Drawing, Group } from './drawing.js';
import { JOINED } from './visual-text.js';

/** A font with widths known to Graphviz. With most other fonts, boxes are too small for their text. */
const FONT = 'fontname="Helvetica"';

/**
 * Converts a drawing to DOT. Its own colours are dark on white; a style sheet can use the classes.
 *
 * The result is on top, as in `explain`, and arrows point up. An edge goes from the upper box to the lower one and is drawn
 * backwards, which keeps the titles of groups on top.
 */
export function toDot({ groups, arrows }: Drawing): string {
  return [
    'digraph plan {',
    `  graph [class="ballista-plan", bgcolor="white", pad=0.2, nodesep=0.3, ranksep=0.4, ${FONT}, fontsize=11];`,
    `  node [class="operator", shape=box, style="rounded,filled", fillcolor="#f6f8fa", color="#8c959f", margin="0.12,0.07", ${FONT}, fontsize=11];`,
    `  edge [dir=back, color="#57606a", arrowsize=0.7, ${FONT}, fontsize=10];`,
    ...groups.flatMap(toCluster),
    ...arrows.map(toEdge),
    '}',
    '',
  ].join('\n');
}

function toCluster({ id, title, boxes }: Group): string[] {
  if (title === undefined) return boxes.map((box) => `  ${toNode(box)}`);
  return [
    `  subgraph cluster_${id} {`,
    `    graph [class="stage", label="${quoted(title)}", tooltip="${quoted(title)}", labeljust=l, style="rounded,filled", fillcolor="white", color="#8c959f"];`,
    ...boxes.map((box) => `    ${toNode(box)}`),
    '  }',
  ];
}

const HEAT = {
  hot: 'class="operator hot", fillcolor="#ffd8b5", color="#bc4c00"',
  warm: 'class="operator warm", fillcolor="#fff1c2", color="#9a6700"',
} as const;

function toNode({ id, title, detail, facts, heat, tooltip }: Box): string {
  const label = [`<b>${xml(title)}</b>`, ...detail.map(xml), ...facts.map((fact) => `<i>${xml(fact)}</i>`)];
  const lines = label.map((line) => `${line}<br align="left"/>`).join('');
  const attributes = [
    `label=<${lines}>`,
    `tooltip="${tooltip.map(quoted).join('\\n')}"`,
    ...(heat ? [HEAT[heat]] : []),
  ];
  return `${id} [${attributes.join(', ')}];`;
}

function toEdge({ from, to, label, shuffle }: Arrow): string {
  // Without a tooltip, an edge would show the ids of its ends.
  const attributes = [`tooltip="${quoted(label ?? (shuffle ? 'shuffle' : 'rows'))}"`];
  if (label !== undefined) attributes.push(`label="${quoted(` ${label}`)}"`);
  if (shuffle) attributes.push('style=dashed');
  return `  ${to} -> ${from} [${attributes.join(', ')}];`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes text for an HTML-like label. A backslash cannot be escaped there, so an invisible joiner keeps `\N` as text. */
function xml(text: string): string {
  return text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? '').replaceAll(/\\(?=[EGHLNT])/g, JOINED);
}

/** Escapes text for a quoted string, where a backslash is the escape character and entities are decoded. */
function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;');
}

/**
 * Converts DOT to SVG with Graphviz as WebAssembly, in this process, without an installation.
 *
 * @module
 */

import { BallistaError } from '../../errors.js';

/**
 * Colours for dark pages and dark systems; the light colours are in the DOT. Every box has a background, so that its text is
 * readable on a page of any colour.
 */
const STYLE = `<style>
@media (prefers-color-scheme: dark) {
  .ballista-plan > polygon { fill: #0d1117; }
  .ballista-plan text { fill: #e6edf3; }
  .ballista-plan .stage path { fill: #161b22; stroke: #6e7681; }
  .ballista-plan .operator path { fill: #21262d; stroke: #6e7681; }
  .ballista-plan .warm path { fill: #4b3a06; stroke: #d29922; }
  .ballista-plan .hot path { fill: #5a2a0a; stroke: #f0883e; }
  .ballista-plan .edge path { stroke: #8b949e; }
  .ballista-plan .edge polygon { fill: #8b949e; stroke: #8b949e; }
}
</style>`;

/**
 * Lays out and draws a graph.
 *
 * Loads Graphviz on the first call, because most programs never need it.
 *
 * @throws BallistaError `INTERNAL` if Graphviz rejects the graph
 */
export async function toSvg(dot: string): Promise<string> {
  const { Graphviz } = await import('@hpcc-js/wasm-graphviz');
  const graphviz = await Graphviz.load();
  let svg: string;
  try {
    svg = graphviz.dot(dot);
  } catch (cause) {
    throw new BallistaError('INTERNAL', `Graphviz cannot draw the plan: ${(cause as Error).message}`, { cause });
  }
  // Drop the XML prologue, so that the SVG can also be used inside HTML.
  return svg.slice(svg.indexOf('<svg')).replace('>', `>\n${STYLE}`);
}

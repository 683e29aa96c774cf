/**
 * The package.json and README.md files of the published packages.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PUBLISH_PROFILE } from '../cargo.mjs';
import { Failure, root } from '../lib/shell.mjs';
import { packageName } from './platforms.mjs';

/** @typedef {import('./platforms.mjs').Platform} Platform */
/** @typedef {import('./addons.mjs').Addon} Addon */

/**
 * The package.json of the checkout.
 *
 * @returns {Record<string, unknown> & { name: string, version: string }}
 */
export function ownManifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}

/**
 * The main package depends on the package of every platform, in its own version. npm installs only the one for the machine.
 *
 * @param {readonly Platform[]} platforms
 */
export function mainManifest(platforms) {
  const { scripts, devDependencies, overrides, ...manifest } = ownManifest();
  const addons = platforms.map((platform) => [packageName(platform), manifest.version]);
  return { ...manifest, ...repository(), optionalDependencies: Object.fromEntries(addons) };
}

/** README.md of the main package: that of the checkout, but it says how to install the package instead of how to build it. */
export function mainReadme() {
  const parts = readFileSync(join(root, 'README.md'), 'utf8').split(
    /<!-- from source -->[\s\S]*?<!-- \/from source -->\n\n/,
  );
  const [before, ...rest] = parts;
  if (rest.length === 0) throw new Failure('README.md has no part between the comments "from source".');
  return `${before}${INSTALL}${rest.join('')}`.replaceAll('npm run ballista --', 'npx ballista');
}

const INSTALL = `\`\`\`sh
npm install ballista apache-arrow
\`\`\`

The package needs Node 20.19 or newer. It contains the engine for your platform, so nothing is compiled.

`;

/**
 * @param {Platform} platform
 * @param {Addon} [addon] absent when it was not built
 */
export function platformManifest(platform, addon) {
  const { version, license, engines } = ownManifest();
  const { name, os, cpu, libc } = platform;
  return {
    name: packageName(platform),
    version,
    description: `The native addon of the package ballista for ${name}`,
    license,
    ...repository(),
    engines,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
    main: 'ballista.node',
    files: ['ballista.node', 'NOTICE'],
    ...(addon && { addon: { profile: addon.profile, ...(addon.glibc && { glibc: addon.glibc }) } }),
    // npm does not publish the folder of a private package, and scripts/release.mjs does not publish its archive.
    ...(addon && addon.profile !== PUBLISH_PROFILE && { private: true }),
  };
}

/**
 * @param {Platform} platform
 * @param {Addon} [addon]
 */
export function platformReadme(platform, addon) {
  const needs = addon?.glibc ? ` It needs glibc ${addon.glibc} or newer.` : '';
  const build =
    addon && addon.profile !== PUBLISH_PROFILE
      ? `\nThis is a development build (the profile \`${addon.profile}\` of Cargo.toml), for tests. It is larger than a published one.\n`
      : '';
  return `# ${packageName(platform)}

The native addon of the package \`ballista\` for ${platform.name}.${needs} Install \`ballista\`, which installs the package for your
platform.
${build}`;
}

/** npm publishes with provenance only if the package names the repository that the workflow runs in. */
function repository() {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = process.env;
  return server && name ? { repository: { type: 'git', url: `git+${server}/${name}.git` } } : {};
}

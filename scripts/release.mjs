/**
 * The checklist of a release. It publishes nothing unless `--publish` is given, which only the workflow may do:
 *
 *     npm run release                            the packages in build/packages, as `npm run package` has written them
 *     npm run release -- --addons FOLDER         builds the main package, and takes the others as archives from a folder
 *     npm run release -- --addons FOLDER --publish
 *
 * @module
 */

import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PUBLISH_PROFILE } from './cargo.mjs';
import { install } from './install.mjs';
import { capture, Failure, main, npm, root } from './lib/shell.mjs';
import { cleanCommit, isTested } from './lib/tested.mjs';
import { ownManifest } from './package/manifests.mjs';
import { FOLDER, pack } from './package/pack.mjs';
import { packageName, platforms } from './package/platforms.mjs';
import { buildTypeScript } from './typescript.mjs';

const { name, version } = ownManifest();

/** Only a workflow can prove from which commit a package was built. */
const inWorkflow = process.env.GITHUB_ACTIONS === 'true';

main(async () => {
  const { values } = parseArgs({
    options: { addons: { type: 'string' }, publish: { type: 'boolean', default: false } },
  });
  if (values.publish && !inWorkflow)
    throw new Failure(
      'only the workflow publishes, because npm signs the provenance of the packages with its identity',
    );
  if (values.addons !== undefined) await collect(values.addons);

  /** @type {[what: string, check: () => Promise<void>][]} */
  const list = [
    ['the working tree has no changes', clean],
    ['all tests have passed for this commit', tested],
    [`package.json, package-lock.json and Cargo.toml have the version ${version}`, versions],
    [`CHANGELOG.md has an entry for ${version}, with a date`, changelog],
    ['the tag is the version', tag],
    ...archives().map(
      ([name, file]) =>
        /** @type {[string, () => Promise<void>]} */ ([
          `npm would publish ${name}`,
          () => publish(file, ['--dry-run']),
        ]),
    ),
  ];
  let failures = 0;
  for (const [what, check] of list) {
    const problem = await check().then(() => undefined, reason);
    if (problem !== undefined) failures += 1;
    console.log(problem === undefined ? `[x] ${what}` : `[ ] ${what}: ${problem}`);
  }
  if (failures > 0) throw new Failure(`\n${failures} of ${list.length} steps failed: ${version} must not be published`);
  console.log(
    `\n${version} can be published. ${inWorkflow ? '' : 'Push the tag, and the workflow publishes it with provenance.'}`,
  );
  if (!values.publish) return;
  for (const [name, file] of archives()) {
    // A second run publishes what is still missing.
    if (await isPublished(name)) console.log(`${name} ${version} is published already`);
    else await publish(file, ['--provenance']);
  }
});

/** @param {unknown} error */
function reason(error) {
  if (error instanceof Failure) return error.message;
  throw error;
}

/**
 * Packs the main package, and puts the archives of the others next to it.
 *
 * @param {string} folder
 */
async function collect(folder) {
  if (!existsSync(folder)) throw new Failure(`the folder ${folder} with the archives of the addons does not exist`);
  await install();
  await buildTypeScript();
  await pack([]);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.tgz')))
    copyFileSync(join(folder, file), join(root, FOLDER, file));
}

/**
 * The main package comes last: when it is published, npm finds all that it depends on.
 *
 * @returns {[name: string, file: string][]}
 */
function archives() {
  return [...platforms.map(packageName), name].map((name) => [name, `${FOLDER}/${name}-${version}.tgz`]);
}

async function clean() {
  if ((await cleanCommit()) === undefined) throw new Failure('git status lists changes');
}

async function tested() {
  // The job that publishes needs the one that tests.
  if (!inWorkflow && !(await isTested())) throw new Failure('run npm test');
}

async function versions() {
  const lock = JSON.parse(read('package-lock.json'));
  const [, crates] = read('Cargo.toml').match(/^\[workspace\.package\]\nversion = "(.*)"$/m) ?? [];
  const found = {
    'package-lock.json': lock.version,
    'its first package': lock.packages[''].version,
    'Cargo.toml': crates,
  };
  for (const [where, other] of Object.entries(found))
    if (other !== version) throw new Failure(`${where} has ${other}, but package.json has ${version}`);
}

async function changelog() {
  if (
    !new RegExp(`^## \\[${version.replaceAll('.', '\\.')}\\] - \\d{4}-\\d{2}-\\d{2}$`, 'm').test(read('CHANGELOG.md'))
  )
    throw new Failure(`it has no line "## [${version}] - YEAR-MONTH-DAY"`);
}

async function tag() {
  const { GITHUB_REF_TYPE: type, GITHUB_REF_NAME: name } = process.env;
  if (type === 'tag' && name !== `v${version}`) throw new Failure(`the tag is ${name}, not v${version}`);
}

/**
 * @param {string} file
 * @param {readonly string[]} options
 */
async function publish(file, options) {
  if (!existsSync(join(root, file))) throw new Failure(`${file} is missing: its platform was not built here`);
  const profile = await profileOf(file);
  if (profile !== undefined && profile !== PUBLISH_PROFILE)
    throw new Failure(`its addon was compiled with the profile ${profile}, for tests`);
  const channel = version.includes('-') ? ['--tag', 'next'] : [];
  await npm(['publish', `./${file}`, '--access', 'public', '--loglevel=error', ...channel, ...options], root);
}

/**
 * How the addon in an archive was compiled, or `undefined` for the main package.
 *
 * @param {string} file
 * @returns {Promise<string | undefined>}
 */
async function profileOf(file) {
  const manifest = await capture('tar', ['-xOzf', file, 'package/package.json']);
  if (manifest === undefined) throw new Failure('tar was not found, but it reads the archives');
  return JSON.parse(manifest).addon?.profile;
}

/** @param {string} name */
async function isPublished(name) {
  // It fails for a package that npm does not know.
  const found = await capture('npm', ['view', `${name}@${version}`, 'version'], { onOutput: () => {} }).catch(
    () => undefined,
  );
  return found?.trim() === version;
}

/** @param {string} path */
function read(path) {
  return readFileSync(join(root, path), 'utf8');
}

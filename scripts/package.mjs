/**
 * Writes the packages for npm into `build/packages`: `ballista`, and a package with the addon for each platform.
 *
 *     npm run package
 *     npm run package -- --target x86_64-unknown-linux-gnu --glibc 2.28
 *
 * Without a target, it packs the addon of the checkout, for tests. scripts/release.mjs refuses to publish this package. With targets, which can be
 * several, it builds their addons with the profile for publishing. That takes an hour or more for each.
 *
 * @module
 */

import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { checkRust } from './cargo.mjs';
import { install } from './install.mjs';
import { main } from './lib/shell.mjs';
import { checkTargets, OLDEST_GLIBC, publishedAddon } from './package/addons.mjs';
import { pack, packDevelopment } from './package/pack.mjs';
import { checkSizes, megabytes } from './package/sizes.mjs';
import { buildTypeScript } from './typescript.mjs';

main(async () => {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', multiple: true, default: [] },
      glibc: { type: 'string', default: OLDEST_GLIBC },
    },
  });
  const archives = await packages(values.target, values.glibc);
  for (const { addon, file } of archives) {
    const profile = addon ? `, profile ${addon.profile}` : '';
    const needs = addon?.glibc ? `, needs glibc ${addon.glibc}` : '';
    console.log(`${file}: ${megabytes(file)} MB${profile}${needs}`);
  }
  checkSizes(archives);
});

/**
 * @param {readonly string[]} targets
 * @param {string} glibc
 */
async function packages(targets, glibc) {
  if (targets.length === 0) {
    await build();
    return packDevelopment();
  }
  await checkRust();
  await checkTargets(targets);
  await install();
  // The files that are generated from an addon are committed, so this needs no addon for this machine.
  await buildTypeScript();
  const addons = [];
  for (const target of targets) addons.push(await publishedAddon(target, glibc));
  return pack(addons);
}

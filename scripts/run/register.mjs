/** Registers the hooks that run TypeScript programs: `node --import ./scripts/run/register.mjs mine.ts`. */

import { register } from 'node:module';

process.setSourceMapsEnabled(true);
register('./hooks.mjs', import.meta.url);

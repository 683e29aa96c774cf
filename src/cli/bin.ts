#!/usr/bin/env node
/**
 * The program `ballista`: `dist/cli.mjs`.
 *
 * @module
 */

import { main } from './main.js';

process.exitCode = await main(process.argv.slice(2));

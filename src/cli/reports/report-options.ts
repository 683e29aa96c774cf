/**
 * The options of commands that ask a scheduler what it knows.
 *
 * @module
 */

import { merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import type { InferValue } from '@optique/core/parser';
import { argument } from '@optique/core/primitives';
import { string } from '@optique/core/valueparser';

import { clusterOptions } from '../options/connection.js';
import { jsonOption } from '../options/json.js';

/** The options, as a parser. */
export const reportOptions = merge(object({ json: jsonOption }), clusterOptions);

/** The options of commands for one job, as a parser. */
export const jobOptions = merge(
  object({
    jobId: argument(
      string({ metavar: 'ID', pattern: /\S/u, errors: { patternMismatch: message`The id must not be empty.` } }),
      { description: message`The id of the job, as ballista jobs lists it.` },
    ),
  }),
  reportOptions,
);

/** What {@link reportOptions} parses. */
export type ReportOptions = InferValue<typeof reportOptions>;

/**
 * The settings table of `writeCertificates`. `ballista certs` has the same limits.
 *
 * @module
 */

import type { SettingTable } from '../input/settings.js';

const YEAR_SECONDS = 365 * 24 * 3600;
/** Later times would not fit into a certificate. Its authority is valid for ten years, anyway. */
const MOST_SECONDS = 100 * YEAR_SECONDS;

/** The settings table of `CertificateOptions`. */
export const CERTIFICATE_SETTINGS = {
  hosts: { type: 'any' },
  validSeconds: { type: 'number', min: -MOST_SECONDS, max: MOST_SECONDS, default: YEAR_SECONDS },
} as const satisfies SettingTable;

/**
 * Who sends a request, and the roles of this sender.
 *
 * @module
 */

/** The roles of tokens. `docs/guides/clusters.md` describes them. */
export const ROLES = Object.freeze(['read', 'write', 'run-code', 'executor', 'admin'] as const);

/** A role of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

/** The owner of a valid token. */
export interface Principal {
  readonly name: string;
  readonly roles: readonly Role[];
  /** When the token must be checked again, in milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** Whether a value is the name of a role. */
export function isRole(value: unknown): value is Role {
  return (ROLES as readonly unknown[]).includes(value);
}

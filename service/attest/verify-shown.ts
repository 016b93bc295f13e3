import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { decodeCertificate, type PathRequest, validatePath } from '../x509/index.ts';
import type { Shown } from './verification.ts';

/* Whose certificate a port showed. */

/**
 * SHA-256 of the authority, where the certificate is by it and was valid at `at`; else why not, in words that no digest is.
 * Those of the piñata live for hours: they are judged at the time of the statement.
 */
export function authorityOf(
  shown: Shown,
  authority: Uint8Array | undefined,
  request: Omit<PathRequest, 'anchor' | 'now'> & { readonly at: number },
): string {
  if ('nothing' in shown) return `none (${shown.nothing})`;
  if (authority === undefined) return 'none that the page publishes';
  const [leaf, anchor] = [decodeCertificate(shown.certificate), decodeCertificate(authority)];
  if (!leaf.ok) return `none (its certificate is refused: ${leaf.fault.detail})`;
  if (!anchor.ok) return `none (what the page publishes is refused: ${anchor.fault.detail})`;
  const { at, ...rest } = request;
  const path = validatePath([leaf.value], { ...rest, anchor: anchor.value, now: at });
  if (!path.ok) return `another (${path.fault.reason}: ${path.fault.detail})`;
  return bytesToHex(sha256(authority));
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { SiteAssets } from './assets.ts';

/**
 * SHA-256 in hex of each file of the page, by its path. `btc-pinata status URL` holds the live page against the outputs of a
 * release, where they are by their names without the folder.
 */
export const assetHashes = ({ files }: Pick<SiteAssets, 'files'>): ReadonlyMap<string, string> =>
  new Map([...files].map(([path, bytes]) => [path, bytesToHex(sha256(bytes))]));

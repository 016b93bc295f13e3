import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToHex } from '@noble/hashes/utils.js';
import { readKey } from '../claim/refund-command.ts';
import { made } from '../claim/refund-key-command.ts';
import type { Deployment } from './deployment.ts';
import { refundKeyName } from './plan.ts';

/**
 * The public half of the refund key: the one that was given, else that of the file beside the document, which is made where it
 * is missing. The private half stays in that file.
 */
export function refundKeyOf({ chosen }: Pick<Deployment, 'chosen'>, folder: string): string {
  const path = join(folder, refundKeyName);
  if (!existsSync(path) && chosen.refundKey !== null) return chosen.refundKey;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = existsSync(path) ? readKey(path) : made(path, chosen.network !== 'mainnet');
  try {
    return bytesToHex(key.xOnly);
  } finally {
    key.destroy();
  }
}

import { readFileSync } from 'node:fs';

/* One set of certificates for all sides of a run: what differs between them is the stack, never the input. */

export const serverName = 'server.pinata.example';
export const clientName = 'client.pinata.example';
export const protocol = 'pinata/1';

export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** `entropy` (base64) makes the same key again for our engine, whose private keys take and give no other form. */
export interface P256Identity extends Identity {
  readonly entropy: string;
}

export interface Credentials {
  readonly p256: { readonly authority: string; readonly server: P256Identity; readonly client: P256Identity };
  /** RSA-2048: the only kind that forge's TLS can use. */
  readonly rsa: { readonly authority: string; readonly server: Identity; readonly client: Identity };
}

/** Read by child processes, which import nothing of ours by it: their memory is compared. */
export function readCredentials(path: string | undefined): Credentials {
  if (path === undefined) {
    throw new Error('the path of the credentials is missing: start this process by way of `npm run bench`');
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Credentials;
}

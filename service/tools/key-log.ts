import { hexToBytes } from '@noble/hashes/utils.js';

/* What TLS stacks write to SSLKEYLOGFILE (RFC 9850): a label, the client's random, and a secret, in hex. */

/** By label: `CLIENT_HANDSHAKE_TRAFFIC_SECRET` and so on; `CLIENT_RANDOM` is the main secret of TLS 1.2. */
export type LoggedSecrets = ReadonlyMap<string, Uint8Array>;

/** By the client's random, hex. Lines that are none, comments among them, are passed over. */
export function readKeyLog(text: string): ReadonlyMap<string, LoggedSecrets> {
  const sessions = new Map<string, Map<string, Uint8Array>>();
  for (const line of text.split(/\r?\n/)) {
    const [, label, random, secret] =
      /^([A-Z0-9_]+) ([0-9A-Fa-f]{64}) ((?:[0-9A-Fa-f]{2}){1,64})$/.exec(line.trim()) ?? [];
    if (label === undefined || random === undefined || secret === undefined) continue;
    const key = random.toLowerCase();
    const session = sessions.get(key) ?? new Map<string, Uint8Array>();
    session.set(label, hexToBytes(secret));
    sessions.set(key, session);
  }
  return sessions;
}

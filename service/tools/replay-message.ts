import { bytesToHex } from '@noble/hashes/utils.js';
import { ExtensionType as ext } from '../tls/extension-type.ts';
import type { Extension } from '../tls/extensions.ts';
import { clientHello, serverHello } from '../tls/handshake-messages.ts';
import { equalBytes } from '../tls/hkdf.ts';
import { type Codec, decode, encode } from '../tls/presentation.ts';

/* Whether a message of ours is the one that this engine would say, as far as it does not depend on a secret. */

/** Undefined for the same. `recorded` and `replayed` are for people. */
export function messageDifference(
  name: string,
  recorded: Uint8Array,
  replayed: Uint8Array,
): { readonly recorded: string; readonly replayed: string } | undefined {
  const [a, b] = [public_(name, recorded), public_(name, replayed)];
  if (a === undefined || b === undefined || equalBytes(a, b) === true) return undefined;
  const at = a.findIndex((byte, index) => byte !== b[index]);
  const from = at < 0 ? a.length : at;
  const show = (bytes: Uint8Array): string =>
    `${bytes.length} bytes, at ${from} ${bytesToHex(bytes.slice(from, from + 8))}`;
  return { recorded: show(a), replayed: show(b) };
}

/** What of a message does not depend on our secrets; undefined for nothing. */
function public_(name: string, message: Uint8Array): Uint8Array | undefined {
  switch (name) {
    case 'client_hello':
      return withoutShare(clientHello, message);
    case 'server_hello':
      return withoutShare(serverHello, message);
    case 'hello_retry_request':
    case 'encrypted_extensions':
    case 'certificate_request':
    case 'certificate':
    case 'server_hello_done':
      return message;
    default:
      return undefined;
  }
}

function withoutShare<T extends { readonly extensions: readonly Extension[] }>(
  codec: Codec<T>,
  message: Uint8Array,
): Uint8Array {
  const decoded = decode(codec, message.subarray(4));
  if (decoded.ok !== true) return message;
  const extensions = decoded.value.extensions.map(({ type, data }) => ({
    type,
    data: type === ext.key_share ? new Uint8Array(data.length) : data,
  }));
  return encode(codec, { ...decoded.value, extensions });
}

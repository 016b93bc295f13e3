import { hexToBytes } from '@noble/hashes/utils.js';
import { ExtensionType as ext } from './extension-type.ts';
import { extensionOf, selectedGroup, selectedVersion } from './extensions.ts';
import { type Fault, misbehaviour } from './fault.ts';
import { type ClientHello, clientHello, handshakeMessage, serverHello } from './handshake-messages.ts';
import { equalBytes } from './hkdf.ts';
import { encode } from './presentation.ts';
import { ProtocolVersion } from './protocol-version.ts';

/* HelloRetryRequest, RFC 9846 §4.1.4. */

/** §4.1.3: the SHA-256 of "HelloRetryRequest". */
export const HELLO_RETRY_REQUEST_RANDOM = hexToBytes(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c',
);

/** Ours never holds a cookie: the state is kept, and nothing is to be echoed. */
export const helloRetryRequest = (first: ClientHello, cipherSuite: number, group: number): Uint8Array =>
  handshakeMessage('server_hello', serverHello, {
    legacyVersion: ProtocolVersion.tls12,
    random: HELLO_RETRY_REQUEST_RANDOM,
    legacySessionIdEcho: first.legacySessionId,
    cipherSuite,
    legacyCompressionMethod: 0,
    extensions: [
      extensionOf(ext.supported_versions, selectedVersion, ProtocolVersion.tls13),
      extensionOf(ext.key_share, selectedGroup, group),
    ],
  });

/** What a second ClientHello may change (§4.1.2); the rest must stay as it was, byte for byte. */
const changeable: ReadonlySet<number> = new Set([
  ext.key_share,
  ext.early_data,
  ext.cookie,
  ext.pre_shared_key,
  ext.padding,
]);

/** RFC 9846 §4.1.2: undefined if the second ClientHello is what the first one was, but for what it may change. */
export function judgeSecondClientHello(first: ClientHello, second: ClientHello): Fault | undefined {
  const fixed = (hello: ClientHello): Uint8Array =>
    encode(clientHello, { ...hello, extensions: hello.extensions.filter(({ type }) => !changeable.has(type)) });
  if (second.extensions.some(({ type }) => type === ext.early_data)) {
    return misbehaviour('second_client_hello_changed', 'early_data after a HelloRetryRequest');
  }
  // §4.2.2: a cookie is an echo, and no HelloRetryRequest of ours holds one.
  if (second.extensions.some(({ type }) => type === ext.cookie)) {
    return misbehaviour('second_client_hello_changed', 'a cookie that was never given');
  }
  if (equalBytes(fixed(first), fixed(second)) === true) return undefined;
  return misbehaviour('second_client_hello_changed', 'the second ClientHello differs in more than its key share');
}

import { hexToBytes } from '@noble/hashes/utils.js';
import { ExtensionType } from '../../service/tls/extension-type.ts';
import type { AlertName } from '../../service/tls/index.ts';
import { type FailureKey, failureTable } from '../../service/trace/index.ts';
import type { ClientHelloChoices } from '../support/rogue/client.ts';
import { RogueClient } from '../support/rogue/client.ts';
import { client, client12, type Reached, server, visitor, type Way } from './stage.ts';

/* Records and handshake messages: how each of their keys is reached over a socket, and with which alert. */

const X25519 = 0x001d;
const P256 = 0x0017;
const handshake = 22;
const applicationData = 23;

/** The very bytes of the table. */
const bytesOf = (key: FailureKey, alert: AlertName): Reached =>
  client(alert, (rogue) => {
    const { bytes } = failureTable[key];
    if (bytes === undefined) throw new Error(`${key} has no bytes in the table`);
    rogue.wire.write(hexToBytes(bytes.replaceAll(' ', '')));
  });

const hello = (alert: AlertName, choices: ClientHelloChoices): Reached =>
  client(alert, (rogue) => rogue.hello(choices));

export const waysOfHandshakes = {
  'record.unknown_version': bytesOf('record.unknown_version', 'protocol_version'),
  'record.not_tls': bytesOf('record.not_tls', 'protocol_version'),
  'record.unknown_type': bytesOf('record.unknown_type', 'unexpected_message'),
  heartbeat: bytesOf('heartbeat', 'unexpected_message'),
  'record.overflow': bytesOf('record.overflow', 'record_overflow'),
  'record.empty': bytesOf('record.empty', 'unexpected_message'),
  bad_record_mac: client('bad_record_mac', async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    if (rogue.sealing !== undefined) rogue.sealing.sequence = 7;
    rogue.certificate([]);
  }),
  'application_data.early': bytesOf('application_data.early', 'unexpected_message'),

  'handshake.unexpected': bytesOf('handshake.unexpected', 'unexpected_message'),
  'handshake.fragments': client('unexpected_message', (rogue) =>
    rogue.record(handshake, Uint8Array.of(...rogue.clientHelloMessage(), 11)),
  ),
  'parse.error': bytesOf('parse.error', 'decode_error'),
  'version.ssl3': bytesOf('version.ssl3', 'protocol_version'),
  'version.legacy': client12('protocol_version', (rogue) => rogue.hello({ legacyVersion: 0x0302 })),
  'version.unsupported': hello('protocol_version', { versions: [0x7f1c] }),
  downgrade: client12('inappropriate_fallback', (rogue) => rogue.hello({ cipherSuites: [0xc02b, 0x5600] })),
  'reneg.missing': client12('handshake_failure', (rogue) => rogue.hello({ renegotiationInfo: 'none' })),
  'ems.missing': client12('handshake_failure', (rogue) => rogue.hello({ extendedMainSecret: false })),
  'cipher.none': hello('handshake_failure', { cipherSuites: [0x13ff] }),
  'group.none': hello('handshake_failure', { groups: [0x001e], keyShares: [] }),
  'sig.none': hello('handshake_failure', { signatureSchemes: [0x0804] }),
  'alpn.missing': server('no_application_protocol', async (rogue) => {
    await rogue.hearClientHello();
    rogue.openFlight({ protocol: 'none' });
  }),
  'alpn.mismatch': hello('no_application_protocol', { protocols: ['h2'] }),
  'extension.missing': hello('missing_extension', {
    change: (message) => ({
      ...message,
      extensions: message.extensions.filter(({ type }) => type !== ExtensionType.key_share),
    }),
  }),
  'extension.invalid': hello('illegal_parameter', {
    change: (message) => ({ ...message, extensions: [...message.extensions, ...message.extensions.slice(0, 1)] }),
  }),
  'parameter.illegal': hello('illegal_parameter', {
    change: (message) => ({ ...message, legacyCompressionMethods: Uint8Array.of(1, 0) }),
  }),
  'key_share.invalid': hello('illegal_parameter', {
    groups: [X25519],
    keyShares: [{ group: X25519, keyExchange: new Uint8Array(32) }],
  }),
  hello_retry: client('illegal_parameter', async (rogue) => {
    const first = rogue.clientHelloMessage({ groups: [X25519, P256], keyShares: [] });
    rogue.say(first);
    await rogue.serverHello();
    rogue.say(first);
  }),
  client_auth_not_requested: server('handshake_failure', async (rogue, stage) => {
    await rogue.hearClientHello();
    rogue.openFlight({ request: false });
    rogue.certificate(stage.genuine.chain);
  }),
  bad_finished: client('decrypt_error', async (rogue, stage) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(stage.genuine.chain);
    rogue.certificateVerify(stage.genuine.signer);
    rogue.say(rogue.finishedMessage(rogue.verifyData().map((byte, at) => (at === 0 ? byte ^ 1 : byte))));
  }),
  'alert.received': {
    act: async ({ pinata }) => {
      const rogue = await RogueClient.connect(pinata.ready.ports.server);
      rogue.alert(2, 40);
      expectNothing(await rogue.ending());
      rogue.wire.end();
      return undefined;
    },
  },
  'limit.message': bytesOf('limit.message', 'illegal_parameter'),
  'limit.flood': visitor('unexpected_message', (rogue) => {
    for (let i = 0; i < 33; i++) rogue.record(applicationData, new Uint8Array(0));
  }),
  'internal.exception': {
    unreachable: 'a defect of ours, and none is known: test/fuzz and test/conformance look for one',
  },
} as const satisfies Readonly<Partial<Record<FailureKey, Way>>>;

function expectNothing({ alerts }: { readonly alerts: readonly string[] }): void {
  if (alerts.length > 0) throw new Error(`an alert was answered by ${alerts.join(', ')}`);
}

import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe, it } from 'vitest';
import { ExtensionType } from '../../service/tls/extension-type.ts';
import type { Extension } from '../../service/tls/extensions.ts';
import { clientHello } from '../../service/tls/handshake-messages.ts';
import { fieldsOf } from '../../service/tls/presentation.ts';
import type { ClientHelloChoices } from '../support/rogue/client.ts';
import { Arena, type Verdict } from './arena.ts';

/* What a ClientHello may not say: threats.md K1, S13, X5, and every length field of it one too high and one too low. */

const arena = Arena.forThisFile();

const shareInvalid = { alert: 'illegal_parameter', category: 'key_share.invalid' } as const;
const illegal = { alert: 'illegal_parameter', category: 'parameter.illegal' } as const;
const malformed = { alert: 'decode_error', category: 'parse.error' } as const;
const none = (category: 'cipher.none' | 'group.none' | 'sig.none') =>
  ({ alert: 'handshake_failure', category }) as const;
const extension = { alert: 'illegal_parameter', category: 'extension.invalid' } as const;
const missing = { alert: 'missing_extension', category: 'extension.missing' } as const;
const mismatch = { alert: 'no_application_protocol', category: 'alpn.mismatch' } as const;

const [X25519, P256, P384, HYBRID] = [0x001d, 0x0017, 0x0018, 0x11ec];

const hello = (name: string, verdict: Verdict, choices: ClientHelloChoices): void =>
  arena.asClient(name, verdict, (rogue) => rogue.hello(choices));

describe('K1: key shares', () => {
  const share = (name: string, group: number, keyExchange: Uint8Array): void =>
    hello(name, shareInvalid, { groups: [group], keyShares: [{ group, keyExchange }] });

  // The points of small order on Curve25519 (RFC 7748 §6.1): the shared secret would be zero.
  for (const point of [
    '00'.repeat(32),
    `01${'00'.repeat(31)}`,
    'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
    '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ]) {
    share(`X25519: ${point.slice(0, 8)}, a point of small order`, X25519, hexToBytes(point));
  }
  share('X25519: 31 bytes', X25519, new Uint8Array(31).fill(9));
  share('X25519: 33 bytes', X25519, new Uint8Array(33).fill(9));

  const onCurve = (form: string) =>
    hexToBytes(`${form}6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296`);
  const y = hexToBytes('4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5');
  share('P-256: the point at infinity', P256, Uint8Array.of(0));
  share('P-256: infinity in 65 bytes', P256, new Uint8Array(65));
  share('P-256: compressed', P256, onCurve('03'));
  share('P-256: hybrid', P256, concatBytes(onCurve('07'), y));
  share(
    'P-256: off the curve',
    P256,
    concatBytes(
      onCurve('04'),
      y.map((byte, at) => (at === 31 ? byte ^ 1 : byte)),
    ),
  );
  share('P-256: a coordinate beyond the field', P256, concatBytes(Uint8Array.of(4), new Uint8Array(32).fill(0xff), y));
  share('P-384: off the curve', P384, concatBytes(Uint8Array.of(4), new Uint8Array(96).fill(1)));
  share('X25519MLKEM768: coefficients that are not reduced', HYBRID, new Uint8Array(1216).fill(0xff));
  share('X25519MLKEM768: the classical half alone', HYBRID, new Uint8Array(32).fill(9));

  const honest = new Uint8Array(32).fill(9);
  hello('of a group that supported_groups lacks', illegal, {
    groups: [P256],
    keyShares: [{ group: X25519, keyExchange: honest }],
  });
  hello('two of one group', illegal, {
    groups: [X25519],
    keyShares: [
      { group: X25519, keyExchange: honest },
      { group: X25519, keyExchange: honest.map((byte) => byte + 1) },
    ],
  });
});

describe('nothing in common', () => {
  hello('cipher suites', none('cipher.none'), { cipherSuites: [0x13ff, 0x0004] });
  hello('groups', none('group.none'), { groups: [0x001e], keyShares: [] });
  hello('signature schemes', none('sig.none'), { signatureSchemes: [0x0804] });
  hello('application protocols', mismatch, { protocols: ['h2', 'http/1.1'] });
  hello('application protocols, but for the case', mismatch, { protocols: ['PINATA/1'] });
});

describe('extensions', () => {
  const without = (type: number): ClientHelloChoices => ({
    change: (message) => ({ ...message, extensions: message.extensions.filter((entry) => entry.type !== type) }),
  });
  hello('no supported_groups', missing, without(ExtensionType.supported_groups));
  hello('no signature_algorithms', missing, without(ExtensionType.signature_algorithms));
  hello('no key_share', missing, without(ExtensionType.key_share));

  const twice = (type: number): ClientHelloChoices => ({
    change: (message) => ({
      ...message,
      extensions: [...message.extensions, ...message.extensions.filter((entry) => entry.type === type)],
    }),
  });
  hello('server_name twice', extension, twice(ExtensionType.server_name));
  hello('key_share twice', extension, twice(ExtensionType.key_share));
  hello('one that nobody knows, twice', extension, {
    extensions: [
      { type: 0x4a4a, data: new Uint8Array(0) },
      { type: 0x4a4a, data: new Uint8Array(0) },
    ],
  });

  const replaced = (type: number, data: Uint8Array): ClientHelloChoices => ({
    change: (message) => ({
      ...message,
      extensions: message.extensions.map((entry): Extension => (entry.type === type ? { type, data } : entry)),
    }),
  });
  hello('an empty supported_versions', malformed, replaced(ExtensionType.supported_versions, Uint8Array.of(0)));
  hello('half a version', malformed, replaced(ExtensionType.supported_versions, Uint8Array.of(3, 3, 4, 3)));
  hello(
    'an empty protocol name',
    malformed,
    replaced(ExtensionType.application_layer_protocol_negotiation, Uint8Array.of(0, 1, 0)),
  );
  hello('a name of control characters', malformed, replaced(ExtensionType.server_name, hexToBytes('0006000003410a41')));
});

describe('the rest of it', () => {
  hello('compression', illegal, {
    change: (message) => ({ ...message, legacyCompressionMethods: Uint8Array.of(1, 0) }),
  });
  arena.asClient('a byte behind it', malformed, (rogue) => {
    const message = concatBytes(rogue.clientHelloMessage(), Uint8Array.of(0));
    message[3] = (message[3] ?? 0) + 1;
    rogue.say(message);
  });
  arena.asClient('16 MiB, announced', { alert: 'illegal_parameter', category: 'limit.message' }, (rogue) => {
    rogue.record(22, Uint8Array.of(1, 0xff, 0xff, 0xff));
  });

  it('each length field of it, one too high and one too low', async () => {
    const lengthsOf = (message: Uint8Array) =>
      fieldsOf(clientHello, message.subarray(4)).filter(({ name }) => name.endsWith('.length'));
    for (let index = 0, count = 1; index < count; index++) {
      for (const change of [1, -1]) {
        const rogue = await arena.client();
        const message = rogue.clientHelloMessage();
        const lengths = lengthsOf(message);
        count = lengths.length;
        const end = 4 + (lengths[index]?.end ?? 0) - 1;
        message[end] = (message[end] ?? 0) + change;
        rogue.say(message);
        await arena.judge(rogue, malformed);
      }
    }
  });
});

arena.everyAttackIsCounted();

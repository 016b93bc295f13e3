import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe } from 'vitest';
import { forger, type Signer } from '../support/rogue/identity.ts';
import type { CertificateVerifyChoices } from '../support/rogue/peer.ts';
import { Arena, type ClientScript } from './arena.ts';

/*
 * threats.md, Signatures: CertificateVerify and Finished of a client that shows a genuine certificate. All that is wrong
 * is the signature, its encoding, what it is over, or what it is said to be.
 */

const arena = Arena.forThisFile();

const invalid = { alert: 'decrypt_error', category: 'sig.invalid' } as const;
const notOffered = { alert: 'illegal_parameter', category: 'sig.invalid' } as const;
const illegal = { alert: 'illegal_parameter', category: 'parameter.illegal' } as const;
const malformed = { alert: 'decode_error', category: 'parse.error' } as const;
const badFinished = { alert: 'decrypt_error', category: 'bad_finished' } as const;

/** Certificate as it should be, then this CertificateVerify, then a Finished that fits it. */
const signing =
  (signer: () => Signer, choices: CertificateVerifyChoices = {}): ClientScript =>
  async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(signer(), choices);
    rogue.finished();
  };

const genuine = (): Signer => arena.genuine.signer;

/** A right signature, encoded in another way. */
const reencoded = (change: (der: Uint8Array) => Uint8Array) => (): Signer => {
  const { scheme, sign } = genuine();
  return { scheme, sign: (content) => change(sign(content)) };
};

const ecdsa = (r: string, s: string): Uint8Array => {
  const integer = (hex: string) => concatBytes(Uint8Array.of(2, hex.length / 2), hexToBytes(hex));
  const body = concatBytes(integer(r), integer(s));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
};

/** The order of P-256 (FIPS 186-5), as a positive INTEGER. */
const n = '00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551';

describe('G1: psychic signatures', () => {
  for (const [name, r, s] of [
    ['r = s = 0', '00', '00'],
    ['r = 0, s = 1', '00', '01'],
    ['r = 1, s = 0', '01', '00'],
    ['r = s = 1', '01', '01'],
    ['r = n, s = 1', n, '01'],
    ['r = 1, s = n', '01', n],
    ['r = s = n', n, n],
    ['r = s = -1', 'ff', 'ff'],
  ] as const) {
    arena.asClient(
      name,
      invalid,
      signing(() => forger(ecdsa(r, s))),
    );
  }
  arena.asClient(
    'nothing',
    invalid,
    signing(() => forger(new Uint8Array(0))),
  );
  arena.asClient(
    '64 zeros',
    invalid,
    signing(() => forger(new Uint8Array(64))),
  );
  arena.asClient(
    '16 KiB of ones',
    invalid,
    signing(() => forger(new Uint8Array(16_000).fill(1))),
  );
});

describe('G3: right signatures that are not DER', () => {
  const longForm = (der: Uint8Array) => concatBytes(Uint8Array.of(0x30, 0x81), der.subarray(1));
  const trailing = (der: Uint8Array) => concatBytes(der, Uint8Array.of(0));
  const indefinite = (der: Uint8Array) => concatBytes(Uint8Array.of(0x30, 0x80), der.subarray(2), Uint8Array.of(0, 0));
  const padded = (der: Uint8Array) => {
    const r = der.subarray(4, 4 + (der[3] ?? 0));
    const rest = der.subarray(4 + r.length);
    const body = concatBytes(Uint8Array.of(2, r.length + 1, 0), r, rest);
    return concatBytes(Uint8Array.of(0x30, body.length), body);
  };
  arena.asClient('a length in long form', invalid, signing(reencoded(longForm)));
  arena.asClient('a byte behind', invalid, signing(reencoded(trailing)));
  arena.asClient('indefinite length', invalid, signing(reencoded(indefinite)));
  arena.asClient('an INTEGER with a zero too many', invalid, signing(reencoded(padded)));
});

describe('G5, G6: said to be something else', () => {
  for (const [name, scheme] of [
    ['rsa_pkcs1_sha256, forbidden in 1.3', 0x0401],
    ['ecdsa_sha1', 0x0203],
    ['ed448, not offered', 0x0808],
    ['a scheme that does not exist', 0xfefe],
  ] as const) {
    arena.asClient(name, notOffered, signing(genuine, { scheme }));
  }
  for (const [name, scheme] of [
    ['ecdsa_secp384r1_sha384 with a key on P-256', 0x0503],
    ['ed25519 with a key on P-256', 0x0807],
    ['rsa_pss_rsae_sha256 with a key on P-256', 0x0804],
    ['rsa_pss_pss_sha256 with a key on P-256', 0x0809],
  ] as const) {
    arena.asClient(name, illegal, signing(genuine, { scheme }));
  }
});

describe('G8, X4: over something else', () => {
  const contexts = ['TLS 1.3, server CertificateVerify', 'TLS 1.3, client CertificateVerif', ''];
  for (const context of contexts) {
    arena.asClient(`context string "${context}"`, invalid, signing(genuine, { context }));
  }
  arena.asClient('63 spaces', invalid, signing(genuine, { prefix: new Uint8Array(63).fill(0x20) }));
  arena.asClient('64 zeros for spaces', invalid, signing(genuine, { prefix: new Uint8Array(64) }));
  arena.asClient('a transcript of zeros', invalid, signing(genuine, { transcriptHash: new Uint8Array(32) }));
  arena.asClient('an empty transcript hash', invalid, signing(genuine, { transcriptHash: new Uint8Array(0) }));

  arena.asClient('the transcript without Certificate', invalid, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    const transcriptHash = rogue.transcriptHash();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(genuine(), { transcriptHash });
    rogue.finished();
  });

  arena.asClient('the signature of another handshake', invalid, async (rogue) => {
    const other = await arena.client();
    other.hello();
    await other.serverFlight();
    other.certificate(arena.genuine.chain);
    const recorded = other.certificateVerifyMessage(genuine());
    other.wire.reset();
    arena.expect('aborted');
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.say(recorded);
    rogue.finished();
  });

  arena.asClient("the server's own CertificateVerify, sent back", invalid, async (rogue) => {
    rogue.hello();
    const { messages } = await rogue.serverFlight();
    const body = messages.get('certificate_verify') ?? new Uint8Array(0);
    rogue.certificate(arena.genuine.chain);
    rogue.say(concatBytes(Uint8Array.of(15, 0, body.length >> 8, body.length & 0xff), body));
    rogue.finished();
  });

  arena.asClient(
    'by the key of an attacker',
    invalid,
    signing(() => arena.authority.issue({ purpose: 'clientAuth', dnsNames: ['client.btc-pinata.invalid'] }).signer),
  );

  arena.asClient("under the bounty's own client certificate, by another genuine key", invalid, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate([arena.certificate('bounty: client')]);
    rogue.certificateVerify(genuine());
    rogue.finished();
  });
});

describe('Finished', () => {
  const finishing =
    (message: (right: Uint8Array) => Uint8Array): ClientScript =>
    async (rogue) => {
      rogue.hello();
      await rogue.serverFlight();
      rogue.certificate(arena.genuine.chain);
      rogue.certificateVerify(genuine());
      rogue.say(rogue.finishedMessage(message(rogue.verifyData())));
      rogue.sealWithApplicationKeys();
    };
  const flipped = (index: number) => (right: Uint8Array) => right.map((byte, at) => (at === index ? byte ^ 1 : byte));
  arena.asClient('one bit wrong at the front', badFinished, finishing(flipped(0)));
  arena.asClient('one bit wrong at the end', badFinished, finishing(flipped(31)));
  arena.asClient(
    'of zeros',
    badFinished,
    finishing((right) => new Uint8Array(right.length)),
  );
  arena.asClient(
    'a byte short',
    malformed,
    finishing((right) => right.subarray(1)),
  );
  arena.asClient(
    'a byte long',
    malformed,
    finishing((right) => concatBytes(right, right.subarray(0, 1))),
  );
  arena.asClient(
    'empty',
    malformed,
    finishing(() => new Uint8Array(0)),
  );

  arena.asClient("the server's own, sent back", badFinished, async (rogue) => {
    rogue.hello();
    const { messages } = await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(genuine());
    rogue.say(rogue.finishedMessage(messages.get('finished')));
  });

  arena.asClient("by the server's secret", badFinished, async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(arena.genuine.chain);
    rogue.certificateVerify(genuine());
    rogue.say(rogue.finishedMessage(rogue.verifyData(rogue.handshakeSecrets?.server)));
  });
});

arena.everyAttackIsCounted();

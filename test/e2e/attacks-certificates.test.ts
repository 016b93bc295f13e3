import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe } from 'vitest';
import { RogueAuthority } from '../support/rogue/identity.ts';
import { Arena, type ClientScript } from './arena.ts';

/* threats.md, Certificates, and X3: what a client may show on port 10000, live. The corpora of test/x509 go further. */

const arena = Arena.forThisFile();

const domain = 'btc-pinata.invalid';
const asClient = { purpose: 'clientAuth', dnsNames: [`client.${domain}`] } as const;

/** This chain, and a CertificateVerify by a key that has nothing to do with it. */
const showing =
  (chain: () => readonly Uint8Array[]): ClientScript =>
  async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.certificate(chain());
    rogue.certificateVerify(arena.genuine.signer);
    rogue.finished();
  };

const bad = (
  category:
    | 'x509.bad_signature'
    | 'x509.chain_broken'
    | 'asn1.rejected'
    | 'cert.too_many'
    | 'cert.too_big'
    | 'reflection',
) => ({ alert: 'bad_certificate', category }) as const;
const unknownCa = { alert: 'unknown_ca', category: 'x509.no_anchor' } as const;

const leaf = (): Uint8Array => arena.certificate('bounty: client');
const authority = (): Uint8Array => arena.certificate('bounty: authority');

/** The first place of `part` in `whole`. */
function find(whole: Uint8Array, part: Uint8Array): number {
  const at = Buffer.from(whole).indexOf(part);
  if (at === -1) throw new Error('not found');
  return at;
}

describe('certificates of other authorities', () => {
  arena.asClient(
    "an attacker's",
    unknownCa,
    showing(() => arena.authority.issue(asClient).chain),
  );
  arena.asClient(
    "an attacker's, with its authority",
    unknownCa,
    showing(() => [...arena.authority.issue(asClient).chain, arena.authority.certificate.der]),
  );
  arena.asClient(
    'C17: that of the website',
    unknownCa,
    showing(() => [arena.certificate('website: website')]),
  );
});

describe('C11: an authority of the same name', () => {
  const namesake = (): RogueAuthority => new RogueAuthority(commonName(authority()), [domain]);
  arena.asClient(
    'its leaf alone',
    bad('x509.chain_broken'),
    showing(() => namesake().issue(asClient).chain),
  );
  arena.asClient(
    'its leaf and the genuine authority',
    bad('x509.chain_broken'),
    showing(() => [...namesake().issue(asClient).chain, authority()]),
  );
});

describe('genuine certificates, changed', () => {
  arena.asClient(
    'with another public key',
    bad('x509.bad_signature'),
    showing(() => {
      const changed = leaf().slice();
      const other = arena.genuine.chain[0] ?? new Uint8Array(0);
      // BIT STRING, 66 bytes, no unused bits, uncompressed point
      const header = Uint8Array.of(0x03, 0x42, 0x00, 0x04);
      changed.set(other.subarray(find(other, header), find(other, header) + 68), find(changed, header));
      return [changed];
    }),
  );
  arena.asClient(
    'with one bit of the signature flipped',
    bad('x509.bad_signature'),
    showing(() => {
      const changed = leaf().slice();
      changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
      return [changed];
    }),
  );
  arena.asClient(
    'cut short',
    bad('asn1.rejected'),
    showing(() => [leaf().subarray(0, 200)]),
  );
  arena.asClient(
    'with a byte behind it',
    bad('asn1.rejected'),
    showing(() => [concatBytes(leaf(), Uint8Array.of(0))]),
  );
  arena.asClient(
    'of indefinite length',
    bad('asn1.rejected'),
    showing(() => [concatBytes(Uint8Array.of(0x30, 0x80), leaf().subarray(4), Uint8Array.of(0, 0))]),
  );
});

describe('X3, X4: ours, shown back to us', () => {
  arena.asClient(
    "the server's certificate as a client's, to the server itself",
    bad('reflection'),
    showing(() => [arena.certificate('bounty: server')]),
  );
  arena.asClient(
    'the authority itself',
    { alert: 'unknown_ca', category: 'x509.self_signed' },
    showing(() => [authority()]),
  );
});

describe('C16: a genuine leaf as issuer', () => {
  arena.asClient(
    'a leaf that it has really signed',
    bad('x509.chain_broken'),
    showing(() => [issuedByLeaf(), ...arena.genuine.chain, authority()]),
  );
  arena.asClient(
    'a leaf that it has not signed',
    bad('x509.chain_broken'),
    showing(() => [...arena.authority.issue(asClient).chain, leaf(), authority()]),
  );
});

describe('too much', () => {
  arena.asClient(
    'six certificates',
    bad('cert.too_many'),
    showing(() => Array.from({ length: 6 }, leaf)),
  );
  arena.asClient(
    '20 KiB',
    bad('cert.too_big'),
    showing(() => [concatBytes(leaf(), new Uint8Array(20_000))]),
  );
  arena.asClient('16 MiB, announced', bad('cert.too_big'), async (rogue) => {
    rogue.hello();
    await rogue.serverFlight();
    rogue.record(22, Uint8Array.of(11, 0xff, 0xff, 0xff, 0));
  });
  arena.asClient(
    'an OID of 15 000 arcs',
    bad('asn1.rejected'),
    showing(() => {
      const oid = new Uint8Array(15_000).fill(1);
      const inner = concatBytes(Uint8Array.of(0x06, 0x82, oid.length >> 8, oid.length & 0xff), oid);
      return [concatBytes(Uint8Array.of(0x30, 0x82, inner.length >> 8, inner.length & 0xff), inner)];
    }),
  );
  arena.asClient(
    'nested 4000 deep',
    bad('asn1.rejected'),
    showing(() => {
      let der = Uint8Array.of(5, 0);
      for (let depth = 0; depth < 4000 && der.length < 15_000; depth++) {
        const { length } = der;
        const header =
          length < 128
            ? [0x30, length]
            : length < 256
              ? [0x30, 0x81, length]
              : [0x30, 0x82, length >> 8, length & 0xff];
        der = concatBytes(Uint8Array.from(header), der);
      }
      return [der];
    }),
  );
});

describe('the message around them', () => {
  arena.asClient(
    'a certificate_request_context',
    { alert: 'illegal_parameter', category: 'parameter.illegal' },
    async (rogue) => {
      rogue.hello();
      await rogue.serverFlight();
      rogue.say(rogue.certificateMessage(arena.genuine.chain, Uint8Array.of(1)));
    },
  );
  arena.asClient(
    'an entry of no bytes',
    { alert: 'decode_error', category: 'parse.error' },
    showing(() => [new Uint8Array(0)]),
  );
});

/** The last CN: the subject's. Of an authority it is the issuer's as well. */
function commonName(der: Uint8Array): string {
  const at = Buffer.from(der).lastIndexOf(Uint8Array.of(0x06, 0x03, 0x55, 0x04, 0x03)) + 5;
  return new TextDecoder().decode(der.subarray(at + 2, at + 2 + (der[at + 1] ?? 0)));
}

const keyIdentifier = (der: Uint8Array): Uint8Array => {
  const header = hexToBytes('551d0e041604 14'.replace(' ', ''));
  const at = find(der, header) + header.length;
  return der.subarray(at, at + 20);
};

/** Signed by the key of a genuine leaf, naming it as its issuer in every way: all that is wrong is that a leaf is no authority. */
function issuedByLeaf(): Uint8Array {
  const { chain, signer } = arena.genuine;
  const issuer = chain[0] ?? new Uint8Array(0);
  const namesake = new RogueAuthority(commonName(issuer), [domain]);
  const der = (namesake.issue(asClient).chain[0] ?? new Uint8Array(0)).slice();
  der.set(keyIdentifier(issuer), find(der, keyIdentifier(namesake.certificate.der)));
  // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature }, all but the last as they are.
  const tbs = der.subarray(4, 4 + 4 + (der[6] ?? 0) * 256 + (der[7] ?? 0));
  const algorithm = der.subarray(4 + tbs.length, 4 + tbs.length + 2 + (der[5 + tbs.length] ?? 0));
  const signature = signer.sign(tbs);
  const bits = concatBytes(Uint8Array.of(3, signature.length + 1, 0), signature);
  const body = concatBytes(tbs, algorithm, bits);
  return concatBytes(Uint8Array.of(0x30, 0x82, body.length >> 8, body.length & 0xff), body);
}

arena.everyAttackIsCounted();

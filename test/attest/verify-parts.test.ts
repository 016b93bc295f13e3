import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEvidence, encodeEvidence } from '../../service/attest/evidence.ts';
import { commitmentScript, releaseCommitment } from '../../service/attest/funding-commitment.ts';
import { encodeRelease } from '../../service/attest/release.ts';
import { decodeVerification, encodeVerification, type Verification } from '../../service/attest/verification.ts';
import { type Trust, type Verdict, verify } from '../../service/attest/verify.ts';
import { scriptPubKey } from '../../service/bitcoin/address.ts';
import { decodeSegwitAddress } from '../../service/bitcoin/index.ts';
import {
  build,
  generation,
  now,
  other,
  own,
  release,
  releaseText,
  sampleFields,
  sceneOf,
  trust,
} from './verification-scene.ts';

/* The release and its anchors, what the ports showed, and the file that keeps all of it. */

const checkOf = (verdict: Verdict, name: string): string => {
  const found = verdict.sections.flatMap(({ checks }) => checks).find((check) => check.name === name);
  return `${found?.outcome}: ${found?.found}`;
};
const judged = (change: Partial<Verification>, name: string, by: Partial<Trust> = {}): string =>
  checkOf(verify(sceneOf({ verification: change }), { ...trust, ...by }), name);
const releaseOf = (change: Partial<Verification['release']>): Partial<Verification> => ({
  release: { text: releaseText, minisig: undefined, timestamp: undefined, ...change },
});

describe('the release', () => {
  test('is in its one form, and the one that was named', () => {
    expect(judged({}, 'release-form')).toBe(`pass: 1.2.3, SHA-256 ${bytesToHex(sha256(utf8ToBytes(releaseText)))}`);
    const tampered = encodeRelease({ ...release, version: '1.2.4' });
    expect(judged(releaseOf({ text: tampered }), 'release-form', { release: releaseText })).toMatch(/^fail: .*another/);
    for (const text of [`${releaseText} `, '{}', ' ']) {
      expect(judged(releaseOf({ text }), 'release-form')).toMatch(/^fail/);
      expect(verify(sceneOf({ verification: releaseOf({ text }) }), trust).level).toBe('L1');
    }
    // None at all is no lie, and nothing can be held against it.
    expect(judged(releaseOf({ text: '' }), 'release-form')).toMatch(/^unchecked/);
    expect(verify(sceneOf({ verification: releaseOf({ text: '' }) }), trust).level).toBe('L1');
    expect(judged(releaseOf({ text: '' }), 'release-form', { release: releaseText })).toMatch(/^fail: .*another/);
  });

  const secret = new Uint8Array(32).fill(7);
  const id = new Uint8Array(8).fill(1);
  const key = { id, publicKey: ed25519.getPublicKey(secret) };
  const signed = (text: string): string => {
    const ofFile = ed25519.sign(blake2b(utf8ToBytes(text), { dkLen: 64 }), secret);
    const ofComment = ed25519.sign(concatBytes(ofFile, utf8ToBytes('1.2.3')), secret);
    const first = base64.encode(concatBytes(utf8ToBytes('ED'), id, ofFile));
    return `untrusted comment: \n${first}\ntrusted comment: 1.2.3\n${base64.encode(ofComment)}\n`;
  };

  test('is UNSIGNED until its owner signed it, and who names a key wants it signed', () => {
    expect(judged({}, 'release-signature')).toMatch(/^unchecked: UNSIGNED/);
    expect(judged({}, 'release-signature', { key })).toMatch(/^fail: UNSIGNED/);
    expect(judged(releaseOf({ minisig: signed(releaseText) }), 'release-signature')).toMatch(/^unchecked: .*--key/);
    const good = releaseOf({ minisig: signed(releaseText) });
    expect(judged(good, 'release-signature', { key })).toBe('pass: by key 101010101010101: 1.2.3');
    expect(judged(releaseOf({ minisig: signed(' ') }), 'release-signature', { key })).toMatch(/^fail: the file is not/);
  });

  test('was built again: what runs there is among what came out the same', () => {
    const rebuilt = (change: Readonly<Record<string, unknown>> = {}): Partial<Verification> => ({
      rebuilt: JSON.stringify({
        format: 'btc-pinata/rebuilt/v1',
        version: '1.2.3',
        commit: release.commit,
        release: bytesToHex(sha256(utf8ToBytes(releaseText))),
        same: [{ name: 'btc-pinata.cjs', sha256: build }],
        differing: [],
        notBuilt: ['btc-pinata.efi'],
        ...change,
      }),
    });
    expect(judged({}, 'rebuilt')).toBe('unchecked: not checked here: run btc-pinata rebuild');
    const passed = 'pass: 1 files came out the same, bit for bit';
    expect(judged(rebuilt(), 'rebuilt')).toBe(`${passed}; not built again: btc-pinata.efi`);
    expect(judged(rebuilt({ notBuilt: [] }), 'rebuilt')).toBe(passed);
    expect(judged(rebuilt({ notBuilt: [{}] }), 'rebuilt')).toMatch(/^fail/);
    expect(verify(sceneOf({ verification: rebuilt() }), trust).reproducible).toBe('pass');
    expect(judged(rebuilt({ release: '00'.repeat(32) }), 'rebuilt')).toBe('fail: it is about another release');
    expect(judged(rebuilt({ same: [] }), 'rebuilt')).toMatch(/^fail: .*none of them/);
    expect(judged(rebuilt({ differing: [{}] }), 'rebuilt')).toMatch(/^fail: 1 files came out differently/);
    expect(judged(rebuilt({ format: 'x' }), 'rebuilt')).toMatch(/^fail/);
    expect(judged({ rebuilt: 'x' }, 'rebuilt')).toBe('fail: it is no JSON');
  });

  const stampOf = (text: string): Uint8Array => {
    const magic = '004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e892940108';
    const head = Uint8Array.from(magic.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const bitcoin = Uint8Array.of(0, 0x05, 0x88, 0x96, 0x0d, 0x73, 0xd7, 0x19, 0x01, 1, 77);
    return concatBytes(head, sha256(utf8ToBytes(text)), Uint8Array.of(0x08), bitcoin);
  };
  const header = (root: Uint8Array): Uint8Array => concatBytes(new Uint8Array(36), root, new Uint8Array(12));

  test('was stamped: in a block with this Merkle root, and nobody’s word is taken for that', () => {
    const root = sha256(sha256(utf8ToBytes(releaseText)));
    const stamped = releaseOf({ timestamp: stampOf(releaseText) });
    expect(judged(stamped, 'timestamp')).toMatch(/^unchecked: block 77, if its Merkle root is [0-9a-f]{64}: --esplora/);
    expect(judged({ ...stamped, headers: new Map([[77, header(root)]]) }, 'timestamp')).toMatch(
      /^pass: before block 77, [0-9a-f]{64}$/,
    );
    const others = new Map([[77, header(sha256(root))]]);
    expect(judged({ ...stamped, headers: others }, 'timestamp')).toMatch(/^fail: block 77 has another Merkle root/);
    expect(judged(releaseOf({ timestamp: stampOf(' ') }), 'timestamp')).toBe('fail: it is of another file');
    expect(judged(releaseOf({ timestamp: Uint8Array.of(1) }), 'timestamp')).toMatch(/^fail/);
  });

  const wallet = decodeSegwitAddress(sampleFields.address);
  if (wallet === undefined) throw new Error('the sample address is none');
  const output = (value: number, script: Uint8Array): Uint8Array =>
    concatBytes(Uint8Array.of(value, 0, 0, 0, 0, 0, 0, 0, script.length), script);
  const transaction = (outputs: readonly Uint8Array[], witness: boolean): Uint8Array =>
    concatBytes(
      Uint8Array.of(2, 0, 0, 0),
      witness ? Uint8Array.of(0, 1) : new Uint8Array(),
      concatBytes(Uint8Array.of(1), new Uint8Array(36).fill(3), Uint8Array.of(0, 255, 255, 255, 255)),
      concatBytes(Uint8Array.of(outputs.length), ...outputs),
      witness ? Uint8Array.of(2, 1, 5, 2, 6, 7) : new Uint8Array(),
      new Uint8Array(4),
    );
  const commitment = output(0, commitmentScript(releaseCommitment(releaseText)));
  const pays = output(9, scriptPubKey(wallet));
  const funded = (bytes: Uint8Array, height?: number): string =>
    judged({ funding: { transaction: bytes, height } }, 'funding');

  test('was named where the wallet was funded, with a witness or without: the same txid', () => {
    const outputs = [pays, commitment];
    const txid = bytesToHex(sha256(sha256(transaction(outputs, false))).toReversed());
    expect(funded(transaction(outputs, false), 9)).toBe(`pass: ${txid}, in block 9, as the explorer says`);
    expect(funded(transaction(outputs, true))).toBe(`pass: ${txid}, not in a block yet`);
    expect(funded(transaction([pays], true))).toBe(
      `fail: ${bytesToHex(sha256(sha256(transaction([pays], false))).toReversed())} has no OP_RETURN that commits to this release`,
    );
    const worthless = output(0, scriptPubKey(wallet));
    expect(funded(transaction([worthless, commitment], false))).toMatch(/^fail: [0-9a-f]{64} does not pay the wallet$/);
    const elsewhere = output(0, commitmentScript(releaseCommitment(`${releaseText} `)));
    expect(funded(transaction([pays, elsewhere], false))).toMatch(/^fail/);
  });

  test('a transaction that was cut, or goes on, is none; no bytes make the reader throw', () => {
    const whole = transaction([pays, commitment], true);
    for (let length = 0; length < whole.length; length++)
      expect(funded(whole.subarray(0, length))).toBe('fail: it is no serialized transaction');
    expect(funded(Uint8Array.of(...whole, 0))).toBe('fail: it is no serialized transaction');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (position, octet) => {
        const changed = whole.slice();
        changed[position] = octet;
        expect(funded(changed)).toMatch(/^(?:pass|fail)/);
      }),
      { numRuns: 20 },
    );
  });
});

describe('what the ports show', () => {
  const shown = (change: Partial<Verification['shown']>): Partial<Verification> => ({
    shown: { ...sceneOf().shown, ...change },
  });

  test('a relay that shows a certificate of its own on a port of the bounty, and on the page', () => {
    const server = shown({ server: { certificate: other.bounty.server.der } });
    expect(judged(server, 'bounty-authority')).toMatch(/^fail: .*shows one of another \(/);
    expect(verify(sceneOf({ kind: 'nitro', verification: server }), trust).level).toBe('none');
    const https = shown({ https: { certificate: other.website.leaf.der } });
    expect(judged(https, 'site-authority')).toMatch(/^fail: .*shows one of another \(/);
  });

  test('a relay that publishes an authority of its own too', () => {
    const whole = {
      ...shown({ server: { certificate: other.bounty.server.der } }),
      authorities: { bounty: other.bounty.authority.der, site: own.website.authority.der },
    };
    expect(judged(whole, 'bounty-authority')).toBe(
      `fail: the text says ${own.id}, and the port shows one of ${other.id}`,
    );
  });

  test('the certificate of another role, and none at all', () => {
    const client = shown({ server: { certificate: own.bounty.client.der } });
    expect(judged(client, 'bounty-authority')).toMatch(/^fail: .*wrong_role|^fail: .*another \(/);
    expect(judged(shown({ server: { nothing: 'it hung up' } }), 'bounty-authority')).toMatch(/none \(it hung up\)$/);
    const none = { authorities: { bounty: undefined, site: undefined } };
    expect(judged(none, 'bounty-authority')).toMatch(/^fail: .*none that the page publishes$/);
    const garbage = { authorities: { bounty: Uint8Array.of(1), site: Uint8Array.of(1) } };
    expect(judged(garbage, 'site-authority')).toMatch(/^fail: .*refused/);
    expect(judged(shown({ https: { certificate: Uint8Array.of(1) } }), 'site-authority')).toMatch(/^fail: .*refused/);
  });

  test('certificates are judged at the time of the statement: expired then, they are refused, whatever the time now', () => {
    // All of this test's are long expired, or not valid yet, by the clock of whoever runs it.
    expect(judged({}, 'bounty-authority')).toMatch(/^pass/);
    const old = generation(1, now - 3 * 86_400);
    const expired = {
      ...shown({ server: { certificate: old.bounty.server.der } }),
      authorities: { bounty: old.bounty.authority.der, site: own.website.authority.der },
    };
    expect(judged(expired, 'bounty-authority')).toMatch(/^fail: .*another \(expired/);
  });

  test('ports that cannot be joined are told of, and are no lie', () => {
    const joined = { joined: { outcome: 'failed', words: 'no connection' } } as const;
    expect(judged(joined, 'client-port')).toBe('unchecked: no connection');
    expect(verify(sceneOf({ verification: joined }), trust)).toMatchObject({ level: 'L2', refused: false });
  });
});

describe('the file', () => {
  const kinds = ['none', 'tpm', 'nitro'] as const;
  const whole: Verification = sceneOf({
    kind: 'tpm',
    verification: {
      release: { text: releaseText, minisig: 'minisig', timestamp: Uint8Array.of(1, 2) },
      rebuilt: '{}',
      headers: new Map([[7, new Uint8Array(80).fill(1)]]),
      funding: { transaction: Uint8Array.of(3), height: 9 },
      shown: { server: { nothing: 'it hung up' }, https: { certificate: Uint8Array.of(4) } },
      credential: { sent: Uint8Array.of(5), answered: undefined },
      authorities: { bounty: undefined, site: Uint8Array.of(6) },
    },
  });

  test('is read as it was written, whatever is in it', () => {
    for (const verification of [...kinds.map((kind) => sceneOf({ kind })), whole])
      expect(decodeVerification(encodeVerification(verification))).toEqual({ ok: true, value: verification });
  });

  test('gives the same verdict, check by check', () => {
    for (const kind of kinds) {
      const seen = sceneOf({ kind });
      const read = decodeVerification(encodeVerification(seen));
      if (!read.ok) throw new Error(read.fault);
      expect(verify(read.value, trust)).toEqual(verify(seen, trust));
    }
  });

  test('is refused with any byte turned, cut, or longer', () => {
    const bytes = utf8ToBytes(encodeVerification(sceneOf({ kind: 'tpm' })));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, turn) => {
        const changed = bytes.slice();
        changed[position] = (changed[position] ?? 0) ^ turn;
        expect(decodeVerification(new TextDecoder().decode(changed)).ok).toBe(false);
      }),
      { numRuns: 100 },
    );
    const text = encodeVerification(sceneOf());
    for (const other of [
      '',
      '{}',
      'null',
      text.slice(0, -1),
      `${text} `,
      text.replace('verification/v1', 'verification/v2'),
    ])
      expect(decodeVerification(other).ok).toBe(false);
  });

  /** The same, by somebody who writes the file anew: then the parts have to tell. */
  test.each(['tpm', 'nitro'] as const)(
    '%s: written anew with any byte of what was signed turned, it reaches less',
    (kind) => {
      const seen = sceneOf({ kind });
      const [first, second] = seen.observations;
      const parts: readonly ((turn: (text: string) => string) => Verification)[] = [
        (turn) => ({
          ...seen,
          observations: [first, { ...second, proof: { ...second.proof, statement: turn(second.proof.statement) } }],
        }),
        (turn) => ({
          ...seen,
          observations: [{ ...first, proof: { ...first.proof, signature: turn(first.proof.signature) } }, second],
        }),
        (turn) => ({ ...seen, release: { ...seen.release, text: turn(seen.release.text) } }),
      ];
      const level = kind === 'tpm' ? 'L3' : 'L4';
      fc.assert(
        fc.property(fc.constantFrom(...parts), fc.nat(), fc.integer({ min: 1, max: 127 }), (part, at, turn) => {
          const turned = part((text) => {
            const position = at % text.length;
            const code = text.charCodeAt(position) ^ turn;
            return text.slice(0, position) + String.fromCharCode(code) + text.slice(position + 1);
          });
          const verdict = verify(turned, { ...trust, release: releaseText });
          expect(verdict.refused, verdict.level).toBe(true);
          expect(verdict.level).not.toBe(level);
        }),
        { numRuns: 20 },
      );
    },
  );

  test.each(['tpm', 'nitro'] as const)('%s: nor with any byte of what hardware signed turned', (kind) => {
    const seen = sceneOf({ kind });
    const [first, second] = seen.observations;
    const decoded = decodeEvidence(second.evidence?.text ?? '');
    if (!decoded.ok || decoded.value.tpm === undefined) throw new Error('no evidence in the scene');
    const { tpm, nitroTpm } = decoded.value;
    const signedParts = kind === 'tpm' ? (['quote', 'signature', 'akPublic', 'ekCertificate'] as const) : ([] as const);
    const parts = [...signedParts, ...(nitroTpm === undefined ? [] : (['nitroTpm'] as const))];
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.nat(), fc.integer({ min: 1, max: 255 }), (part, at, turn) => {
        const bytes = Uint8Array.from((part === 'nitroTpm' ? nitroTpm : tpm[part]) ?? []);
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ turn;
        const changed =
          part === 'nitroTpm'
            ? { ...decoded.value, nitroTpm: bytes }
            : { ...decoded.value, tpm: { ...tpm, [part]: bytes } };
        const evidence = { text: encodeEvidence(changed), received: second.answered };
        const verdict = verify({ ...seen, observations: [first, { ...second, evidence }] }, trust);
        expect(verdict.refused).toBe(true);
        expect(['none', 'L2']).toContain(verdict.level);
      }),
      { numRuns: 20 },
    );
  });
});

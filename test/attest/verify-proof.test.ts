import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Attestation,
  ChallengeTree,
  committedChallenge,
  decodeProof,
  type Expectations,
  encodeProof,
  noChallengeRoot,
  type Outcome,
  type Proof,
  type ProofCheckName,
  proofCheckNames,
  readProof,
  verifyProof,
} from '../../service/attest/index.ts';
import { networks, publicWallet, type StatementFields } from '../../service/bitcoin/index.ts';
import { fieldsOf, otherKey, proofOf, startedAt, terms } from './sample-statement.ts';

const random = new Uint8Array(32).fill(9);
const blockHash = new Uint8Array(32).fill(5);
const mine = committedChallenge(random, blockHash);
const tree = new ChallengeTree([new Uint8Array(32).fill(1), mine, new Uint8Array(32).fill(2)]);
const path = tree.path(1).map(({ side, hash }) => ({ side, hash: bytesToHex(hash) }));

const signed = (change: Partial<StatementFields> = {}, kind: 'classic' | 'vault' = 'classic'): Proof =>
  proofOf({ ...fieldsOf(kind), challengeRoot: bytesToHex(tree.root), ...change }, bytesToHex(mine), path);

const { address, caSha256, siteCaSha256, buildSha256: build, time } = fieldsOf();
const everything: Expectations = {
  challenge: mine,
  preimage: { random, blockHash },
  caSha256,
  siteCaSha256,
  build,
  asked: { from: time - 1, until: time + 1, tolerance: 60 },
  earlier: { address, startedAt, time: time - 600 },
};

const outcomes = (document: Proof | Attestation, expected: Expectations = everything) =>
  Object.fromEntries(verifyProof(document, expected).map(({ name, outcome }) => [name, outcome]));
const all = (outcome: Outcome) => Object.fromEntries(proofCheckNames.map((name) => [name, outcome]));
const but = (...failed: readonly ProofCheckName[]) => ({
  ...all('pass'),
  ...Object.fromEntries(failed.map((name) => [name, 'fail'])),
});

describe('a good proof', () => {
  test.each(['classic', 'vault'] as const)('of a %s wallet passes every check', (kind) => {
    const earlier = { address: fieldsOf(kind).address, startedAt, time: time - 600 };
    expect(outcomes(signed({}, kind), { ...everything, earlier })).toEqual(all('pass'));
  });

  test('with nothing to hold it against: what needs nothing passes, the rest is said to be unchecked', () => {
    expect(outcomes(signed(), {})).toEqual({
      ...all('unchecked'),
      ...{ text: 'pass', address: 'pass', signature: 'pass', test: 'pass' },
    });
  });

  test('each check says what it proves and what not', () => {
    for (const { found, proves, unproven } of verifyProof(signed(), everything)) {
      for (const words of [found, proves, unproven]) expect(words.length).toBeGreaterThan(3);
    }
  });
});

describe('what is wrong fails by name, and nothing else does', () => {
  const { statement, signature } = signed();
  const ofOther = publicWallet(otherKey, networks.regtest, terms.classic);
  const bad: readonly (readonly [string, Proof, Expectations, readonly ProofCheckName[]])[] = [
    [
      'a signature of another statement',
      { ...signed(), signature: signed({ time: time + 1 }).signature },
      {},
      ['signature'],
    ],
    ['a signature without its prefix', { ...signed(), signature: signature.slice(3) }, {}, ['signature']],
    ['no signature', { ...signed(), signature: '' }, {}, ['signature']],
    ['another challenge of mine', signed(), { challenge: random, preimage: { random, blockHash } }, ['challenge']],
    ['a path that is too short', { ...signed(), path: path.slice(1) }, {}, ['challenge']],
    ['a path that is too long', { ...signed(), path: [...path, ...path] }, {}, ['challenge']],
    ['no path', { ...signed(), path: [] }, {}, ['challenge']],
    ['another preimage', signed(), { preimage: { random: blockHash, blockHash: random } }, ['preimage']],
    [
      'a preimage of another length',
      signed(),
      { preimage: { random: mine, blockHash: new Uint8Array(31) } },
      ['preimage'],
    ],
    ['another authority on the port', signed(), { caSha256: 'aa'.repeat(32) }, ['bounty-authority']],
    ['another authority of the page', signed(), { siteCaSha256: 'aa'.repeat(32) }, ['site-authority']],
    ['another build', signed(), { build: 'aa'.repeat(32) }, ['build']],
    ['a clock that is behind', signed(), { asked: { from: time + 61, until: time + 70, tolerance: 60 } }, ['time']],
    ['an answer a year later', signed(), { asked: { from: time, until: time + 31_536_000, tolerance: 60 } }, ['time']],
    ['an answer before the question', signed(), { asked: { from: time, until: time - 61, tolerance: 60 } }, ['time']],
    ['a clock that is ahead', signed(), { asked: { from: time - 99, until: time - 61, tolerance: 60 } }, ['time']],
    [
      'another wallet than the one that was seen',
      signed(),
      { earlier: { address: fieldsOf('vault').address, startedAt, time } },
      ['started-at'],
    ],
    [
      'a start before the one that was seen',
      signed(),
      { earlier: { address, startedAt: startedAt + 1, time } },
      ['started-at'],
    ],
    [
      'a statement older than the one that was seen',
      signed(),
      { earlier: { address, startedAt, time: time + 1 } },
      ['started-at'],
    ],
    ['a start after the signature', signed({ startedAt: time + 1 }), {}, ['started-at']],
    ['test credentials', signed({ test: true }), {}, ['test']],
  ];
  test.each(bad)('%s', (_, document, expected, failed) => {
    expect(outcomes(document, { ...everything, ...expected })).toEqual(but(...failed));
  });

  test('an address that is not that of the descriptor', () => {
    const document = { ...signed(), statement: statement.replace(/^address: .*/m, `address: ${ofOther.address}`) };
    expect(outcomes(document)).toEqual(but('address', 'signature', 'started-at'));
  });

  test('a descriptor that is not that of the address, or whose checksum is wrong', () => {
    const changed = (by: string) => ({ ...signed(), statement: statement.replace(/wpkh\S+/, by) });
    expect(outcomes(changed(ofOther.descriptor))).toEqual(but('address', 'signature'));
    expect(outcomes(changed(ofOther.descriptor.replace(/#.*/, '#qqqqqqqq')))).toEqual(but('address', 'signature'));
  });

  test('an address of another network', () => {
    const document = { ...signed(), statement: statement.replace('network: regtest', 'network: mainnet') };
    expect(outcomes(document)).toEqual(but('address', 'signature'));
  });

  test('a text that is no statement: nothing passes', () => {
    for (const text of ['', 'x', `${statement}x`, statement.replace('\n', '\r\n')]) {
      expect(outcomes({ ...signed(), statement: text })).toEqual(all('fail'));
    }
  });

  test('a block of zeros bounds nothing, and that is said', () => {
    const challenge = committedChallenge(random, new Uint8Array(32));
    const { root } = new ChallengeTree([challenge]);
    const document = proofOf({ ...fieldsOf(), challengeRoot: bytesToHex(root) }, bytesToHex(challenge));
    const expected = { ...everything, challenge, preimage: { random, blockHash: new Uint8Array(32) } };
    expect(outcomes(document, expected)).toEqual({ ...all('pass'), preimage: 'unchecked' });
  });

  test('the last statement answers no challenge, and one that was signed for nobody says so', () => {
    const { challenge: _challenge, path: _path, ...last } = signed();
    expect(outcomes(last)).toMatchObject({ signature: 'pass', challenge: 'fail', preimage: 'unchecked' });
    expect(outcomes(last, {})).toMatchObject({ signature: 'pass', challenge: 'unchecked' });
    const { challenge: _c, path: _p, ...idle } = signed({ challengeRoot: bytesToHex(noChallengeRoot) });
    expect(verifyProof(idle, {}).find(({ name }) => name === 'challenge')?.found).toMatch(/nobody/);
  });

  test('a proof of a statement that was signed for nobody proves nothing of a challenge', () => {
    expect(outcomes(signed({ challengeRoot: bytesToHex(noChallengeRoot) }))).toEqual(but('challenge'));
  });
});

describe('the document', () => {
  const document = signed();
  const text = encodeProof(document);

  test('is read as it was written', () => {
    expect(decodeProof(text)).toEqual(document);
    const { challenge: _challenge, path: _path, ...last } = document;
    expect(decodeProof(encodeProof(last))).toEqual(last);
  });

  const changed = (change: Record<string, unknown>): unknown => ({ ...document, ...change });
  const without = (name: string): unknown =>
    Object.fromEntries(Object.entries(document).filter(([key]) => key !== name));
  test.each<readonly [string, unknown]>([
    ['null', null],
    ['an array', [document]],
    ['a string', text],
    ['no format', without('format')],
    ['another format', changed({ format: 'btc-pinata/proof/v2' })],
    ['no statement', without('statement')],
    ['a statement that is no string', changed({ statement: 1 })],
    ['a signature that is no string', changed({ signature: null })],
    ['no path', without('path')],
    ['no challenge', without('challenge')],
    ['a challenge in upper case', changed({ challenge: document.challenge.toUpperCase() })],
    ['a challenge that is too short', changed({ challenge: 'ab' })],
    ['a path that is none', changed({ path: {} })],
    ['a path that is too long', changed({ path: Array.from({ length: 33 }, () => path[0]) })],
    ['a step on no side', changed({ path: [{ side: 'up', hash: 'ab'.repeat(32) }] })],
    ['a step with something more', changed({ path: [{ side: 'left', hash: 'ab'.repeat(32), more: 1 }] })],
    ['a field more', changed({ comment: 'x' })],
    ['a prototype', JSON.parse(text.replace('{', '{"__proto__": {},'))],
  ])('%s: refused, and said why', (_, value) => {
    expect(readProof(value)).toHaveProperty('fault');
    expect(decodeProof(JSON.stringify(value))).toHaveProperty('fault');
  });

  test('a fault that quotes moves no cursor and turns no text around', () => {
    for (const strange of ['\u001b[31m', '\u009b31m', '\u202e', '\u2028', '\u007f']) {
      const found = readProof(changed({ [strange]: 1 }));
      expect('fault' in found ? found.fault : '').toMatch(/^[ -~]+$/);
    }
  });

  test('every proper prefix is refused, and so is what is longer than any', () => {
    for (let length = 0; length < text.length - 1; length++) {
      expect(decodeProof(text.slice(0, length))).toHaveProperty('fault');
    }
    expect(decodeProof(' '.repeat(70_000))).toHaveProperty('fault');
  });

  test('whatever comes, nothing throws, and what is not signed never passes', () => {
    const anything = fc.record({
      format: fc.constant('btc-pinata/proof/v1'),
      challenge: fc.constant(document.challenge),
      path: fc.array(fc.record({ side: fc.constantFrom('left', 'right'), hash: fc.constant('ab'.repeat(32)) })),
      statement: fc.oneof(fc.string(), fc.constant(document.statement)),
      signature: fc.oneof(
        fc.string(),
        fc.base64String().map((base64) => `smp${base64}`),
      ),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), anything), (value) => {
        const read = readProof(value);
        if ('fault' in read) return;
        expect(outcomes(read, { challenge: hexToBytes(document.challenge) })['signature']).toBe('fail');
      }),
    );
  });
});

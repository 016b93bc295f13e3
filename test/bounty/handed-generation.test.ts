import { expect, test } from 'vitest';
import { Credentials } from '../../service/bounty/credentials.ts';
import { generationEntropyLength } from '../../service/bounty/generation.ts';
import { HandedCredentials } from '../../service/bounty/handed-generation.ts';
import { verifySignature } from '../../service/x509/index.ts';
import { makeCredentials, now, random } from './table.ts';

const message = Uint8Array.of(1, 2, 3);

const handingOver = () =>
  new Credentials(
    {
      lifetimeSeconds: 90 * 86_400,
      website: { dnsNames: ['localhost'], ipAddresses: [] },
      testCredentials: true,
      handsOver: true,
    },
    random(generationEntropyLength),
    now,
  );

function handed({ handed }: { readonly handed: Credentials['handed'] }) {
  if (handed === undefined) throw new Error('nothing is handed over');
  return handed;
}

test('another thread has the same generation, and keys that sign under its leaves', () => {
  const credentials = handingOver();
  const other = new HandedCredentials(structuredClone(handed(credentials)));
  for (const role of ['server', 'client'] as const) {
    const [ours, theirs] = [credentials.lease(role), other.lease(role)];
    expect(theirs.generation).toEqual(ours.generation);
    const { key } = theirs.certifiedKey;
    expect(key.sign(message)).toEqual(ours.certifiedKey.key.sign(message));
    const { publicKey } = credentials.current.bounty[role].certificate;
    const algorithm = { type: 'ecdsa', hash: 'sha256' } as const;
    expect(verifySignature(publicKey, algorithm, message, key.sign(message))).toBe(true);
  }
});

test('what was handed over is of no use once it is zeroed, and the keys made from it are', () => {
  const first = handed(handingOver());
  const other = new HandedCredentials(first);
  const lease = other.lease('server');
  new Uint8Array(first.seeds).fill(0);
  expect(lease.certifiedKey.key.sign(message)).toBeInstanceOf(Uint8Array);
});

test('a generation is prepared by all, and adopted by all: meanwhile sessions begin in the one there is', () => {
  const credentials = handingOver();
  const other = new HandedCredentials(handed(credentials));
  const held = other.lease('client');
  const first = credentials.current;
  const prepared = credentials.prepare(random(generationEntropyLength), now + 5);
  other.prepare(handed(prepared));
  expect(credentials.current).toBe(first);
  expect(other.lease('server').generation.id).toBe(first.id);
  credentials.adopt(prepared);
  other.adopt();
  expect(credentials.published.map(({ number }) => number)).toEqual([2, 1]);
  expect(other.lease('server').generation.id).toBe(credentials.current.id);
  expect(other.lease('server').generation.id).toBe(prepared.published.id);
  expect(held.certifiedKey.key.sign(message)).toBeInstanceOf(Uint8Array);
  held.release();
});

test('a generation that is abandoned is nobody’s, and its keys are gone', () => {
  const credentials = handingOver();
  const other = new HandedCredentials(handed(credentials));
  const { number } = credentials.current;
  const prepared = credentials.prepare(random(generationEntropyLength), now);
  other.prepare(handed(prepared));
  credentials.abandon(prepared);
  other.abandon();
  expect(credentials.current.number).toBe(number);
  expect(other.lease('server').generation.number).toBe(number);
  expect(() => other.adopt()).toThrow(/prepared/);
  credentials.adopt(prepared);
  expect(() => credentials.lease('server').certifiedKey.key.sign(message)).toThrow(/destroyed/);
});

test('without other threads nothing is kept to be handed over', () => {
  expect(makeCredentials().handed).toBeUndefined();
});

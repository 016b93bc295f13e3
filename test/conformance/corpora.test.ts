import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TlsRole } from '../../service/bounty/endpoints.ts';
import type { Outcome } from '../../service/bounty/outcome.ts';
import { RecordObserver } from '../../service/tools/record-observer.ts';
import { byByte, type Cut, Guest, layTable, makeCredentials, whole } from '../bounty/table.ts';
import { required } from '../support/required.ts';
import { filesOfTar } from '../x509/tar.ts';

/*
 * What OpenSSL's fuzzers found worth keeping: whatever makes another stack go new ways, fed to conversations of the bounty.
 * Nothing throws, nothing is released, each ends in one way, and that way is the same however the bytes are cut.
 */

const corpora = required.vectors('corpora');
const table = layTable({}, makeCredentials());

function feed(role: TlsRole, input: Uint8Array, cut: Cut): Outcome {
  const guest = new Guest(role, table);
  for (const piece of cut(input)) guest.feed(piece);
  if (guest.outcomes.length === 0) guest.take({ type: 'eof' });
  expect(guest.outcomes).toHaveLength(1);
  const [outcome] = guest.outcomes;
  if (outcome === undefined) throw new Error('a conversation without an outcome');
  return outcome;
}

const told = (outcome: Outcome): string => (outcome.type === 'fault' ? outcome.fault.reason : outcome.type);

describe.skipIf(corpora.missing).each([
  ['server', 'openssl-server.tar.gz'],
  ['client', 'openssl-client.tar.gz'],
] as const)("OpenSSL's corpus for a %s", (role, file) => {
  const inputs = corpora.missing ? [] : filesOfTar(join(corpora.path, file));

  it('ends each conversation in one way, which is none of ours to be ashamed of', () => {
    const reasons = new Map<string, number>();
    for (const input of inputs) {
      const reason = told(feed(role, input, whole));
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    expect([...reasons.values()].reduce((sum, count) => sum + count, 0)).toBe(inputs.length);
    for (const never of ['internal_error', 'exception', 'released', 'withheld', 'overloaded', 'timeout', 'reset']) {
      expect(reasons.has(never), never).toBe(false);
    }
    // They reach many corners: if they did not, something at the front would be refusing all of them.
    expect(reasons.size).toBeGreaterThan(5);
  });

  it('ends them the same byte by byte', () => {
    for (const input of inputs.filter(({ length }) => length < 1500)) {
      expect(told(feed(role, input, byByte))).toBe(told(feed(role, input, whole)));
    }
  });

  it('can be watched without harm', () => {
    for (const input of inputs) {
      const [one, other] = [new RecordObserver(), new RecordObserver()];
      const direction = role === 'server' ? 'to_server' : 'to_client';
      const seen = one.observe(direction, input);
      expect(byByte(input).flatMap((byte) => other.observe(direction, byte))).toEqual(seen);
    }
  });
});

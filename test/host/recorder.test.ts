import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../../service/host/recorder.ts';
import type { ConnectionEvent } from '../../service/trace/index.ts';

/* What is written down of a connection: everything that was said, and nothing that is a secret. */

const recorder = (milliseconds: () => number = () => 0): Recorder =>
  new Recorder({
    port: 'server',
    role: 'server',
    visitor: '0123456789abcdef',
    test: false,
    at: 1_800_000_000_000,
    began: milliseconds(),
    clock: milliseconds,
  });

const nothing = (): void => undefined;
const eof = { key: 'eof', reason: undefined, alert: undefined } as const;
const clear = (fragment: Uint8Array, direction: 'received' | 'sent' = 'received'): ConnectionEvent => ({
  type: 'record',
  direction,
  contentType: 22,
  version: 0x0303,
  length: fragment.length,
  encrypted: false,
  fragment,
});
const recordOf = (fragment: Uint8Array): Uint8Array =>
  Uint8Array.of(22, 3, 3, fragment.length >> 8, fragment.length & 0xff, ...fragment);

describe('the rest: what came and was no whole record', () => {
  it('is all of what was no TLS', () => {
    const visit = recorder();
    visit.received(utf8ToBytes('please give '), nothing);
    visit.received(utf8ToBytes('key\r\n'), nothing);
    const { steps, head } = visit.finish(eof);
    expect(steps).toEqual([{ t: 0, type: 'rest', length: 17, bytes: bytesToHex(utf8ToBytes('please give key\r\n')) }]);
    expect(head).toMatchObject({ bytesReceived: 17, bytesSent: 0 });
  });

  it.each([1, 3, 7, 64])('is what follows the last record, in pieces of %i', (size) => {
    const visit = recorder();
    const fragments = [utf8ToBytes('one'), utf8ToBytes('two and a half')];
    const wire = Uint8Array.of(...fragments.flatMap((fragment) => [...recordOf(fragment)]), 22, 3, 3, 0);
    let framed = 0;
    const ends = fragments.map((fragment) => (framed += 5 + fragment.length));
    let told = 0;
    for (let at = 0; at < wire.length; at += size) {
      const piece = wire.slice(at, at + size);
      visit.received(piece, () => {
        piece.fill(0);
        for (; told < ends.length && (ends[told] ?? 0) <= at + size; told++)
          visit.tell(clear(fragments[told] ?? new Uint8Array(0)));
      });
    }
    const { steps, head } = visit.finish(eof);
    expect(steps.at(-1)).toEqual({ t: 0, type: 'rest', length: 4, bytes: '16030300' });
    expect(head.bytesReceived).toBe(wire.length);
  });

  it('is a length and the five bytes of a header once records are encrypted', () => {
    const visit = recorder();
    visit.tell({ type: 'change_cipher_spec', direction: 'received' });
    visit.received(Uint8Array.of(22, 3, 3, 0, 40, 1, 2, 3), nothing);
    expect(visit.finish(eof).steps.at(-1)).toEqual({ t: 0, type: 'rest', length: 8, bytes: '1603030028' });
  });

  it('is no more than 1 KiB of a flood', () => {
    const visit = recorder();
    for (let i = 0; i < 64; i++) visit.received(new Uint8Array(1000).fill(i), nothing);
    const rest = visit.finish(eof).steps.at(-1);
    expect(rest).toMatchObject({ type: 'rest', length: 64_000 });
    expect(rest?.type === 'rest' && rest.bytes).toBe('00'.repeat(1000) + '01'.repeat(24));
  });
});

it('application data has no place in a step but its length', () => {
  const visit = recorder();
  visit.tell({
    type: 'record',
    direction: 'sent',
    contentType: 23,
    version: 0x0303,
    length: 57,
    encrypted: true,
    inner: { type: 'withheld', contentType: 23, length: 40 },
  });
  expect(visit.finish(eof).steps).toEqual([
    {
      t: 0,
      type: 'record',
      direction: 'sent',
      contentType: 23,
      version: 0x0303,
      length: 57,
      inner: { type: 'withheld', contentType: 23, length: 40 },
    },
  ]);
});

it('a flood of records is cut short, and says so; how it ended is written all the same', () => {
  const visit = recorder();
  for (let i = 0; i < 1000; i++) visit.tell(clear(Uint8Array.of(i & 0xff), 'sent'));
  visit.tell({ type: 'fault', fault: { kind: 'internal', reason: 'internal_error', detail: 'the end' } });
  const { steps, omitted } = visit.finish(eof);
  expect(steps).toHaveLength(401);
  expect(omitted).toBe(600);
  expect(steps.at(-1)).toMatchObject({ type: 'fault' });
});

it('steps tell the time since the connection was accepted, in whole milliseconds', () => {
  let now = 5000.25;
  const visit = recorder(() => now);
  now += 12.4;
  visit.tell({ type: 'state', state: 'wait_certificate' });
  now += 3;
  const { steps, head } = visit.finish(eof);
  expect(steps.map(({ t }) => t)).toEqual([12]);
  expect(head).toMatchObject({ milliseconds: 15, state: 'wait_certificate', at: 1_800_000_000_000 });
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ByteQueue } from '../../service/tls/byte-queue.ts';
import { receive, type Session, server, status } from '../../service/tls/index.ts';
import { environment } from './pair.ts';
import { serverConfig, world } from './pki.ts';

/* What somebody of whom nothing is known yet can make a session hold (threats.md J8). */

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Of typed arrays, and of objects, once all that can be is collected. */
function held(): { readonly bytes: number; readonly objects: number } {
  for (let i = 0; i < 3; i += 1) collect();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return { bytes: arrayBuffers, objects: heapUsed };
}

const longestHello = 16 * 1024;
const record = (content: Uint8Array, announced = content.length): Uint8Array =>
  Uint8Array.of(22, 3, 1, announced >> 8, announced & 255, ...content);

/** A ClientHello of the greatest length but for its last byte, in records of `size`, and the whole of another but its last. */
function* almostAHello(size: number): Generator<Uint8Array> {
  const hello = new Uint8Array(4 + longestHello - 1);
  hello.set([1, 0, longestHello >> 8, longestHello & 255]);
  for (let offset = 0; offset < hello.length; offset += size) yield record(hello.subarray(offset, offset + size));
  yield record(new Uint8Array(16_383), 16_384);
}

const config = serverConfig(world());

function session(chunks: Iterable<Uint8Array>): Session {
  let state = server(config, environment());
  for (const chunk of chunks) state = receive(state, chunk).session;
  expect(status(state)).toBe('handshaking');
  return state;
}

it.each([16_384, 5000, 400])('the longest ClientHello but for a byte, in records of %d bytes, holds 56 KiB', (size) => {
  const count = 60;
  const sessions = Array.from({ length: 10 }, () => session(almostAHello(size)));
  const before = held();
  while (sessions.length < 10 + count) sessions.push(session(almostAHello(size)));
  const during = held();
  expect((during.bytes - before.bytes) / count).toBeLessThan(48 * 1024);
  expect((during.objects - before.objects) / count).toBeLessThan(8 * 1024);
  sessions.length = 0;
  expect(held().bytes).toBeLessThan(before.bytes);
  expect(held().objects).toBeLessThan(before.objects + count * 2 * 1024);
});

it('a queue gives the bytes that came, in their order', () => {
  const operation = fc.oneof(
    fc.record({ append: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ take: fc.integer({ min: 0, max: 300 }) }),
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
      const queue = new ByteQueue();
      const model: number[] = [];
      let next = 0;
      for (const step of operations) {
        if ('append' in step) {
          const bytes = Uint8Array.from({ length: step.append }, () => next++ & 255);
          queue.append(bytes);
          model.push(...bytes);
        } else {
          expect([...queue.take(Math.min(step.take, queue.length))]).toEqual(model.splice(0, step.take));
        }
        expect([queue.length, queue.at(0)]).toEqual([model.length, model[0] ?? 0]);
      }
    }),
  );
});

it('a queue costs O(n) however its bytes are cut, and nothing once it is empty', () => {
  const queue = new ByteQueue();
  const before = held().bytes;
  for (let i = 0; i < 200_000; i += 1) queue.append(Uint8Array.of(i));
  expect(held().bytes - before).toBeLessThan(2 * 200_000);
  queue.take(200_000);
  expect(held().bytes - before).toBeLessThan(4096);
});

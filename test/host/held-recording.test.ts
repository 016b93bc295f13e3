import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { bytesToHex } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Recorder } from '../../service/host/recorder.ts';
import { hex } from '../../service/trace/index.ts';

/* What is recorded of somebody is held until they go: who stops in the middle of a hello must not make that much (threats.md J8). */

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

function held(): number {
  for (let i = 0; i < 3; i += 1) collect();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return arrayBuffers + heapUsed;
}

/** Of one who said 16 KiB of a hello, in records of so many bytes. */
function recording(size: number): Recorder {
  const recorder = new Recorder({
    port: 'server',
    role: 'server',
    visitor: '0123456789abcdef',
    test: false,
    at: 1_800_000_000_000,
    began: 0,
    clock: () => 0,
  });
  for (let said = 0; said < 16_384; said += size) {
    const fragment = new Uint8Array(size).fill(said / size);
    const told = { type: 'record', direction: 'received', contentType: 22, version: 0x0301 } as const;
    recorder.received(new Uint8Array(5 + size), () =>
      recorder.tell({ ...told, length: size, encrypted: false, fragment }),
    );
  }
  return recorder;
}

it.each([16_384, 4096, 64, 16])('of a hello in records of %d bytes less than 96 KiB', (size) => {
  const count = 40;
  const recorders = Array.from({ length: 10 }, () => recording(size));
  const before = held();
  while (recorders.length < 10 + count) recorders.push(recording(size));
  expect((held() - before) / count).toBeLessThan(96 * 1024);
  expect(recorders).toHaveLength(10 + count);
});

it('hex is hex', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      expect(hex(bytes)).toBe(bytesToHex(bytes));
    }),
  );
});

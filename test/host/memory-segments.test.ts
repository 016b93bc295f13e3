import { expect, test, vi } from 'vitest';
import { MemorySegments } from '../../service/host/memory-segments.ts';

const memory = vi.hoisted(() => ({ exhausted: false }));
vi.mock('../../service/host/trace-segments.ts', async (original) => {
  const real = await original<typeof import('../../service/host/trace-segments.ts')>();
  const compressFrame = (text: Uint8Array): Promise<Uint8Array> =>
    memory.exhausted ? Promise.reject(new Error('Out of memory')) : real.compressFrame(text);
  return { ...real, compressFrame };
});

/** Some of what is read is Node’s own kind of array. */
const read = (segments: MemorySegments, ...where: Parameters<MemorySegments['read']>): Uint8Array =>
  new Uint8Array(segments.read(...where) ?? []);

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

test('a line is read where it was written: in any frame of a segment, and in what is not compressed yet', async () => {
  const segments = new MemorySegments();
  const lines: { readonly id: number; readonly offset: number; readonly text: Uint8Array }[] = [];
  for (const id of [1, 2]) {
    await segments.begin(id, '2026-11-21');
    for (let i = 0; i < 60; i++) {
      const text = encoded(`${JSON.stringify({ id, i, more: 'é'.repeat(i === 30 ? 300_000 : 5000) })}\n`);
      lines.push({ id, offset: segments.openLength.bodies, text });
      await segments.write(new Uint8Array(0), text);
    }
    if (id === 1) await segments.seal();
  }
  // Megabytes of text are there, most of it compressed.
  expect(lines.reduce((sum, { text }) => sum + text.length, 0)).toBeGreaterThan(2_000_000);
  expect(segments.bytes).toBeLessThan(100_000);
  for (const { id, offset, text } of lines) expect(read(segments, id, offset, text.length)).toEqual(text);
  const last = lines.at(-1);
  expect(segments.read(1, 10_000_000, 1)).toBeUndefined();
  expect(segments.read(3, 0, 1)).toBeUndefined();
  segments.drop(1);
  expect(segments.read(1, 0, 1)).toBeUndefined();
  expect(last && read(segments, 2, last.offset, last.text.length)).toEqual(last?.text);
});

test('what could not be compressed is there once when it was written again, and in the way of no other segment', async () => {
  const segments = new MemorySegments();
  await segments.begin(1, '2026-11-21');
  const [first, second] = [encoded(`${'a'.repeat(40_000)}\n`), encoded(`${'b'.repeat(40_000)}\n`)];
  await segments.write(new Uint8Array(0), first);
  memory.exhausted = true;
  for (let i = 0; i < 3; i++) await expect(segments.write(new Uint8Array(0), second)).rejects.toThrow('Out of memory');
  expect(segments.openLength.bodies).toBe(first.length);
  memory.exhausted = false;
  await segments.write(new Uint8Array(0), second);
  expect(read(segments, 1, 0, first.length)).toEqual(first);
  expect(read(segments, 1, first.length, second.length)).toEqual(second);
  const bytes = segments.bytes;
  await segments.write(new Uint8Array(0), encoded('the rest\n'));
  memory.exhausted = true;
  await expect(segments.seal()).rejects.toThrow('Out of memory');
  memory.exhausted = false;
  await segments.begin(2, '2026-11-22');
  await segments.write(new Uint8Array(0), first);
  expect(read(segments, 2, 0, first.length)).toEqual(first);
  segments.drop(1);
  expect(segments.bytes).toBe(first.length);
  expect(bytes).toBeLessThan(1000);
});

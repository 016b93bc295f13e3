import { expect, test } from 'vitest';
import { MemorySegments } from '../../service/host/memory-segments.ts';

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

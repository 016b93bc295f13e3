import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compressFrame, cutAtLines, joined, readText, wholeText } from '../../service/host/trace-segments.ts';

/* Text in frames is the text it was, whole and line by line. */

const line = fc.string({ maxLength: 200 }).map((text) => `${text.replaceAll('\n', ' ')}\n`);
const lines = fc.array(line, { minLength: 1, maxLength: 50 });
const bytesOf = (texts: readonly string[]): Uint8Array => new TextEncoder().encode(texts.join(''));

/** Not a Buffer: the runner tells them apart. */
const plain = (bytes: Uint8Array | undefined) => bytes && new Uint8Array(bytes);

async function framesOf(text: Uint8Array, longest: number): Promise<Uint8Array> {
  const frames: Uint8Array[] = [];
  for (const piece of cutAtLines(text, longest)) frames.push(await compressFrame(piece));
  return joined(frames);
}

describe('frames', () => {
  it('are cut at the ends of lines, and nothing is lost', () => {
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 500 }), (texts, longest) => {
        const text = bytesOf(texts);
        const pieces = [...cutAtLines(text, longest)];
        expect(joined(pieces)).toEqual(text);
        for (const piece of pieces) {
          expect(piece.at(-1)).toBe(0x0a);
          // Longer than it should be is only a line by itself.
          if (piece.length > longest) expect(piece.indexOf(0x0a)).toBe(piece.length - 1);
        }
      }),
    );
  });

  it('give back each line from where it was, and nothing from where there is none', async () => {
    await fc.assert(
      fc.asyncProperty(lines, fc.integer({ min: 1, max: 500 }), async (texts, longest) => {
        const file = await framesOf(bytesOf(texts), longest);
        expect(wholeText(file)).toEqual(bytesOf(texts));
        const readAt = (at: number, length: number) => file.subarray(at, at + length);
        let offset = 0;
        for (const text of texts) {
          const bytes = bytesOf([text]);
          expect(plain(readText(readAt, offset, bytes.length))).toEqual(bytes);
          offset += bytes.length;
        }
        expect(readText(readAt, offset, 1)).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it('that were cut off give back what is whole', async () => {
    const first = await framesOf(bytesOf(['one\n']), 1);
    const both = await framesOf(bytesOf(['one\n', 'two\n']), 1);
    const readAt = (at: number, length: number) => both.subarray(at, Math.min(at + length, first.length + 10));
    expect(plain(readText(readAt, 0, 4))).toEqual(bytesOf(['one\n']));
    expect(readText(readAt, 4, 4)).toBeUndefined();
  });
});

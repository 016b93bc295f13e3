import fc from 'fast-check';
import { expect, it } from 'vitest';
import { attemptBytes } from '../../service/tools/trace-bytes.ts';
import { attemptPackets } from '../../service/tools/trace-capture.ts';
import { attemptPicture } from '../../service/tools/trace-picture.ts';
import { anyAttempt } from '../trace/lines.ts';

/* Whatever is in a file of traces that its parser takes, it can be shown, and steers no terminal. */

const style = { width: 100, colour: false, unicode: true };
/** Printable, and what the diagram is drawn with. */
const harmless = /^[\x20-\x7e\xa1-\u024f│┼─═╌◀▶·]*$/;

it('every attempt can be drawn, explained and captured', () => {
  fc.assert(
    fc.property(anyAttempt, (attempt) => {
      for (const line of [...attemptPicture(attempt, style), ...attemptBytes(attempt, style)]) {
        expect(line).toMatch(harmless);
      }
      const packets = attemptPackets(attempt);
      expect(packets.length > 0).toBe(attempt.body !== null);
    }),
  );
});

it('every byte of every step is shown', () => {
  fc.assert(
    fc.property(anyAttempt, (attempt) => {
      const rows = [...attemptBytes(attempt, style)].flatMap(
        (line) => /^[0-9a-f]{4} {2}((?:[0-9a-f]{2} ?)+)/.exec(line)?.[1] ?? [],
      );
      const shown = rows.join('').replaceAll(' ', '').length / 2;
      const kept = (attempt.body?.steps ?? []).reduce((sum, step) => {
        if (step.type === 'rest') return sum + step.bytes.length / 2;
        if (step.type !== 'record') return sum;
        if ('fragment' in step) return sum + 5 + step.fragment.length / 2;
        return (
          sum + 5 + (step.inner.type === 'said' ? (step.inner.fragment.length + step.inner.content.length) / 2 : 0)
        );
      }, 0);
      // What is in two records is shown once more where it is whole, and what did not end, at the end.
      expect(shown).toBeGreaterThanOrEqual(kept);
    }),
  );
});

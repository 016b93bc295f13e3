import { createHash } from 'node:crypto';
import { type AttemptHead, parseAttemptBody } from '../trace/index.ts';
import type { DiskSegments } from './disk-segments.ts';
import { findsIn, mayHoldFinds } from './trace-finds.ts';
import type { TraceIndex, WrittenAttempt, WrittenBatch } from './trace-index.ts';
import { type CountsLine, type JournalLine, readJournalLine } from './trace-journal.ts';
import { newline, type SegmentInfo } from './trace-segments.ts';

/* What a store does when it is opened, after whatever end it came to: cuts off what was half written, and catches up. */

interface TextLine {
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Behind its newline. */
  readonly end: number;
}

/** The whole lines; what is behind the last newline is none. */
function* linesOf(text: Uint8Array, from = 0): Generator<TextLine> {
  for (let start = from; ; ) {
    const at = text.indexOf(newline, start);
    if (at < 0) return;
    const bytes = text.subarray(start, at);
    yield { bytes, start, end: at + 1 };
    start = at + 1;
  }
}

/**
 * Finishes what was being compressed, and cuts the last segment after the last record that is whole: a head with its body.
 * Returns how many bytes went.
 */
export async function repair(segments: DiskSegments): Promise<number> {
  const last = segments.list.at(-1)?.id;
  let lost = 0;
  for (const id of segments.plain) {
    if (id !== last || !segments.isPlain(id)) await segments.compress(id);
    else lost = cutTornLines(segments, id);
  }
  return lost;
}

function cutTornLines(segments: DiskSegments, id: number): number {
  const [journal, bodies] = [segments.text(id, 'journal') ?? none, segments.text(id, 'bodies') ?? none];
  const bodyLines = linesOf(bodies);
  const whole = { journal: 0, bodies: 0 };
  let number: number | undefined;
  for (const { bytes, end } of linesOf(journal)) {
    const line = readJournalLine(textOf(bytes));
    if (line === undefined) break;
    if (line.type === 'head') {
      const { value: body } = bodyLines.next();
      if (number !== undefined && line.head.number !== number + 1) break;
      if (body === undefined || sha256(body.bytes) !== line.head.bodySha256) break;
      number = line.head.number;
      whole.bodies = body.end;
    }
    whole.journal = end;
  }
  segments.cut(id, whole);
  return journal.length - whole.journal + (bodies.length - whole.bodies);
}

const none = new Uint8Array(0);

/** The index says that more was written than there is: it is of no use. */
export function isAhead(index: TraceIndex, segments: DiskSegments): boolean {
  const { segment, journalEnd } = index.state.position;
  if (segment === 0) return false;
  const last = segments.list.at(-1)?.id ?? 0;
  return segment > last || (segment === last && journalEnd > (segments.text(segment, 'journal')?.length ?? 0));
}

/** Enters in the index what was written and is not in it; all of it where it is new. Returns how many attempts. */
export function catchUp(index: TraceIndex, segments: DiskSegments): number {
  const before = index.state.attempts;
  for (const segment of segments.list) {
    const { position } = index.state;
    if (segment.id >= position.segment) {
      enter(index, segments, segment, segment.id === position.segment ? position.journalEnd : 0);
    }
    if (!segment.hasBodies) index.dropped(segment.id);
  }
  return index.state.attempts - before;
}

/** So many lines in one transaction. */
const atOnce = 10_000;

function enter(index: TraceIndex, segments: DiskSegments, segment: SegmentInfo, from: number): void {
  const journal = segments.text(segment.id, 'journal') ?? none;
  if (from >= journal.length) return;
  const bodies = linesOf(segments.text(segment.id, 'bodies') ?? none);
  for (let skipped = index.attemptsIn(segment.id); skipped > 0; skipped--) bodies.next();
  let batch = emptyBatch(segment);
  const apply = (journalEnd: number): void => {
    index.apply({ ...batch, journalEnd });
    batch = emptyBatch(segment);
  };
  let end = from;
  let lines = 0;
  for (const line of linesOf(journal, from)) {
    const entry = readJournalLine(textOf(line.bytes));
    if (entry !== undefined) add(batch, entry, () => bodies.next().value);
    end = line.end;
    lines += 1;
    if (lines % atOnce === 0) apply(end);
  }
  apply(end);
}

interface GrowingBatch extends WrittenBatch {
  readonly generations: Extract<JournalLine, { type: 'generation' }>['generation'][];
  readonly counts: CountsLine[];
  readonly attempts: WrittenAttempt[];
}

const emptyBatch = ({ id, day }: SegmentInfo): GrowingBatch => ({
  segment: id,
  day,
  journalEnd: 0,
  generations: [],
  counts: [],
  attempts: [],
});

function add(batch: GrowingBatch, line: JournalLine, nextBody: () => TextLine | undefined): void {
  switch (line.type) {
    case 'generation':
      batch.generations.push(line.generation);
      return;
    case 'counts':
      batch.counts.push(line.counts);
      return;
    case 'head':
      batch.attempts.push(written(line.head, line.text, nextBody()));
  }
}

/** `body`: undefined where it was dropped. */
function written(head: AttemptHead, text: string, body: TextLine | undefined): WrittenAttempt {
  const address = { offset: body?.start ?? 0, length: body?.bytes.length ?? 0 };
  const parsed = body !== undefined && mayHoldFinds(head.category) ? parseAttemptBody(textOf(body.bytes)) : undefined;
  return { head, text, body: address, finds: findsIn(head, parsed?.ok === true ? parsed.value.steps : []) };
}

const decoder = new TextDecoder();
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

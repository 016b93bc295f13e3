import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync, truncateSync } from 'node:fs';
import { type FileHandle, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  compressFrame,
  cutAtLines,
  readText,
  type SegmentInfo,
  type TraceSegments,
  wholeText,
} from './trace-segments.ts';

/*
 * Segments on disk, each two files of lines: `2026-11-21-00000042.journal.jsonl` and `.bodies.jsonl`, with `.zst` behind it
 * once it is compressed. Any zstd reads those.
 */

type Part = 'journal' | 'bodies';
type State = 'plain' | 'compressed' | 'absent';

interface FileState {
  state: State;
  /** In the file system. */
  bytes: number;
}

interface DiskSegment {
  readonly id: number;
  readonly day: string;
  readonly journal: FileState;
  readonly bodies: FileState;
}

interface OpenSegment {
  readonly segment: DiskSegment;
  readonly journal: FileHandle;
  readonly bodies: FileHandle;
}

const named = /^(\d{4}-\d\d-\d\d)-(\d{8})\.(journal|bodies)\.jsonl(\.zst)?$/;

export class DiskSegments implements TraceSegments {
  readonly where = 'disk';
  readonly #folder: string;
  readonly #segments = new Map<number, DiskSegment>();
  #open: OpenSegment | undefined;

  /** What is in the folder; what a crash left half done there is undone. */
  constructor(folder: string) {
    this.#folder = folder;
    const files = readdirSync(folder);
    for (const file of files) if (file.endsWith('.new')) rmSync(join(folder, file));
    for (const file of files.filter((name) => named.test(name)).toSorted()) this.#found(file);
  }

  get list(): readonly SegmentInfo[] {
    return [...this.#segments.values()].map(({ id, day, bodies }) => ({
      id,
      day,
      hasBodies: bodies.state !== 'absent',
    }));
  }

  get bytes(): number {
    let sum = 0;
    for (const { journal, bodies } of this.#segments.values()) sum += journal.bytes + bodies.bytes;
    return sum;
  }

  get openLength(): { readonly journal: number; readonly bodies: number } {
    const segment = this.#open?.segment;
    return { journal: segment?.journal.bytes ?? 0, bodies: segment?.bodies.bytes ?? 0 };
  }

  /** Those that should be compressed and are not. The last one may be open. */
  get plain(): readonly number[] {
    return [...this.#segments.values()].filter(isAnyPlain).map(({ id }) => id);
  }

  /** Neither of its files is compressed: it goes on. */
  isPlain(id: number): boolean {
    const { journal, bodies } = this.#segment(id);
    return journal.state === 'plain' && bodies.state === 'plain';
  }

  /** The whole text of a segment's file; undefined where there is none. */
  text(id: number, part: Part): Uint8Array | undefined {
    const segment = this.#segment(id);
    if (segment[part].state === 'absent') return undefined;
    const bytes = readFileSync(this.#path(segment, part));
    return segment[part].state === 'compressed' ? wholeText(bytes) : bytes;
  }

  /** Cuts off what was not wholly written. */
  cut(id: number, lengths: Readonly<Record<Part, number>>): void {
    const segment = this.#segment(id);
    for (const part of ['bodies', 'journal'] as const) {
      const file = segment[part];
      if (file.state !== 'plain' || file.bytes <= lengths[part]) continue;
      truncateSync(this.#path(segment, part), lengths[part]);
      file.bytes = lengths[part];
    }
  }

  /** A segment that was begun before goes on where it ended. */
  async begin(id: number, day: string): Promise<void> {
    const segment: DiskSegment = this.#segments.get(id) ?? {
      id,
      day,
      journal: { state: 'plain', bytes: 0 },
      bodies: { state: 'plain', bytes: 0 },
    };
    const bodies = await this.#handle(segment, 'bodies');
    const journal = await this.#handle(segment, 'journal').catch(async (error: unknown) => {
      await bodies.close();
      throw error;
    });
    this.#segments.set(id, segment);
    this.#open = { segment, journal, bodies };
  }

  /** The bodies first: no head is ever without its body. Written again after it failed, it is written over what was left. */
  async write(journal: Uint8Array, bodies: Uint8Array): Promise<void> {
    const { segment, ...files } = this.#writable();
    await writeAt(files.bodies, bodies, segment.bodies.bytes);
    await writeAt(files.journal, journal, segment.journal.bytes);
    segment.bodies.bytes += bodies.length;
    segment.journal.bytes += journal.length;
  }

  async sync(): Promise<void> {
    const open = this.#open;
    if (open !== undefined) await Promise.all([open.bodies.datasync(), open.journal.datasync()]);
  }

  async seal(): Promise<void> {
    const { segment, ...files } = this.#writable();
    // Closed first: what compresses one file and fails with the other leaves nothing to go on in.
    this.#open = undefined;
    await Promise.all([files.journal.close(), files.bodies.close()]);
    await this.compress(segment.id);
  }

  /** Each file is replaced in one step, the journal last: a crash in between leaves what `plain` tells of. */
  async compress(id: number): Promise<void> {
    const segment = this.#segment(id);
    for (const part of ['bodies', 'journal'] as const) {
      if (segment[part].state === 'plain') await this.#compress(segment, part);
    }
  }

  drop(id: number): void {
    const { bodies, ...segment } = this.#segment(id);
    if (bodies.state !== 'absent') rmSync(this.#path({ bodies, ...segment }, 'bodies'), { force: true });
    bodies.state = 'absent';
    bodies.bytes = 0;
  }

  read(id: number, offset: number, length: number): Uint8Array | undefined {
    const segment = this.#segments.get(id);
    if (segment === undefined || segment.bodies.state === 'absent') return undefined;
    const descriptor = openSync(this.#path(segment, 'bodies'), 'r');
    const readAt = (at: number, count: number): Uint8Array => {
      const bytes = new Uint8Array(count);
      return bytes.subarray(0, readSync(descriptor, bytes, 0, count, at));
    };
    try {
      return segment.bodies.state === 'compressed' ? readText(readAt, offset, length) : readAt(offset, length);
    } finally {
      closeSync(descriptor);
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) await Promise.all([open.journal.close(), open.bodies.close()]);
  }

  #found(file: string): void {
    const [, day = '', digits = '', part, compressed] = named.exec(file) ?? [];
    if (part !== 'journal' && part !== 'bodies') return;
    const id = Number(digits);
    const segment = this.#segments.get(id) ?? { id, day, journal: absent(), bodies: absent() };
    this.#segments.set(id, segment);
    // A name sorts before that with `.zst`: what was compressed wholly takes the place of what it was made from.
    if (segment[part].state === 'plain') rmSync(this.#path(segment, part));
    segment[part].state = compressed === undefined ? 'plain' : 'compressed';
    segment[part].bytes = statSync(join(this.#folder, file)).size;
  }

  #segment(id: number): DiskSegment {
    const segment = this.#segments.get(id);
    if (segment === undefined) throw new RangeError(`there is no segment ${id}`);
    return segment;
  }

  #writable(): OpenSegment {
    if (this.#open === undefined) throw new Error('no segment is open');
    return this.#open;
  }

  #path({ id, day, ...files }: DiskSegment, part: Part, state = files[part].state): string {
    const name = `${day}-${String(id).padStart(8, '0')}.${part}.jsonl`;
    return join(this.#folder, state === 'compressed' ? `${name}.zst` : name);
  }

  /** For its owner alone, made if it is not there. */
  async #handle(segment: DiskSegment, part: Part): Promise<FileHandle> {
    segment[part].state = 'plain';
    return open(this.#path(segment, part), segment[part].bytes === 0 ? 'w+' : 'r+', 0o600);
  }

  async #compress(segment: DiskSegment, part: Part): Promise<void> {
    const from = this.#path(segment, part, 'plain');
    const to = this.#path(segment, part, 'compressed');
    const file = await open(`${to}.new`, 'w', 0o600);
    let bytes = 0;
    try {
      for (const text of cutAtLines(await readFile(from))) {
        const frame = await compressFrame(text);
        await writeAt(file, frame, bytes);
        bytes += frame.length;
      }
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${to}.new`, to);
    segment[part].state = 'compressed';
    segment[part].bytes = bytes;
    await rm(from);
  }
}

const absent = (): FileState => ({ state: 'absent', bytes: 0 });
const isAnyPlain = ({ journal, bodies }: DiskSegment): boolean => journal.state === 'plain' || bodies.state === 'plain';

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

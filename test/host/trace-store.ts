import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { onTestFinished } from 'vitest';
import { entropy } from '../../service/host/entropy.ts';
import { memoryTraceStore, openTraceStore, type TraceStoreOptions } from '../../service/host/open-trace-store.ts';
import type { RecordedAttempt } from '../../service/host/recorder.ts';
import type { TraceStore } from '../../service/host/trace-store.ts';
import {
  type AttemptHead,
  type ChainReport,
  type FailureKey,
  frameHeader,
  framesIn,
  type GenerationLine,
  journalDay,
  type PortKey,
  type TraceArchive,
  type TraceStep,
  verifyJournals,
} from '../../service/trace/index.ts';

/* Stores for tests, as a service opens them, and what is written into them. */

export const storeConfiguration = {
  data: undefined,
  traceMebibytes: 1024,
  tracesPerSecond: 1_000_000,
  breachDelayHours: 72,
};

/** 2027-01-15, 08:00 UTC. */
export const morning = 1_800_000_000;

/** Stands still until somebody lets time pass. The date may go back, and the other clock never does. */
export class StoreClock {
  now = morning;
  #latest = 0;
  readonly seconds = (): number => this.now;
  readonly monotonic = (): number => {
    this.#latest = Math.max(this.#latest, this.now * 1000);
    return this.#latest;
  };
}

export const memoryStore = (clock: TraceStoreOptions['clock'] = new StoreClock()): TraceStore =>
  memoryTraceStore({ configuration: storeConfiguration, clock, entropy, log: () => undefined });

/** A folder for `--data`, which is there as long as the test. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'traces-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface OpenedStore {
  readonly store: TraceStore;
  /** The events that were logged. */
  readonly logged: string[];
}

export async function diskStore(
  data: string,
  clock: TraceStoreOptions['clock'] = new StoreClock(),
  small: { readonly traceMebibytes?: number; readonly segmentBytes?: number } = {},
): Promise<OpenedStore> {
  const logged: string[] = [];
  const store = await openTraceStore({
    configuration: { ...storeConfiguration, traceMebibytes: small.traceMebibytes ?? 1024, data },
    ...(small.segmentBytes === undefined ? {} : { segmentBytes: small.segmentBytes }),
    clock,
    entropy,
    log: (event) => logged.push(event),
  });
  return { store, logged };
}

export const generation: GenerationLine = {
  format: 'pinata-trace/1',
  type: 'generation',
  generation: '11'.repeat(32),
  authority: '3000',
  leaves: { server: '3001', client: '3002', website: '3003' },
};

export function recorded(
  head: Partial<Omit<AttemptHead, 'number' | 'bodySha256'>> = {},
  steps: readonly TraceStep[] = [{ t: 1, type: 'state', state: 'wait_client_hello' }],
): RecordedAttempt {
  return {
    head: {
      at: morning * 1000,
      milliseconds: 12,
      port: 'server',
      role: 'server',
      visitor: '0123456789abcdef',
      generation: generation.generation,
      version: '1.3',
      state: 'wait_client_hello',
      category: 'eof',
      reason: null,
      alertSent: null,
      alertReceived: null,
      bytesReceived: 100,
      bytesSent: 0,
      test: false,
      ...head,
    },
    steps,
    omitted: 0,
  };
}

/** A connection that ended in an attempt, at the clock's own time. */
export function attempt(
  store: TraceStore,
  clock: TraceStoreOptions['clock'],
  head: { readonly port?: PortKey; readonly category?: FailureKey; readonly visitor?: string } = {},
  steps?: readonly TraceStep[],
): void {
  const { port = 'server', category = 'eof', visitor = '4:192.0.2' } = head;
  const at = clock.seconds() * 1000;
  store.count({ at, port, visitor, category });
  store.append(recorded({ at, port, category }, steps));
}

/** What somebody said who speaks no TLS. */
export const said = (text: string): readonly TraceStep[] => [
  { t: 0, type: 'rest', length: text.length, bytes: bytesToHex(utf8ToBytes(text)) },
];

/** So many records of 16 KiB: as long as they come, and quickly compressed. */
export const long = (records: number): readonly TraceStep[] => repeated(records, '00'.repeat(16_384));
/** And some that no compression makes smaller. */
export const noise = (records: number): readonly TraceStep[] => repeated(records, bytesToHex(entropy(16_384)));

const repeated = (records: number, fragment: string): readonly TraceStep[] =>
  Array.from({ length: records }, () => ({
    t: 0,
    type: 'record',
    direction: 'received',
    contentType: 22,
    version: 0x0303,
    length: 16_384,
    fragment,
  }));

/** The text of a file of a store, compressed or not. */
export function textOf(path: string): string {
  const bytes = readFileSync(path);
  if (!path.endsWith('.zst')) return bytes.toString('utf8');
  return Buffer.concat([...framesIn(bytes)].map((frame) => zstdDecompressSync(frame))).toString('utf8');
}

/** As a segment is compressed. */
export function compressed(text: string): Uint8Array {
  const frame = zstdCompressSync(text);
  return Buffer.concat([frameHeader({ text: Buffer.byteLength(text), frame: frame.length }), frame]);
}

export const tracesIn = (data: string): string => join(data, 'traces');

/** As a stranger who has the folder and nothing else. */
export function verifyFolder(data: string): ChainReport {
  const journals = readdirSync(tracesIn(data))
    .toSorted()
    .flatMap((file) => {
      const day = journalDay(file);
      return day === undefined ? [] : [{ day, lines: textOf(join(tracesIn(data), file)).split('\n') }];
    });
  return verifyJournals(journals);
}

/** All that an archive answers, but for its size. */
export const everythingIn = (archive: TraceArchive): unknown => ({
  summary: { ...archive.summary(), bytes: 0, where: '' },
  days: archive.days(),
  newest: archive.newest({ limit: 200 }),
  bodies: archive.newest({ limit: 200 }).map(({ number }) => archive.attempt(number)),
  guestBook: archive.guestBook({ limit: 200 }),
  certificates: archive.rejectedCertificates({ limit: 200 }),
  generations: archive.generations(),
});

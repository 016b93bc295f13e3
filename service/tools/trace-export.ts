import { traceLine } from '../trace/index.ts';
import { pcapHeader } from './pcap.ts';
import { attemptPackets } from './trace-capture.ts';
import type { AttemptFilter } from './trace-options.ts';
import type { Output } from './trace-output.ts';
import type { TraceSource } from './trace-source.ts';

export interface Exported {
  readonly attempts: number;
  /** Of these, those whose body is not there. */
  readonly withoutBody: number;
  readonly generations: number;
}

/** The attempts that pass, as lines of a file of traces; with them the generations, so that they can be replayed. */
export async function exportLines(source: TraceSource, filter: AttemptFilter, output: Output): Promise<Exported> {
  const exported = { attempts: 0, withoutBody: 0, generations: 0 };
  for await (const line of source.lines(filter)) {
    if (line.type === 'generation') exported.generations += 1;
    else {
      exported.attempts += 1;
      if (line.body === null) exported.withoutBody += 1;
    }
    await output.write(`${traceLine(line)}\n`);
  }
  return exported;
}

/** The same as a capture file. */
export async function exportPackets(source: TraceSource, filter: AttemptFilter, output: Output): Promise<Exported> {
  const exported = { attempts: 0, withoutBody: 0, generations: 0 };
  await output.write(pcapHeader());
  for await (const line of source.lines(filter)) {
    if (line.type === 'generation') continue;
    exported.attempts += 1;
    if (line.body === null) exported.withoutBody += 1;
    else await output.write(attemptPackets(line));
  }
  return exported;
}

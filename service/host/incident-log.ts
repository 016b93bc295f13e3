import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { IncidentLogView, IncidentView } from '../site/index.ts';

/*
 * `incidents.jsonl` below `--data`: what went wrong on our side, a line each, written by the operator and added to while the
 * service runs. It is read when somebody asks and it changed. Nothing in it can stop the page.
 */

const line = v.strictObject({
  date: v.pipe(v.string(), v.regex(/^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])$/)),
  title: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(20_000)),
});

const none: IncidentLogView = { incidents: [], unreadable: 0 };
/** Of the file, in bytes: beyond it nothing is read. */
const longest = 1024 * 1024;

export class IncidentLog {
  readonly #path: string | undefined;
  #changed = '';
  #view = none;

  /** `data`: the folder of `--data`; without one there is no log. */
  constructor(data: string | undefined) {
    this.#path = data === undefined ? undefined : join(data, 'incidents.jsonl');
  }

  read(): IncidentLogView {
    if (this.#path === undefined) return none;
    const stats = statSync(this.#path, { throwIfNoEntry: false });
    const changed = stats === undefined ? '' : `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
    if (changed === this.#changed) return this.#view;
    this.#view = stats === undefined ? none : readIncidents(readFileSync(this.#path).subarray(0, longest));
    this.#changed = changed;
    return this.#view;
  }
}

/** A line that is none is counted, and still is in the digest of those behind it. */
export function readIncidents(file: Uint8Array): IncidentLogView {
  const lines = Buffer.from(file).toString('utf8').split('\n');
  const incidents: IncidentView[] = [];
  let digest: Uint8Array = new Uint8Array(32);
  let unreadable = 0;
  for (const text of lines) {
    if (text.trim() === '') continue;
    digest = createHash('sha256').update(digest).update(text).digest();
    const incident = parsed(text);
    if (incident === undefined) unreadable += 1;
    else incidents.push({ ...incident, digest: Buffer.from(digest).toString('hex') });
  }
  return { incidents, unreadable };
}

function parsed(text: string): v.InferOutput<typeof line> | undefined {
  try {
    const result = v.safeParse(line, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

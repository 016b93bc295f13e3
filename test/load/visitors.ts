import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { quantile } from '../../bench/measure.ts';
import type { Kind, Visit } from './honest.ts';
import type { Ports } from './target.ts';

/* The honest visitors of a run, and how they fared. */

export interface Fared {
  readonly visits: number;
  /** Of 1. */
  readonly success: number;
  /** Of the page over HTTP: milliseconds. */
  readonly pageMedian: number;
  readonly pageP99: number;
  /** What went wrong, by kind of visit and in the words of the error. */
  readonly failures: Readonly<Record<string, number>>;
}

export class Visitors {
  readonly visits: Visit[] = [];
  readonly #child: ChildProcess;

  constructor(ports: Ports) {
    this.#child = fork(join(import.meta.dirname, 'honest.ts'), ['--ports', JSON.stringify(ports)], { execArgv: [] });
    this.#child.on('message', (visit: Visit) => this.visits.push(visit));
  }

  /** Of those who came between these times (milliseconds since 1970). */
  fared(from: number, to: number): Fared {
    const came = this.visits.filter(({ at }) => at >= from && at < to);
    const failures: Record<string, number> = {};
    for (const { kind, failure } of came) {
      if (failure !== undefined) failures[`${kind}: ${failure}`] = (failures[`${kind}: ${failure}`] ?? 0) + 1;
    }
    const pages = times(came, 'page');
    return {
      visits: came.length,
      success: came.length === 0 ? 0 : came.filter(({ failure }) => failure === undefined).length / came.length,
      pageMedian: pages.length === 0 ? Number.NaN : quantile(pages, 0.5),
      pageP99: pages.length === 0 ? Number.NaN : quantile(pages, 0.99),
      failures,
    };
  }

  stop(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

const times = (visits: readonly Visit[], kind: Kind): readonly number[] =>
  visits.filter((visit) => visit.kind === kind).map(({ milliseconds }) => milliseconds);

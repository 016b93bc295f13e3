import { bytesToHex } from '@noble/hashes/utils.js';
import { equalBytes } from '../../service/tls/hkdf.ts';
import type { Step } from './tls13-vectors.ts';

/** Which octet strings of a trace were computed, which were given, and where a computed one differs. */
export class TraceLedger {
  #step: Step;
  readonly #seen = new Map<Step, Set<string>>();
  readonly differences: string[] = [];
  checked = 0;
  given = 0;

  constructor(first: Step) {
    this.#step = first;
  }

  enter(step: Step): void {
    this.#step = step;
  }

  /** Compares, unless the step only says "same as server". */
  check(label: string, computed: Uint8Array | undefined): void {
    const step = this.#step;
    const wanted = step.values.get(label);
    if (wanted === undefined) return;
    this.#mark(label);
    this.checked++;
    if (computed === undefined || !equalBytes(wanted, computed)) {
      const got = computed === undefined ? 'nothing' : bytesToHex(computed).slice(0, 64);
      this.differences.push(
        `{${step.role}} ${step.title}: ${label} is ${bytesToHex(wanted).slice(0, 64)}, computed was ${got}`,
      );
    }
  }

  give(label: string): Uint8Array {
    const value = this.#step.values.get(label);
    if (value === undefined) throw new Error(`${this.#step.title} has no ${label}`);
    this.#mark(label);
    this.given++;
    return value;
  }

  /** Compares a statement of ours: the octets are right if it holds. */
  holds(label: string, statement: boolean): void {
    const value = this.#step.values.get(label);
    this.check(label, statement ? value : undefined);
  }

  peek(label: string): Uint8Array | undefined {
    return this.#step.values.get(label);
  }

  get step(): Step {
    return this.#step;
  }

  untouched(steps: readonly Step[]): string[] {
    return steps.flatMap((step) =>
      [...step.values.keys()]
        .filter((label) => this.#seen.get(step)?.has(label) !== true)
        .map((label) => `${step.title}: ${label}`),
    );
  }

  #mark(label: string): void {
    const step = this.#step;
    this.#seen.set(step, (this.#seen.get(step) ?? new Set()).add(label));
  }
}

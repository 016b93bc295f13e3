/*
 * What a verifier says: a list of named checks, each with the evidence it went by and what it proves. A list always has
 * every name of its table: what was not reached because an earlier check failed stands there as failed, so that no reader
 * can take a short list for a good one.
 */

export interface Check<Name extends string = string> {
  readonly name: Name;
  readonly passed: boolean;
  /** The values it went by, for people. */
  readonly evidence: string;
  /** What is known where it passed, and no more. */
  readonly proves: string;
}

/** Name -> what is proven where it passes; the order is that in which they are shown. */
export type CheckTable<Name extends string> = Readonly<Record<Name, string>>;

export class Checklist<Name extends string> {
  readonly #table: CheckTable<Name>;
  readonly #found = new Map<string, { readonly passed: boolean; readonly evidence: string }>();

  constructor(table: CheckTable<Name>) {
    this.#table = table;
  }

  /** Enters the outcome, and gives it back. Of two outcomes for a name the failure stays. */
  enter(name: Name, passed: boolean, evidence: string): boolean {
    const good = passed === true;
    if (this.#found.get(name)?.passed !== false) this.#found.set(name, { passed: good, evidence });
    return good;
  }

  list(): readonly Check<Name>[] {
    return names(this.#table).map((name) => {
      const { passed, evidence } = this.#found.get(name) ?? { passed: false, evidence: 'not reached' };
      return { name, passed, evidence, proves: this.#table[name] };
    });
  }
}

/** True if there is a check, and each passed. */
export const allPassed = (checks: readonly Check[]): boolean =>
  checks.length > 0 && checks.every(({ passed }) => passed === true);

function names<Name extends string>(table: CheckTable<Name>): readonly Name[] {
  const isName = (name: string): name is Name => Object.hasOwn(table, name);
  return Object.keys(table).filter(isName);
}

/*
 * What a verifier says: a list of named checks, each with what was found, what it proves and what it does not. A list
 * always has every name of its table: what was not reached because an earlier check failed stands there as failed, so that
 * nobody can take a short list for a good one.
 */

/** `unchecked`: there was nothing to hold it against. */
export type Outcome = 'pass' | 'fail' | 'unchecked';

export interface Check<Name extends string = string> {
  readonly name: Name;
  readonly outcome: Outcome;
  /** What was found, in a line. */
  readonly found: string;
  /** What it proves where it passes. */
  readonly proves: string;
  /** What it does not prove even then. */
  readonly unproven: string;
}

/** In the order in which they are shown. */
export type CheckTable<Name extends string> = Readonly<
  Record<Name, { readonly proves: string; readonly unproven: string }>
>;

export class Checklist<Name extends string> {
  readonly #table: CheckTable<Name>;
  readonly #entered = new Map<string, { readonly outcome: Outcome; readonly found: string }>();

  constructor(table: CheckTable<Name>) {
    this.#table = table;
  }

  /** Enters whether `name` passed, and gives it back. Of two outcomes for one name a failure stays. */
  enter(name: Name, passed: boolean, found: string): boolean {
    this.#note(name, passed === true ? 'pass' : 'fail', found);
    return passed === true;
  }

  unchecked(name: Name, found: string): void {
    this.#note(name, 'unchecked', found);
  }

  list(): readonly Check<Name>[] {
    return names(this.#table).map((name) => {
      const { outcome, found } = this.#entered.get(name) ?? { outcome: 'fail', found: 'not reached' };
      return { name, outcome, found, ...this.#table[name] };
    });
  }

  #note(name: Name, outcome: Outcome, found: string): void {
    if (this.#entered.get(name)?.outcome !== 'fail') this.#entered.set(name, { outcome, found });
  }
}

/** True if there is a check, and each passed; what could not be checked did not. */
export const allPassed = (checks: readonly Check[]): boolean =>
  checks.length > 0 && checks.every(({ outcome }) => outcome === 'pass');

function names<Name extends string>(table: CheckTable<Name>): readonly Name[] {
  const isName = (name: string): name is Name => Object.hasOwn(table, name);
  return Object.keys(table).filter(isName);
}

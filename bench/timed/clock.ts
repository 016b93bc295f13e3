/* Where the time of a handshake goes: every call into a primitive is timed where it happens. */

export interface Tally {
  calls: number;
  microseconds: number;
}

const tallies = new Map<string, Tally>();
let depth = 0;

/** The same function, its time noted under `name`. A primitive that calls another is one call: the outer one. */
export function timed<Arguments extends readonly unknown[], Value>(
  name: string,
  call: (...values: Arguments) => Value,
): (...values: Arguments) => Value {
  return (...values) => noted(name, () => call(...values));
}

/** The same for methods of a class, which are replaced in its prototype. */
export function timeMethods(name: string, prototype: object, methods: readonly string[]): void {
  for (const method of methods) {
    const original: unknown = Reflect.get(prototype, method);
    if (typeof original !== 'function') {
      throw new TypeError(`${name} has no method ${method} to time: the benchmark is behind the code`);
    }
    Reflect.defineProperty(prototype, method, {
      value(this: unknown, ...values: unknown[]) {
        return noted(`${name}.${method}`, () => Reflect.apply(original, this, values));
      },
    });
  }
}

/** What was noted since the last time this was called. */
export function harvest(): ReadonlyMap<string, Tally> {
  const harvested = new Map(tallies);
  tallies.clear();
  return harvested;
}

function noted<Value>(name: string, call: () => Value): Value {
  if (depth > 0) {
    return call();
  }
  depth++;
  const start = performance.now();
  try {
    return call();
  } finally {
    const microseconds = (performance.now() - start) * 1000;
    depth--;
    const tally = tallies.get(name) ?? { calls: 0, microseconds: 0 };
    tallies.set(name, { calls: tally.calls + 1, microseconds: tally.microseconds + microseconds });
  }
}

import {
  add,
  and,
  constant,
  divide,
  floor,
  type Interval,
  multiply,
  negate,
  numberOf,
  or,
  range,
  shiftLeft,
  shiftRight,
  show,
  subtract,
  Violation,
  within,
} from './interval.ts';

/* What the functions of a kernel handle, as interval-run.ts sees it: numbers as intervals, arrays of them, objects, functions. */

export type Value = Interval | Value[] | Callable | Scope | undefined;
export type Callable = (parameters: Value[]) => Value;

/** A block's variables, or an object's properties. */
export class Scope {
  readonly names = new Map<string, Value | Deferred>();
  readonly outer: Scope | undefined;

  constructor(outer?: Scope) {
    this.outer = outer;
  }

  holder(name: string): Scope | undefined {
    return this.names.has(name) ? this : this.outer?.holder(name);
  }
}

/** A module constant that nothing has asked for yet. */
export class Deferred {
  readonly run: () => Value;

  constructor(run: () => Value) {
    this.run = run;
  }
}

/** `length` numbers of a Float64Array that is new. */
export const zeros = (length: number): Interval[] => new Array<Interval>(length).fill(constant(0));

/** An object, as a point is one: `record({ x: limbs, y: limbs })`. */
export function record(properties: Readonly<Record<string, Value>>): Scope {
  const scope = new Scope();
  for (const [name, value] of Object.entries(properties)) scope.names.set(name, value);
  return scope;
}

/** Throws, with its index, for a limb that is not within its bounds. */
export function expectWithin(values: readonly Value[], bounds: readonly Interval[]): void {
  if (values.length !== bounds.length) throw new Violation(`${values.length} limbs, and bounds for ${bounds.length}`);
  bounds.forEach((bound, index) => {
    const value = interval(values[index]);
    if (!within(value, bound)) throw new Violation(`limb ${index} is ${show(value)}, not within ${show(bound)}`);
  });
}

/** What the arrays of integers hold; storing anything else there would wrap. */
const integers = new Map([
  ['Uint8Array', range(0, 255)],
  ['Int8Array', range(-128, 127)],
  ['Int32Array', range(-(2 ** 31), 2 ** 31 - 1)],
  ['Uint32Array', range(0, 2 ** 32 - 1)],
]);
const elementBounds = new WeakMap<Value[], Interval>();

/** A Uint8Array of a function's caller: any bytes, or those that are given. */
export function bytes(length: number, values?: readonly number[]): Value[] {
  const any = Array.from({ length }, (_, index) => {
    const value = values?.[index];
    return value === undefined ? range(0, 255) : constant(value);
  });
  return typed('Uint8Array', any);
}

function typed(name: string, values: Value[]): Value[] {
  const bounds = integers.get(name);
  if (bounds !== undefined) elementBounds.set(values, bounds);
  return values;
}

export function element(values: readonly Value[], index: number): Value {
  if (index >= values.length) throw new Violation(`element ${index} of ${values.length} is read`);
  return values[index];
}

export function store(values: Value[], index: number, value: Value): void {
  if (index >= values.length) throw new Violation(`element ${index} of ${values.length} is written`);
  const bounds = elementBounds.get(values);
  if (bounds !== undefined && !within(interval(value), bounds)) {
    throw new Violation(`${show(interval(value))} is stored where ${show(bounds)} fits`);
  }
  values[index] = value;
}

export function interval(value: Value): Interval {
  if (typeof value === 'object' && 'lo' in value) return value;
  throw new Violation('something that is not a number is used as one');
}

export function array(value: Value): Value[] {
  if (Array.isArray(value)) return value;
  throw new Violation('something that is not an array is used as one');
}

export function callable(value: Value): Callable {
  if (typeof value === 'function') return value;
  throw new Violation('something that is not a function of the kernel is called');
}

export function indexOf(value: Value): number {
  const index = numberOf(interval(value));
  if (index === undefined || index < 0 || !Number.isInteger(index)) {
    throw new Violation(`an index that depends on the data: ${show(interval(value))}`);
  }
  return index;
}

export function lookup(scope: Scope, name: string): Value {
  const holder = scope.holder(name);
  const found = holder?.names.get(name);
  if (holder === undefined) throw new Violation(`${name} is not declared in the kernel`);
  if (!(found instanceof Deferred)) return found;
  const value = found.run();
  holder.names.set(name, value);
  return value;
}

export function member(value: Value, name: string): Value {
  if (Array.isArray(value) && name === 'length') return constant(value.length);
  if (value instanceof Scope && value.names.has(name)) return lookup(value, name);
  throw new Violation(`there is no property ${name}`);
}

/** undefined for a callee that is none of them. */
export function builtIn(callee: string, parameters: readonly Value[]): Value {
  const [first] = parameters;
  switch (callee) {
    case 'Math.floor':
      return floor(interval(first));
    case 'Math.round':
      return floor(interval(first), true);
    case 'Float64Array':
    case 'Uint8Array':
    case 'Int8Array':
    case 'Int32Array':
    case 'Uint32Array':
      return typed(callee, Array.isArray(first) ? [...first] : zeros(indexOf(first)));
    case 'Array.from': {
      const count = indexOf(member(first, 'length'));
      return Array.from({ length: count }, (_, index) => callable(parameters[1])([undefined, constant(index)]));
    }
    case 'Float64Array.of':
    case 'Uint8Array.of':
      return typed(callee.slice(0, -3), [...parameters]);
    default:
      return undefined;
  }
}

export function method(values: Value[], name: string, [first, second]: readonly Value[]): Value {
  switch (name) {
    case 'fill':
      for (let index = 0; index < values.length; index++) store(values, index, first);
      return values;
    case 'entries':
      return values.map((value, index) => [constant(index), value]);
    case 'slice': {
      const copy = values.slice(first && indexOf(first), second && indexOf(second));
      const bounds = elementBounds.get(values);
      if (bounds !== undefined) elementBounds.set(copy, bounds);
      return copy;
    }
    case 'set': {
      const offset = second === undefined ? 0 : indexOf(second);
      array(first).forEach((value, index) => {
        store(values, offset + index, value);
      });
      return undefined;
    }
    default:
      throw new Violation(`a method that the analysis does not know: ${name}`);
  }
}

export function unary(operator: string, value: Value): Interval {
  switch (operator) {
    case '-':
      return negate(interval(value));
    case '+':
      return interval(value);
    case '~':
      return subtract(constant(-1), interval(value));
    default:
      throw new Violation(`an operator that the analysis does not know: ${operator}`);
  }
}

export function binary(operator: string, left: Value, right: Value): Interval {
  const [a, b] = [interval(left), interval(right)];
  switch (operator) {
    case '+':
      return add(a, b);
    case '-':
      return subtract(a, b);
    case '*':
      return multiply(a, b);
    case '/':
      return divide(a, b);
    case '**':
      return power(a, b);
    case '&':
      return and(a, b);
    case '|':
      return or(a, b);
    case '^':
      return or(a, b, true);
    case '<<':
      return shiftLeft(a, b);
    case '>>':
      return shiftRight(a, b);
    case '>>>':
      return shiftRight(a, b, true);
    default:
      throw new Violation(`an operator that the analysis does not know: ${operator}`);
  }
}

function power(a: Interval, b: Interval): Interval {
  const [base, exponent] = [numberOf(a), numberOf(b)];
  if (base !== 2 || exponent === undefined || !Number.isInteger(exponent))
    throw new Violation('a power of other than 2');
  return constant(2 ** exponent);
}

/*
 * The shape of a JSON value as a value: one description that reads what is written in it, and is its JSON Schema
 * (2020-12) as well. Reading is strict: what is not described is refused with the path that leads there.
 */

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Shape<T> {
  readonly schema: JsonSchema;
  /** The value as a T, new where it is an object or an array. Throws `Misread`. */
  read(value: unknown, path: string): T;
}

/** What a description makes. */
export type Made<S> = S extends Shape<infer T> ? T : never;

/** A reader's way out: caught by whoever calls the first `read`. `message` names the path, what is there and what should be. */
export class Misread extends Error {}

/** Short enough for one line, whatever it is, and however deep. */
function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `${JSON.stringify(value.slice(0, 60))}${value.length > 60 ? '…' : ''}`;
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? `an array of ${value.length}` : 'an object';
    case 'undefined':
      return 'nothing';
    default:
      return String(value);
  }
}

function misread(path: string, value: unknown, wanted: string): never {
  throw new Misread(`${path === '' ? 'the line' : path} is ${shown(value)}; it must be ${wanted}`);
}

const beneath = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/* Scalars */

export const integer = (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): Shape<number> => ({
  schema: { type: 'integer', minimum, maximum },
  read: (value, path) =>
    typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum
      ? value
      : misread(path, value, `a whole number from ${minimum} to ${maximum}`),
});

export const boolean: Shape<boolean> = {
  schema: { type: 'boolean' },
  read: (value, path) => (typeof value === 'boolean' ? value : misread(path, value, 'true or false')),
};

/** `most` in UTF-16 code units. */
export const text = (most: number): Shape<string> => ({
  schema: { type: 'string', maxLength: most },
  read: (value, path) =>
    typeof value === 'string' && value.length <= most
      ? value
      : misread(path, value, `text of at most ${most} characters`),
});

/** Bytes in lower case; bounds in bytes. */
export function hex(least: number, most: number = least): Shape<string> {
  const wanted = `${least === most ? least : `${least} to ${most}`} bytes as lower-case hex`;
  return {
    schema: { type: 'string', pattern: '^([0-9a-f]{2})*$', minLength: 2 * least, maxLength: 2 * most },
    read: (value, path) => {
      if (typeof value !== 'string') return misread(path, value, wanted);
      const bytes = value.length / 2;
      return Number.isInteger(bytes) && bytes >= least && bytes <= most && !/[^0-9a-f]/.test(value)
        ? value
        : misread(path, value, wanted);
    },
  };
}

/** One of these words or numbers. */
export function oneOf<const T extends string | number>(choices: readonly T[]): Shape<T> {
  return {
    schema: choices.length === 1 ? { const: choices[0] } : { enum: choices },
    read: (value, path) =>
      choices.find((choice) => choice === value) ??
      misread(path, value, `${choices.length === 1 ? '' : 'one of '}${choices.map(shown).join(', ')}`),
  };
}

/** The keys of a table that the compiler has held to be all there are. */
export function keysOf<Key extends string>(table: Readonly<Record<Key, unknown>>): Shape<Key> {
  const own = (key: string): key is Key => Object.hasOwn(table, key);
  return oneOf(Object.keys(table).filter(own));
}

/* What is made of others */

export const nullable = <T>(shape: Shape<T>): Shape<T | null> => ({
  schema: { anyOf: [shape.schema, { type: 'null' }] },
  read: (value, path) => (value === null ? null : shape.read(value, path)),
});

export const array = <T>(item: Shape<T>, most: number): Shape<readonly T[]> => ({
  schema: { type: 'array', items: item.schema, maxItems: most },
  read: (value, path) => {
    if (!Array.isArray(value)) return misread(path, value, 'an array');
    const items: readonly unknown[] = value;
    if (items.length > most) return misread(path, value, `an array of at most ${most}`);
    return items.map((entry, index) => item.read(entry, `${path}[${index}]`));
  },
});

/** A key that may be absent, which is read as undefined. */
export interface Optional<T> extends Shape<T | undefined> {
  readonly optional: true;
}

export const optional = <T>(shape: Shape<T>): Optional<T> => ({
  schema: shape.schema,
  optional: true,
  read: (value, path) => (value === undefined ? undefined : shape.read(value, path)),
});

type Fields = Readonly<Record<string, Shape<unknown> | Optional<unknown>>>;
type Structure<F extends Fields> = { readonly [Key in keyof F]: Made<F[Key]> };

/** These keys and no others. They keep the order they came in: digests are over the text. */
export function object<F extends Fields>(fields: F): Shape<Structure<F>> {
  const names = Object.keys(fields);
  const required = names.filter((name) => !mayBeAbsent(fields[name]));
  const isWhole = (made: object): made is Structure<F> => names.every((name) => Object.hasOwn(made, name));
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
      required,
      additionalProperties: false,
    },
    read: (value, path) => {
      const made: Record<string, unknown> = {};
      const given = record(value, path);
      for (const [name, content] of Object.entries(given)) {
        const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (field === undefined) {
          throw new Misread(`${beneath(path, name).slice(0, 200)} is not known; known there are ${names.join(', ')}`);
        }
        made[name] = field.read(content, beneath(path, name));
      }
      for (const name of names) {
        if (!Object.hasOwn(made, name)) made[name] = fields[name]?.read(undefined, beneath(path, name));
      }
      return isWhole(made) ? made : misread(path, given, `an object of ${names.join(', ')}`);
    },
  };
}

const mayBeAbsent = (field: Shape<unknown> | Optional<unknown> | undefined): boolean =>
  field !== undefined && 'optional' in field;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const record = (value: unknown, path: string): Readonly<Record<string, unknown>> =>
  isRecord(value) ? value : misread(path, value, 'an object');

/** One of several, told apart by what stands at `key`. */
export function tagged<Key extends string, T extends Readonly<Record<Key, string>>>(
  key: Key,
  variants: { readonly [Tag in T[Key]]: Shape<Extract<T, Readonly<Record<Key, Tag>>>> },
): Shape<T> {
  const tag = keysOf<T[Key]>(variants);
  const tags: readonly T[Key][] = Object.keys(variants).map((name) => tag.read(name, ''));
  return {
    schema: { oneOf: tags.map((name) => variants[name].schema) },
    read: (value, path) => {
      const name = tag.read(record(value, path)[key], beneath(path, key));
      return variants[name].read(value, path);
    },
  };
}

/** One of two, told apart by whether there is a `key`, which the first has and the other has not. */
export const withOrWithout = <A, B>(key: string, first: Shape<A>, other: Shape<B>): Shape<A | B> => ({
  schema: { oneOf: [first.schema, other.schema] },
  read: (value, path) => (Object.hasOwn(record(value, path), key) ? first.read(value, path) : other.read(value, path)),
});

/** What no field can say by itself. `wanted` completes "it must be". */
export const where = <T>(shape: Shape<T>, holds: (value: T) => boolean, wanted: string): Shape<T> => ({
  schema: { ...shape.schema, description: `Must be ${wanted}.` },
  read: (value, path) => {
    const made = shape.read(value, path);
    return holds(made) ? made : misread(path, value, wanted);
  },
});

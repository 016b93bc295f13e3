import { hexToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import { failure, type Result, success } from '../x509/index.ts';

/* JSON of a format of ours, field by field. What is read here came from anybody. */

/** Says what is wrong with a document. The reader's way out: whoever decodes catches it. */
export class Malformed extends Error {}

/** How a format is read and written, and what is said of a text that means the same in other bytes. */
export interface CanonicalFormat<Document> {
  readonly longest: number;
  readonly read: (value: unknown) => Document;
  readonly encode: (document: Document) => string;
  readonly otherwiseWritten: string;
}

/**
 * Of JSON text, to the byte as it is written: who reads the first of two keys of one name, and who reads the last, would see
 * two documents. Total, where `read` throws nothing but a `Malformed`.
 */
export function decodeCanonical<Document>(text: string, format: CanonicalFormat<Document>): Result<Document, string> {
  if (text.length > format.longest) return failure(`it is longer than ${format.longest} characters`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failure('it is no JSON');
  }
  try {
    const document = format.read(value);
    return format.encode(document) === text ? success(document) : failure(format.otherwiseWritten);
  } catch (error) {
    if (error instanceof Malformed) return failure(error.message);
    throw error;
  }
}

/** An object with exactly these keys. Every way of reading throws a `Malformed`. */
export class JsonFields {
  readonly #name: string;
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(value: unknown, name: string, keys: readonly string[]) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Malformed(`${name} is no object with fields`);
    this.#name = name;
    this.#fields = new Map(Object.entries(value));
    const missing = keys.find((key) => !this.#fields.has(key));
    if (missing !== undefined) throw new Malformed(`${name} has no field "${missing}"`);
    const stray = [...this.#fields.keys()].find((key) => !keys.includes(key));
    if (stray !== undefined)
      throw new Malformed(`${name} has a field ${quoted(stray)}, which the format does not have`);
  }

  value(key: string): unknown {
    return this.#fields.get(key);
  }

  string(key: string, longest: number): string {
    const value = this.value(key);
    if (typeof value === 'string' && value.length <= longest) return value;
    throw this.#malformed(key, `no text of at most ${longest} characters`);
  }

  /** A whole number that is not negative. */
  number(key: string): number {
    const value = this.value(key);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw this.#malformed(key, 'no whole number');
  }

  /** Lower-case hex of as many bytes. */
  hex(key: string, length: number): Uint8Array {
    const value = this.value(key);
    if (typeof value === 'string' && value.length === 2 * length && /^[0-9a-f]*$/.test(value)) return hexToBytes(value);
    throw this.#malformed(key, `not ${2 * length} lower-case hex digits`);
  }

  /** Base64 with padding (RFC 4648 §4): a value has one spelling. */
  bytes(key: string, most: number): Uint8Array {
    const bytes = decoded(this.value(key), most);
    if (bytes === undefined) throw this.#malformed(key, `no base64 of at most ${most} bytes`);
    return bytes;
  }

  list(key: string, most: number): readonly unknown[] {
    const value = this.value(key);
    if (Array.isArray(value) && value.length <= most) return value;
    throw this.#malformed(key, `no list of at most ${most}`);
  }

  /** Undefined where the field is null. */
  optional<T>(key: string, read: () => T): T | undefined {
    return this.value(key) === null ? undefined : read();
  }

  #malformed(key: string, wrong: string): Malformed {
    return new Malformed(`"${key}" of ${this.#name} is ${wrong}`);
  }
}

function decoded(value: unknown, most: number): Uint8Array | undefined {
  if (typeof value !== 'string' || value.length > Math.ceil(most / 3) * 4) return undefined;
  try {
    return base64.decode(value);
  } catch {
    return undefined;
  }
}

/** What is quoted of a stranger's document: short, and no control sign as it is. */
const quoted = (value: string): string =>
  JSON.stringify(value)
    .slice(0, 80)
    .replace(/[^ -~]/g, '?');

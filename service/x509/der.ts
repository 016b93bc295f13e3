import { failure, type Result, success } from './result.ts';
import { generalizedTime, utcTime } from './time.ts';

/*
 * The gate every certificate passes first: strict DER (X.690 §10, §11) and nothing beside it. One pass, linear in the
 * input, whose depth, elements and bytes are capped, so that no input costs more than its length. What passes has one
 * encoding only: two certificates with the same content have the same bytes, and the same fingerprint.
 */

/**
 * A certificate of ours has some 520 bytes and 50 values at a depth of 6, to which an extension's own are added; those of
 * the Web stay below 7 KiB. The largest arcs that are given out have 128 bits (X.667), in 19 octets.
 */
export const derLimits = { bytes: 16_384, elements: 2_048, depth: 16, objectIdentifier: 256, arc: 19 } as const;

/** Identifier octets (X.690 §8.1.2) of the types that a certificate is made of. */
export const Tag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  NULL: 0x05,
  OBJECT_IDENTIFIER: 0x06,
  ENUMERATED: 0x0a,
  UTF8String: 0x0c,
  NumericString: 0x12,
  PrintableString: 0x13,
  TeletexString: 0x14,
  IA5String: 0x16,
  UTCTime: 0x17,
  GeneralizedTime: 0x18,
  VisibleString: 0x1a,
  BMPString: 0x1e,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** `[number]`, IMPLICIT and primitive (X.690 §8.14.3). */
export const primitive = (number: number): number => 0x80 | number;
/** `[number]`, EXPLICIT, or IMPLICIT of a constructed type (X.690 §8.14.2, §8.14.3). */
export const constructed = (number: number): number => 0xa0 | number;

/** One value: where it lies in its source, and the values it is made of. */
export class DerElement {
  readonly tag: number;
  readonly children: readonly DerElement[];
  readonly #source: Uint8Array;
  readonly #start: number;
  readonly #content: number;
  readonly #end: number;

  constructor(
    tag: number,
    children: readonly DerElement[],
    source: Uint8Array,
    start: number,
    content: number,
    end: number,
  ) {
    this.tag = tag;
    this.children = children;
    this.#source = source;
    this.#start = start;
    this.#content = content;
    this.#end = end;
  }

  /** Tag, length and content. */
  get der(): Uint8Array {
    return this.#source.subarray(this.#start, this.#end);
  }

  get content(): Uint8Array {
    return this.#source.subarray(this.#content, this.#end);
  }
}

/** Decodes `source`, all of it, as one value of strict DER (X.690 §10). Views of `source` are handed out: let nobody write to it. */
export function readDer(source: Uint8Array): Result<DerElement, string> {
  if (source.length > derLimits.bytes) return failure(`${source.length} bytes, at most ${derLimits.bytes} are read`);
  try {
    const gate = new Gate(source);
    const element = gate.element(0, source.length, 1);
    const rest = source.length - gate.at;
    return rest === 0 ? success(element) : failure(`${rest} bytes follow the value`);
  } catch (error) {
    if (error instanceof NotDer) return failure(error.message);
    throw error;
  }
}

/** The gate's way out; caught in `readDer` alone. */
class NotDer extends Error {}

const none: readonly DerElement[] = [];

class Gate {
  readonly #source: Uint8Array;
  #elements = 0;
  at = 0;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** The value that starts at `start` and ends at `limit` or before. The recursion is as deep as the depth cap allows. */
  element(start: number, limit: number, depth: number): DerElement {
    if (depth > derLimits.depth) throw new NotDer(`values are nested deeper than ${derLimits.depth}`);
    this.#elements++;
    if (this.#elements > derLimits.elements) throw new NotDer(`more than ${derLimits.elements} values`);
    const tag = this.#tag(start, limit);
    const content = start + 1 + this.#lengthOctets(start + 1, limit);
    const end = content + this.#length(start + 1);
    if (end > limit) throw new NotDer(`the value at ${start} ends ${end - limit} bytes beyond what holds it`);
    if ((tag & 0x20) === 0) {
      if (tag < 0x20) this.#checkPrimitive(tag, content, end);
      this.at = end;
      return new DerElement(tag, none, this.#source, start, content, end);
    }
    const children: DerElement[] = [];
    this.at = content;
    while (this.at < end) children.push(this.element(this.at, end, depth + 1));
    if (tag === Tag.SET) checkSetOrder(children);
    return new DerElement(tag, children, this.#source, start, content, end);
  }

  /** X.690 §8.1.2: universal types each have one form in DER (§10.2); certificates know no tag above 30 and no other class. */
  #tag(start: number, limit: number): number {
    const tag = this.#octet(start, limit);
    if ((tag & 0x1f) === 0x1f) throw new NotDer(`a tag number above 30 at ${start}`);
    const tagClass = tag >> 6;
    if (tagClass === 1 || tagClass === 3) throw new NotDer(`an application or private tag at ${start}`);
    if (tagClass === 0 && !universalTags.has(tag)) throw new NotDer(`universal tag 0x${tag.toString(16)} at ${start}`);
    return tag;
  }

  /** How many octets the length takes: definite and minimal (X.690 §10.1). */
  #lengthOctets(at: number, limit: number): number {
    const first = this.#octet(at, limit);
    if (first < 0x80) return 1;
    const count = first & 0x7f;
    if (count === 0) throw new NotDer(`an indefinite length at ${at}`);
    if (count > 2) throw new NotDer(`a length of ${count} octets at ${at}`);
    const high = this.#octet(at + 1, limit);
    this.#octet(at + count, limit);
    if (count === 1 ? high < 0x80 : high === 0) throw new NotDer(`a length that is not minimal at ${at}`);
    return 1 + count;
  }

  #length(at: number): number {
    const first = this.#source[at] ?? 0;
    if (first < 0x80) return first;
    const high = this.#source[at + 1] ?? 0;
    return first === 0x81 ? high : high * 256 + (this.#source[at + 2] ?? 0);
  }

  #octet(at: number, limit: number): number {
    const octet = at < limit ? this.#source[at] : undefined;
    if (octet === undefined) throw new NotDer(`the input ends within the value that needs byte ${at}`);
    return octet;
  }

  /** The contents of the universal primitive types (X.690 §8.2 to §8.26, §11). Those of strings belong to name.ts. */
  #checkPrimitive(tag: number, start: number, end: number): void {
    const source = this.#source;
    const length = end - start;
    const first = source[start] ?? 0;
    switch (tag) {
      case Tag.BOOLEAN: // §11.1
        if (length !== 1 || (first !== 0 && first !== 0xff))
          throw new NotDer(`a BOOLEAN other than 00 and ff at ${start}`);
        return;
      case Tag.INTEGER: // §8.3.2
      case Tag.ENUMERATED: {
        const second = source[start + 1] ?? 0;
        const padded = length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
        if (length === 0 || padded) throw new NotDer(`an INTEGER that is not minimal at ${start}`);
        return;
      }
      case Tag.BIT_STRING: {
        // §8.6.2, §11.2.1
        const last = source[end - 1] ?? 0;
        const lawful = length === 1 ? first === 0 : length > 1 && first < 8 && (last & ((1 << first) - 1)) === 0;
        if (!lawful) throw new NotDer(`a BIT STRING with wrong unused bits at ${start}`);
        return;
      }
      case Tag.NULL: // §8.8.2
        if (length !== 0) throw new NotDer(`a NULL with content at ${start}`);
        return;
      case Tag.OBJECT_IDENTIFIER: // §8.19.2
        checkObjectIdentifier(source, start, end);
        return;
      case Tag.UTCTime: // §11.8
        if (utcTime(source.subarray(start, end)) === undefined)
          throw new NotDer(`a UTCTime that is not YYMMDDHHMMSSZ at ${start}`);
        return;
      case Tag.GeneralizedTime: // §11.7, and RFC 5280 §4.1.2.5.2: no fraction
        if (generalizedTime(source.subarray(start, end)) === undefined)
          throw new NotDer(`a GeneralizedTime that is not YYYYMMDDHHMMSSZ at ${start}`);
        return;
    }
  }
}

/** DER knows the string types in primitive form alone (X.690 §10.2), and SEQUENCE and SET in constructed. */
const universalTags: ReadonlySet<number> = new Set(Object.values(Tag));

function checkObjectIdentifier(source: Uint8Array, start: number, end: number): void {
  const length = end - start;
  if (length === 0 || length > derLimits.objectIdentifier)
    throw new NotDer(`an OBJECT IDENTIFIER of ${length} bytes, allowed are 1 to ${derLimits.objectIdentifier}`);
  let arc = 0; // octets of the arc so far
  for (let at = start; at < end; at++) {
    const octet = source[at] ?? 0;
    if (arc === 0 && octet === 0x80) throw new NotDer(`an OBJECT IDENTIFIER with an arc that is not minimal at ${at}`);
    arc++;
    if (arc > derLimits.arc)
      throw new NotDer(`an OBJECT IDENTIFIER with an arc above ${derLimits.arc} octets at ${at}`);
    if (octet < 0x80) arc = 0;
  }
  if (arc > 0) throw new NotDer(`an OBJECT IDENTIFIER that ends within an arc at ${end}`);
}

/** X.690 §11.6: the elements of a SET OF ascend, compared as octets. (Certificates hold no SET of another kind.) */
function checkSetOrder(children: readonly DerElement[]): void {
  let previous: Uint8Array | undefined;
  for (const child of children.length > 1 ? children : none) {
    const current = child.der;
    if (previous !== undefined && compare(previous, current) > 0) throw new NotDer('a SET OF that is not in order');
    previous = current;
  }
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

import { type Codec, decode, type Field, fieldsOf } from './presentation.ts';

/*
 * What each byte of an encoded value is (RFC 9846 §3): a tree whose leaves cover every byte once, in order. It is made of
 * the fields that a codec names while it reads; where the bytes stop to fit, the byte says so, and the rest is unread.
 */

/** Offsets are into the bytes that were explained. */
export interface Annotation {
  /** The RFC's own. `unread`: nobody can say what it is. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** In words, where there are any beyond the bytes themselves. Still to be escaped for HTML. */
  readonly value: string | undefined;
  /** Where it is specified: `RFC 9846 §4.1.2`. Absent, it is that of what holds it. */
  readonly section: string | undefined;
  /** Why the bytes do not fit from here on. */
  readonly problem: string | undefined;
  /** What it is made of; none of a leaf. */
  readonly fields: readonly Annotation[];
}

/** What a field says beyond its name. */
export interface Remark {
  readonly value?: string | undefined;
  readonly section?: string | undefined;
}

/** How many fields may still be told, over as many values as share it: of those that no longer fit none is told. */
export interface Room {
  fields: number;
}

export interface Vocabulary {
  /** As many as there are where it is absent. */
  readonly room?: Room | undefined;
  /** Of a field, by its name and bytes. */
  remark(name: string, bytes: Uint8Array): Remark;
  /** Another way to explain a whole field, as an extension by its own codec; `at` is where its bytes start. */
  instead?(name: string, bytes: Uint8Array, at: number): Annotation | undefined;
}

/** One annotation (RFC 9846 §3) without fields, of `length` bytes. */
export const leaf = (name: string, at: number, length: number, remark: Remark = {}): Annotation => ({
  name,
  start: at,
  end: at + length,
  value: remark.value,
  section: remark.section,
  problem: undefined,
  fields: [],
});

/** One annotation (RFC 9846 §3) that is made of others, which follow each other. */
export function whole(name: string, at: number, fields: readonly Annotation[], remark: Remark = {}): Annotation {
  return { ...leaf(name, at, (fields.at(-1)?.end ?? at) - at, remark), fields };
}

/** Bytes that stopped to fit (RFC 9846 §3), and why. */
export const unread = (at: number, length: number, problem: string | undefined): Annotation => ({
  ...leaf('unread', at, length),
  problem,
});

/** The fields of `bytes`, all of them, as `codec` reads them (RFC 9846 §3). A problem that no byte has is `problem`. */
export function annotate<T>(
  codec: Codec<T>,
  bytes: Uint8Array,
  at: number,
  vocabulary: Vocabulary,
): { readonly fields: readonly Annotation[]; readonly problem: string | undefined } {
  const read = fieldsOf(codec, bytes);
  if (takeRoom(vocabulary.room, read.length) !== true) {
    return { fields: [unread(at, bytes.length, 'it has more fields than are told here')], problem: undefined };
  }
  const decoded = decode(codec, bytes);
  const told = new Problem(decoded.ok === true ? undefined : decoded.fault.detail);
  const fields = filled(nested(read), 0, bytes.length, { bytes, at, vocabulary, told });
  return { fields, problem: told.take() };
}

/** Whether so many fields (RFC 9846 §3) still fit; if they do, their room is taken. */
export function takeRoom(room: Room | undefined, fields: number): boolean {
  if (room === undefined) return true;
  if (fields > room.fields) return false;
  room.fields -= fields;
  return true;
}

/** A problem belongs to the first byte that was not read. */
class Problem {
  #detail: string | undefined;

  constructor(detail: string | undefined) {
    this.#detail = detail;
  }

  take(): string | undefined {
    const detail = this.#detail;
    this.#detail = undefined;
    return detail;
  }
}

interface Node {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly children: Node[];
}

/** Fields by what holds them. Of two with the same bytes the outer one was told later, or is less deep; of one name they are one. */
function nested(fields: readonly Field[]): readonly Node[] {
  const ordered = fields
    .map((field, index) => ({ ...field, index }))
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || b.end - a.end || a.depth - b.depth || b.index - a.index);
  const root: Node = { name: '', start: 0, end: Number.POSITIVE_INFINITY, children: [] };
  const open: Node[] = [root];
  for (const { name, start, end } of ordered) {
    while ((open.at(-1) ?? root).end < end || (open.at(-1) ?? root).end <= start) open.pop();
    const holder = open.at(-1) ?? root;
    if (holder.name === name && holder.start === start && holder.end === end) continue;
    const node: Node = { name, start, end, children: [] };
    holder.children.push(node);
    open.push(node);
  }
  return root.children;
}

interface Source {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly vocabulary: Vocabulary;
  readonly told: Problem;
}

/** From `start` to `end` without a gap. */
function filled(nodes: readonly Node[], start: number, end: number, source: Source): readonly Annotation[] {
  const fields: Annotation[] = [];
  let reached = start;
  const gap = (until: number): void => {
    if (until > reached) fields.push(unread(source.at + reached, until - reached, source.told.take()));
  };
  for (const node of nodes) {
    gap(node.start);
    fields.push(annotation(node, source));
    reached = node.end;
  }
  gap(end);
  return fields;
}

function annotation(node: Node, source: Source): Annotation {
  const { name, start, end } = node;
  const { at, vocabulary } = source;
  const bytes = source.bytes.subarray(start, end);
  const other = vocabulary.instead?.(name, bytes, at + start);
  if (other !== undefined) return other;
  // A vector is its length and its content: the content of the same name has nothing to say of its own.
  const children = node.children.flatMap((child) =>
    child.name === name && child.children.length > 0 ? child.children : [child],
  );
  const fields = children.length === 0 ? [] : filled(children, start, end, source);
  const remark = vocabulary.remark(name, bytes);
  // The words are about the content, which is a field of its own where a length stands before it.
  const isVector = children[0]?.name === `${name}.length`;
  return { ...leaf(name, at + start, end - start, isVector ? { section: remark.section } : remark), fields };
}

import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { type Fault, misbehaviour } from '../tls/fault.ts';
import { handshakeType } from '../tls/handshake-type.ts';
import type { FaultReason } from '../tls/index.ts';
import type { AttemptBody, Inner, TraceStep } from '../trace/index.ts';

/* What a replay takes from the record, because no trace has the secrets it would take to compute it. */

export type RecordStep = Extract<TraceStep, { type: 'record' }>;
export type Begun = Extract<TraceStep, { type: 'begun' }>;
export type Rest = Extract<TraceStep, { type: 'rest' }>;

/** What is wrong with a record that could not be opened. */
const ofOpening: readonly FaultReason[] = [
  'bad_record_mac',
  'inner_plaintext_without_type',
  'record_overflow',
  'unknown_content_type',
  'sequence_exhausted',
];

/** One recorded attempt, as the stand-ins of a replay ask for it. */
export class Recording {
  readonly steps: readonly TraceStep[];
  readonly begun: Begun | undefined;
  readonly rest: Rest | undefined;
  /** Messages of ours in their order, the four bytes of the header included. */
  readonly ours: readonly Uint8Array[];
  /** Of the record that is being fed; undefined for one in clear. */
  opening: Inner | undefined;
  #told = 0;

  /** Throws where a step holds what is no hex. */
  constructor({ steps }: AttemptBody) {
    this.steps = steps;
    this.begun = steps.find((step) => step.type === 'begun');
    this.rest = steps.find((step) => step.type === 'rest');
    this.ours = messagesOf(concatBytes(...steps.flatMap((step) => handshakeSent(step))));
  }

  /**
   * Our next message of this type on record; undefined for none. `before` are messages of ours that this engine does not say,
   * and another stack's did: they are in the transcript all the same.
   */
  takeOurs(type: number): { readonly message: Uint8Array; readonly before: readonly Uint8Array[] } | undefined {
    const at = this.ours.findIndex((one, index) => index >= this.#told && one[0] === type);
    const message = this.ours[at];
    if (message === undefined) return undefined;
    const before = this.ours.slice(this.#told, at);
    this.#told = at + 1;
    return { message, before };
  }

  /** Why a record that is on record as unopened could not be opened. */
  get openingFault(): Fault {
    const recorded = this.steps.flatMap((step) => (step.type === 'fault' ? [step.fault] : []));
    const fault = recorded.find(({ reason }) => ofOpening.includes(reason));
    return fault ?? misbehaviour('bad_record_mac', 'a record that is on record as unopened');
  }

  /** The verify_data of the peer is on record as wrong. */
  get finishedWasWrong(): boolean {
    return this.steps.some((step) => step.type === 'fault' && step.fault.reason === 'bad_finished');
  }
}

/** The bytes of a received record as they came; of one whose bytes no trace has, zeros of that length. */
export function wireBytes(step: RecordStep): Uint8Array {
  const fragment = fragmentOf(step);
  const { contentType, version, length } = step;
  return concatBytes(Uint8Array.of(contentType, version >> 8, version & 0xff, length >> 8, length & 0xff), fragment);
}

function fragmentOf(step: RecordStep): Uint8Array {
  if ('fragment' in step) return hexToBytes(step.fragment);
  return step.inner.type === 'said' ? hexToBytes(step.inner.fragment) : new Uint8Array(step.length);
}

const HANDSHAKE = 22;

/** What a record of ours holds of handshake messages. */
function handshakeSent(step: TraceStep): readonly Uint8Array[] {
  if (step.type !== 'record' || step.direction !== 'sent') return [];
  if ('fragment' in step) return step.contentType === HANDSHAKE ? [hexToBytes(step.fragment)] : [];
  return step.inner.type === 'said' && step.inner.contentType === HANDSHAKE ? [hexToBytes(step.inner.content)] : [];
}

/** RFC 9846 §4: type, 24-bit length, body. What is cut off at the end is dropped. */
function messagesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let at = 0; at + 4 <= bytes.length; ) {
    const length = (bytes[at + 1] ?? 0) * 65536 + (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    if (at + 4 + length > bytes.length || handshakeType(bytes[at] ?? 0) === undefined) break;
    messages.push(bytes.subarray(at, at + 4 + length));
    at += 4 + length;
  }
  return messages;
}

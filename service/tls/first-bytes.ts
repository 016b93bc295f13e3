import { AlertDescription, AlertLevel } from './alert.ts';
import { ByteQueue } from './byte-queue.ts';
import { alertFor, type Fault, misbehaviour } from './fault.ts';
import { ContentType, HEADER_LENGTH, MAX_PLAINTEXT, nextRecord } from './record.ts';
import { RecordWriter } from './record-writer.ts';
import type { TraceEvent } from './trace-event.ts';

/** Before any ClientHello nothing is encrypted, and nobody has agreed to middlebox compatibility (RFC 9846 §5, Appendix E.4). */
export function refusedBeforeHello(type: ContentType): Fault | undefined {
  switch (type) {
    case ContentType.application_data:
      return misbehaviour('unexpected_application_data', 'application data before any keys');
    case ContentType.change_cipher_spec:
      return misbehaviour('unexpected_change_cipher_spec', 'a ChangeCipherSpec before any ClientHello');
    case ContentType.alert:
    case ContentType.handshake:
    case ContentType.heartbeat:
      return undefined;
  }
}

/** The step of a server session that failed, without the session. */
export interface RefusedFirstBytes {
  readonly out: Uint8Array;
  readonly events: readonly TraceEvent[];
}

/** True if `refuseFirstBytes` would refuse them: known from the header alone (RFC 9846 §5.1), and nothing is made to know it. */
export const wouldRefuseFirstBytes = (bytes: Uint8Array): boolean => faultOfFirstBytes(bytes) !== undefined;

/**
 * What a server says to a peer whose first bytes cannot begin a record that may come first (RFC 9846 §5.1): a scanner's
 * HTTP, SSH or noise. The very step that a session would make of them, and no entropy, no key and no state spent on it.
 * undefined if a session is to judge.
 */
export function refuseFirstBytes(bytes: Uint8Array): RefusedFirstBytes | undefined {
  const fault = faultOfFirstBytes(bytes);
  if (fault === undefined) return undefined;
  const events: TraceEvent[] = [{ type: 'fault', fault }];
  const writer = new RecordWriter((event) => events.push(event), 1);
  writer.alert(AlertLevel.fatal, AlertDescription[alertFor(fault)]);
  return { out: writer.harvest(), events };
}

function faultOfFirstBytes(bytes: Uint8Array): Fault | undefined {
  const queue = new ByteQueue();
  queue.append(bytes.subarray(0, HEADER_LENGTH));
  const record = nextRecord(queue, MAX_PLAINTEXT, refusedBeforeHello);
  return record.ok === true ? undefined : record.fault;
}

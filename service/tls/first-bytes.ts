import { AlertDescription, AlertLevel } from './alert.ts';
import { alertFor, type Fault, misbehaviour } from './fault.ts';
import { ContentType, faultOfHeader, MAX_PLAINTEXT } from './record.ts';
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
  const { out, events } = alertBeforeHello(AlertDescription[alertFor(fault)]);
  return { out, events: [{ type: 'fault', fault }, ...events] };
}

const faultOfFirstBytes = (bytes: Uint8Array): Fault | undefined =>
  faultOfHeader(bytes, MAX_PLAINTEXT, refusedBeforeHello);

/** By their description. An alert in clear is the same for everybody: each is written once, and nobody writes into it. */
const alerts = new Map<number, RefusedFirstBytes>();

function alertBeforeHello(description: number): RefusedFirstBytes {
  const written = alerts.get(description);
  if (written !== undefined) return written;
  const events: TraceEvent[] = [];
  const writer = new RecordWriter((event) => events.push(event), 1);
  writer.alert(AlertLevel.fatal, description);
  const alert = { out: writer.harvest(), events };
  alerts.set(description, alert);
  return alert;
}

import type { RecordContent } from '../tls/index.ts';
import type { Inner, TraceStep } from './attempt.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { hex } from './hex.ts';

/** The line of a body that stands for an event `t` milliseconds after the connection was accepted; undefined for what the head says. */
export function traceStep(t: number, event: ConnectionEvent): TraceStep | undefined {
  switch (event.type) {
    case 'opened':
      return undefined;
    case 'record': {
      const { type, direction, contentType, version, length } = event;
      const told = { t, type, direction, contentType, version, length };
      return event.encrypted ? { ...told, inner: inner(event.inner) } : { ...told, fragment: hex(event.fragment) };
    }
    case 'handshake': {
      const { type, direction, message, bytes } = event;
      return { t, type, direction, message, length: bytes.length };
    }
    case 'transcript':
      return { t, ...event, hash: hex(event.hash) };
    case 'client_random':
      return { t, ...event, random: hex(event.random) };
    case 'begun':
    case 'change_cipher_spec':
    case 'alert':
    case 'negotiated':
    case 'state':
    case 'application_data':
    case 'established':
    case 'fault':
    case 'closed':
    case 'http':
    case 'probe':
    case 'dialback':
    case 'released':
    case 'alert_received':
    case 'withheld':
    case 'rate_limited':
    case 'overloaded':
    case 'empty':
    case 'eof':
    case 'reset':
    case 'timeout':
    case 'byte_budget':
    case 'shutdown':
    case 'finished':
    case 'exception':
      return { t, ...event };
  }
}

const inner = (content: RecordContent): Inner =>
  content.type === 'said' ? { ...content, content: hex(content.content), fragment: hex(content.fragment) } : content;

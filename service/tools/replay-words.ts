import { alertName } from '../tls/alert.ts';
import { type Inner, isBare, type TraceStep } from '../trace/index.ts';
import { levelWord } from './record-words.ts';
import type { Origin } from './replay-play.ts';

/** One step in a line of text. */
export function stepWords(step: TraceStep): string {
  if (isBare(step)) return step.type;
  switch (step.type) {
    case 'record': {
      const outside = `${step.direction} record of type ${step.contentType}, ${step.length} bytes`;
      if ('fragment' in step) return `${outside}: ${short(step.fragment)}`;
      return `${outside}, encrypted: ${innerWords(step.inner)}`;
    }
    case 'handshake':
      return `${step.direction} ${step.message}, ${step.length} bytes`;
    case 'alert':
      return `${step.direction} alert ${alertName(step.description)} (${levelWord(step.level)})`;
    case 'change_cipher_spec':
    case 'closed':
      return `${step.direction} ${step.type === 'closed' ? 'close_notify' : step.type}`;
    case 'application_data':
      return `${step.direction} application data, ${step.length} bytes`;
    case 'transcript':
      return `transcript at ${step.point}, ${step.direction}: ${step.hash}`;
    case 'client_random':
      return `client_random ${step.random}`;
    case 'begun':
      return `a session of generation ${step.generation.slice(0, 16)}, at ${step.now}, TLS ${step.versions.join(', ')}`;
    case 'rest':
      return `a rest of ${step.length} bytes: ${short(step.bytes)}`;
    case 'negotiated':
      return [
        `TLS ${step.version}, ${step.cipherSuite}, ${step.group}`,
        `ALPN ${step.applicationProtocol ?? 'none'}, name ${step.serverName ?? 'none'}`,
      ].join(', ');
    case 'state':
      return `state ${step.state}`;
    case 'fault':
      return `fault ${step.fault.reason} (${step.fault.detail})`;
    case 'http':
      return `HTTP status ${step.status}`;
    case 'dialback':
      return `dial-back ${step.outcome}`;
    case 'released':
      return `released: ${step.release}`;
    case 'alert_received':
      return `ended by alert ${alertName(step.description)}`;
    case 'withheld':
      return `withheld: ${step.reason}`;
    case 'established':
      return step.type;
  }
}

function innerWords(inner: Inner): string {
  switch (inner.type) {
    case 'said':
      return `type ${inner.contentType}, ${short(inner.content)}`;
    case 'withheld':
      return `type ${inner.contentType}, ${inner.length} bytes that are not on record`;
    case 'unopened':
      return 'it did not open';
  }
}

/** Enough to find it by. */
const short = (hex: string): string => (hex.length <= 40 ? hex : `${hex.slice(0, 40)}...`);

/** Of where a step comes from, as the usage text says. */
export const marks: Readonly<Record<Origin, string>> = { computed: '=', taken: '<', mac: 'k' };

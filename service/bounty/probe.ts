import { AlertDescription, type TraceEvent } from '../tls/index.ts';
import { probeAlert, probeProtocol, type TlsRole } from './endpoints.ts';
import type { Outcome } from './outcome.ts';

/*
 * Who says that he is our own monitoring. Anybody may: it gets him nothing, and takes his connections out of the attempts.
 * Where we are the server he says it by ALPN, where we are the client by what he answers to ours.
 */

/** As server: `pinata-probe/1` was agreed on. */
export const saysProbe = (event: TraceEvent): boolean =>
  event.type === 'negotiated' && event.applicationProtocol === probeProtocol;

/**
 * As client we offer `pinata/1` alone, to everybody. A server that speaks `pinata-probe/1` alone has to answer that with this
 * alert (RFC 7301 §3.2). It is its first word and its only one: `received` counts all that came.
 */
export const declinesAsProbe = (role: TlsRole, received: number, outcome: Outcome): boolean =>
  role === 'client' &&
  received === probeAlert.length &&
  outcome.type === 'alert_received' &&
  outcome.description === AlertDescription.no_application_protocol;

/** As server: a certificate came. One that is empty is a fault of its own. */
export const showsCertificate = (event: TraceEvent): boolean =>
  event.type === 'handshake' && event.direction === 'received' && event.message === 'certificate';

/** A probe shows no certificate and breaks no rule. Who does either under its name is counted like everybody else. */
export function isOfProbe(outcome: Outcome): boolean {
  switch (outcome.type) {
    case 'fault':
      return outcome.fault.reason === 'certificate_missing';
    case 'alert_received':
    case 'probe':
    case 'empty':
    case 'eof':
    case 'reset':
    case 'timeout':
    case 'rate_limited':
    case 'shutdown':
      return true;
    case 'released':
    case 'withheld':
    case 'byte_budget':
    case 'overloaded':
    case 'exception':
      return false;
  }
}

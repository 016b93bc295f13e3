import { hash } from '../../service/tls/hkdf.ts';
import type { Trace } from './tls13-vectors.ts';
import { TraceLedger } from './trace-ledger.ts';
import { construct, send } from './trace-messages.ts';
import {
  baseOf,
  calculateBinder,
  calculateFinished,
  createKeyPair,
  derive,
  extractEarly,
  extractHandshake,
  extractMain,
  resumption,
  trafficKeys,
} from './trace-secrets.ts';
import { hashNow, NOTHING, newState, SHA256, type State } from './trace-state.ts';

/*
 * Goes through one trace as both ends would, computes every octet string with the engine's own functions from what came
 * before, and compares. Only private keys (and in a resumed trace the pre-shared key) are taken from the trace.
 */

export interface Findings {
  /** Octet strings that were computed from what came before, and those that were taken as given. */
  readonly checked: number;
  readonly given: number;
  readonly untouched: readonly string[];
  readonly differences: readonly string[];
  /** PSK of the first ticket, for the trace that resumes. */
  readonly resumptionSecret: Uint8Array | undefined;
}

export function checkTrace(trace: Trace, psk: Uint8Array | undefined): Findings {
  const [first] = trace.steps;
  if (first === undefined) throw new Error(`§${trace.section} has no steps`);
  const ledger = new TraceLedger(first);
  const state = newState();
  for (const step of trace.steps) {
    ledger.enter(step);
    follow(ledger, state, psk);
  }
  return {
    checked: ledger.checked,
    given: ledger.given,
    untouched: ledger.untouched(trace.steps),
    differences: ledger.differences,
    resumptionSecret: state.traffic.get('resumption'),
  };
}

function follow(ledger: TraceLedger, state: State, psk: Uint8Array | undefined): void {
  const { title } = ledger.step;
  const [, message] = /^construct a (\w+) handshake message$/.exec(title) ?? [];
  const [, record] = /^send (\w+) record$/.exec(title) ?? [];
  const [, label] = /^derive secret "tls13 (.+)"$/.exec(title) ?? [];
  const [, direction, phase] = /^derive (read|write) traffic keys for (.+) data$/.exec(title) ?? [];
  // "Same as server": without octets, and at a time when the transcript may have gone on. Keys to write with are still taken.
  if (ledger.step.values.size === 0 && direction !== 'write') return;
  if (title.startsWith('create an ephemeral')) createKeyPair(ledger, state);
  else if (message !== undefined) construct(ledger, state, message);
  else if (record !== undefined) send(ledger, state, record);
  else if (label !== undefined) derive(ledger, state, label, baseOf(state, label), hashNow(state));
  else if (direction !== undefined && phase !== undefined) trafficKeys(ledger, state, direction, phase);
  else if (title === 'derive secret for handshake "tls13 derived"')
    derive(ledger, state, 'derived', state.early, hash(SHA256, NOTHING));
  else if (title === 'derive secret for master "tls13 derived"')
    derive(ledger, state, 'derived', state.handshake, hash(SHA256, NOTHING));
  else if (title === 'extract secret "early"') extractEarly(ledger, state, psk);
  else if (title === 'extract secret "handshake"') extractHandshake(ledger, state, psk);
  else if (title === 'extract secret "master"') extractMain(ledger, state);
  else if (title === 'calculate finished "tls13 finished"') calculateFinished(ledger, state);
  else if (title === 'calculate PSK binder') calculateBinder(ledger, state);
  else if (title === 'generate resumption secret "tls13 resumption"') resumption(ledger, state);
  else throw new Error(`a step this test does not know: ${title}`);
}

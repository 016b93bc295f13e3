import { hash } from '../../service/tls/hkdf.ts';
import type { OfferedKeyShare } from '../../service/tls/named-group.ts';
import type { RecordProtection } from '../../service/tls/record-protection.ts';
import type { Transcript } from '../../service/tls/transcript.ts';

/* What the two ends of a trace know together. The suite of all traces is TLS_AES_128_GCM_SHA256. */

export const SHA256 = 'sha256';
export const NOTHING = new Uint8Array(0);

export interface Ends<T> {
  client?: T;
  server?: T;
}

export interface State {
  transcript: Transcript | undefined;
  firstClientHello: Uint8Array | undefined;
  shares: Ends<OfferedKeyShare>;
  early: Uint8Array;
  handshake: Uint8Array;
  main: Uint8Array;
  readonly traffic: Map<string, Uint8Array>;
  readonly writing: Ends<RecordProtection>;
  readonly reading: Ends<RecordProtection>;
  /** Handshake messages that were made and not yet sent. */
  readonly pending: { client: Uint8Array[]; server: Uint8Array[] };
  readonly keys: Ends<(content: Uint8Array, signature: Uint8Array) => boolean>;
  hellos: number;
}

export const newState = (): State => ({
  transcript: undefined,
  firstClientHello: undefined,
  shares: {},
  early: NOTHING,
  handshake: NOTHING,
  main: NOTHING,
  traffic: new Map(),
  writing: {},
  reading: {},
  pending: { client: [], server: [] },
  keys: {},
  hellos: 0,
});

export function hashNow({ transcript }: State): Uint8Array {
  return transcript?.hash() ?? hash(SHA256, NOTHING);
}

export function secretOf(state: State, label: string): Uint8Array {
  const secret = state.traffic.get(label);
  if (secret === undefined) throw new Error(`${label} was not derived`);
  return secret;
}

import type { Fault } from '../tls/index.ts';

/** What the release of the bait was. It is fixed when the bait is released, whatever follows (design §4.1). */
export type Release =
  /** The Finished we verified is one of our own: somebody joined two of our ports. */
  | 'short_circuit'
  /** The peer showed the leaf whose key was handed out for trying: regtest alone. */
  | 'test_credentials'
  /** Neither. The piñata is broken. */
  | 'breach';

/** How a connection of the bounty ended: exactly one for each. */
export type Outcome =
  | { readonly type: 'released'; readonly release: Release }
  | { readonly type: 'fault'; readonly fault: Fault }
  /** A fatal alert, or one that ends the handshake. */
  | { readonly type: 'alert_received'; readonly description: number }
  /** Our own monitoring: it is told apart by ALPN and gets nothing. */
  | { readonly type: 'probe' }
  /** Authenticated by the engine, yet one of the bait's own checks did not hold. That must not happen: it is looked into. */
  | { readonly type: 'withheld'; readonly reason: string }
  /** Connected, said nothing, went. */
  | { readonly type: 'empty' }
  | { readonly type: 'eof' }
  | { readonly type: 'reset' }
  | { readonly type: 'timeout' }
  | { readonly type: 'byte_budget' }
  /** More sessions than the correlator may remember. */
  | { readonly type: 'overloaded' }
  /** It may not begin, or its place went to somebody who had fewer. */
  | { readonly type: 'rate_limited' }
  | { readonly type: 'shutdown' }
  | { readonly type: 'exception'; readonly error: unknown };

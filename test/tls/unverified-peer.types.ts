import type { UnverifiedPeer, VerifiedPeer } from '../../service/tls/index.ts';
import type { ServerStates } from '../../service/tls/states.ts';

/* What must not compile: a peer that nobody verified never passes for one that was. `npm run typecheck` is the test. */

declare const unverified: UnverifiedPeer;
declare const verified: VerifiedPeer;
declare const connected: ServerStates['connected'];

// @ts-expect-error an UnverifiedPeer has no role, no path, and another #private field
export const promoted: VerifiedPeer = unverified;

// @ts-expect-error nor does it work the other way round: the two are no kinds of one thing
export const demoted: UnverifiedPeer = verified;

// @ts-expect-error the peer of a state may be either, and has to be told apart by its brand
export const untold: VerifiedPeer = connected.peer;

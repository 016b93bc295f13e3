import type { Correlator, CorrelatorOptions } from '../bounty/correlator.ts';
import { type CorrelatorMemory, correlatorMemory, SharedCorrelator } from '../bounty/shared-correlator.ts';
import {
  type BucketsMemory,
  bucketsMemory,
  type PlacesMemory,
  placesMemory,
  SharedTokenBuckets,
  sharedPlaces,
} from '../bounty/shared-limits.ts';
import type { BountyBounds, BountyLimits, RateBounds } from './admission.ts';

/* What all threads of the process have in common, in memory that each of them reads and writes. */

type RateMemory = Readonly<Record<keyof RateBounds, BucketsMemory>>;

export interface DoorMemory {
  readonly correlator: CorrelatorMemory;
  readonly places: PlacesMemory;
  readonly dialbackPlaces: PlacesMemory;
  readonly handshakes: RateMemory;
  readonly dialbacks: RateMemory;
}

const seedLength = 32;

export function doorMemory(
  correlator: CorrelatorOptions,
  { places, dialbackPlaces, handshakes, dialbacks }: BountyBounds,
  entropy: (length: number) => Uint8Array,
): DoorMemory {
  const seed = (): Uint8Array => entropy(seedLength);
  const rate = ({ byPrefix, byNetwork }: RateBounds): RateMemory => ({
    byPrefix: bucketsMemory(byPrefix, seed()),
    byNetwork: bucketsMemory(byNetwork, seed()),
  });
  return {
    correlator: correlatorMemory(correlator, seed()),
    places: placesMemory(places, seed()),
    dialbackPlaces: placesMemory(dialbackPlaces, seed()),
    handshakes: rate(handshakes),
    dialbacks: rate(dialbacks),
  };
}

/** For one thread. A lock that is never given back ends the process: each thread that finds it so ends, and the first with it. */
export function inDoorMemory(memory: DoorMemory): { readonly correlator: Correlator; readonly limits: BountyLimits } {
  const abandoned = (): never => process.exit(1);
  const rate = ({ byPrefix, byNetwork }: RateMemory) => ({
    byPrefix: new SharedTokenBuckets(byPrefix, abandoned),
    byNetwork: new SharedTokenBuckets(byNetwork, abandoned),
  });
  return {
    correlator: new SharedCorrelator(memory.correlator, abandoned),
    limits: {
      places: sharedPlaces(memory.places, abandoned),
      dialbackPlaces: sharedPlaces(memory.dialbackPlaces, abandoned),
      handshakes: rate(memory.handshakes),
      dialbacks: rate(memory.dialbacks),
    },
  };
}

import { type IpAddress, networkKey, parseIpAddress, prefixKey } from '../bounty/ip-address.ts';
import { type Origin, type Rates, type TokenBucketOptions, TokenBuckets } from '../bounty/limits.ts';
import { ownPlaces, type Places, type PlacesOptions } from '../bounty/places.ts';

/* Who is let in: places in a bounded set, shared out by origin, so that nobody can take all of them (design §4.6). */

export interface AdmissionOptions {
  readonly connections: number;
  readonly connectionsPerPrefix: number;
  readonly handshakesPerSecond: number;
  readonly dialbacksPerMinute: number;
}

/** How many prefixes are remembered; what lies beyond shares one bucket. */
const rememberedPrefixes = 65_536;
/** Connections that we make ourselves are dearer than those we accept. */
const dialbacksAtOnce = 128;
const dialbacksAtOncePerPrefix = 8;
const burstSeconds = 10;
/** Of one prefix. What one signature answers, a thousand in a second, takes sixteen networks full of them. */
const challengesPerSecond = 2;
const challengesAtOnce = 16;
/**
 * Prefixes are cheap where a provider gives away a /48, which has 256 of them. All of one network together therefore have
 * a quarter of the places, if that is more than one prefix may have, and the rates of so many prefixes.
 */
const networksToFill = 4;
const prefixesPerNetwork = 4;

/** How often, by prefix and by network. */
export interface RateBounds {
  readonly byPrefix: TokenBucketOptions;
  readonly byNetwork: TokenBucketOptions;
}

/** Of the bounty's doors, which may be in several threads. */
export interface BountyBounds {
  readonly places: PlacesOptions;
  readonly dialbackPlaces: PlacesOptions;
  readonly handshakes: RateBounds;
  readonly dialbacks: RateBounds;
}

export interface BountyLimits {
  readonly places: Places;
  readonly dialbackPlaces: Places;
  readonly handshakes: Readonly<Record<keyof RateBounds, Rates>>;
  readonly dialbacks: Readonly<Record<keyof RateBounds, Rates>>;
}

export const bountyBounds = (options: AdmissionOptions): BountyBounds => ({
  places: shared(options.connections, options.connectionsPerPrefix),
  dialbackPlaces: shared(dialbacksAtOnce, dialbacksAtOncePerPrefix),
  handshakes: handshakeBounds(options),
  dialbacks: rateBounds(options.dialbacksPerMinute, options.dialbacksPerMinute / 60),
});

/** Of a process that has one thread. */
function ownLimits({ places, dialbackPlaces, handshakes, dialbacks }: BountyBounds): BountyLimits {
  return {
    places: ownPlaces(places),
    dialbackPlaces: ownPlaces(dialbackPlaces),
    handshakes: buckets(handshakes),
    dialbacks: buckets(dialbacks),
  };
}

export class Admission {
  /** The bounty's ports and the website have places of their own: a full house on one side never closes the other. */
  readonly bounty: Places;
  readonly website: Places;
  readonly dialbacks: Places;
  readonly #handshakes: Rate;
  readonly #websiteHandshakes: Rate;
  readonly #dialbacks: Rate;
  readonly #challenges = new Rate(buckets(rateBounds(challengesAtOnce, challengesPerSecond)));

  /** `limits`: where other threads have a part in them. */
  constructor(options: AdmissionOptions, limits: BountyLimits = ownLimits(bountyBounds(options))) {
    this.bounty = limits.places;
    this.website = ownPlaces(shared(options.connections, options.connectionsPerPrefix));
    this.dialbacks = limits.dialbackPlaces;
    this.#handshakes = new Rate(limits.handshakes);
    this.#websiteHandshakes = new Rate(buckets(handshakeBounds(options)));
    this.#dialbacks = new Rate(limits.dialbacks);
  }

  mayHandshake(origin: Origin, now: number): boolean {
    return this.#handshakes.take(origin, now);
  }

  mayHandshakeWithWebsite(origin: Origin, now: number): boolean {
    return this.#websiteHandshakes.take(origin, now);
  }

  mayChallenge(origin: Origin, now: number): boolean {
    return this.#challenges.take(origin, now);
  }

  mayDialBack(origin: Origin, now: number): boolean {
    return this.#dialbacks.take(origin, now);
  }
}

const shared = (total: number, perPrefix: number) => ({
  perPrefix,
  perNetwork: Math.max(perPrefix, Math.floor(total / networksToFill)),
  total,
});

const handshakeBounds = ({ handshakesPerSecond }: AdmissionOptions): RateBounds =>
  rateBounds(handshakesPerSecond * burstSeconds, handshakesPerSecond);

const rateBounds = (burst: number, perSecond: number): RateBounds => ({
  byPrefix: { burst, perSecond, keys: rememberedPrefixes },
  byNetwork: {
    burst: burst * prefixesPerNetwork,
    perSecond: perSecond * prefixesPerNetwork,
    keys: rememberedPrefixes,
  },
});

const buckets = ({ byPrefix, byNetwork }: RateBounds) => ({
  byPrefix: new TokenBuckets(byPrefix),
  byNetwork: new TokenBuckets(byNetwork),
});

class Rate {
  readonly #byPrefix: Rates;
  readonly #byNetwork: Rates;

  constructor({ byPrefix, byNetwork }: Readonly<Record<keyof RateBounds, Rates>>) {
    this.#byPrefix = byPrefix;
    this.#byNetwork = byNetwork;
  }

  /**
   * The prefix first: who has used up their own takes nothing from their neighbours. But a network that has nothing left is not
   * asked for its prefixes: it has more of them than are remembered, and would have everybody else share one bucket.
   */
  take({ prefix, network }: Origin, now: number): boolean {
    if (!this.#byNetwork.has(network, now)) return false;
    return this.#byPrefix.take(prefix, now) && this.#byNetwork.take(network, now);
  }
}

/** Where a connection comes from. A socket that was reset before we looked has no address any more. */
export interface Visitor extends Origin {
  readonly address: IpAddress | undefined;
}

const nobody: Visitor = { address: undefined, prefix: 'unknown', network: 'unknown' };

/** Who came last: a flood from one address has it read once. */
let latest: { readonly of: string | undefined; readonly visitor: Visitor } = { of: undefined, visitor: nobody };

export function visitorOf(remoteAddress: string | undefined): Visitor {
  if (latest.of !== remoteAddress) latest = { of: remoteAddress, visitor: readVisitor(remoteAddress) };
  return latest.visitor;
}

function readVisitor(remoteAddress: string | undefined): Visitor {
  const address = remoteAddress === undefined ? undefined : parseIpAddress(remoteAddress);
  return address === undefined ? nobody : { address, prefix: prefixKey(address), network: networkKey(address) };
}

import { type IpAddress, networkKey, parseIpAddress, prefixKey } from '../bounty/ip-address.ts';
import { Occupancy, type Origin, TokenBuckets } from '../bounty/limits.ts';

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

export class Admission {
  /** The bounty's ports and the website have places of their own: a full house on one side never closes the other. */
  readonly bounty: Occupancy;
  readonly website: Occupancy;
  readonly dialbacks: Occupancy;
  readonly #handshakes: Rate;
  readonly #websiteHandshakes: Rate;
  readonly #dialbacks: Rate;
  readonly #challenges = new Rate(challengesAtOnce, challengesPerSecond);

  constructor({ connections, connectionsPerPrefix, handshakesPerSecond, dialbacksPerMinute }: AdmissionOptions) {
    this.bounty = new Occupancy(shared(connections, connectionsPerPrefix));
    this.website = new Occupancy(shared(connections, connectionsPerPrefix));
    this.dialbacks = new Occupancy(shared(dialbacksAtOnce, dialbacksAtOncePerPrefix));
    this.#handshakes = new Rate(handshakesPerSecond * burstSeconds, handshakesPerSecond);
    this.#websiteHandshakes = new Rate(handshakesPerSecond * burstSeconds, handshakesPerSecond);
    this.#dialbacks = new Rate(dialbacksPerMinute, dialbacksPerMinute / 60);
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

/** How often, by prefix and by network. */
class Rate {
  readonly #byPrefix: TokenBuckets;
  readonly #byNetwork: TokenBuckets;

  constructor(burst: number, perSecond: number) {
    this.#byPrefix = new TokenBuckets({ burst, perSecond, keys: rememberedPrefixes });
    this.#byNetwork = new TokenBuckets({
      burst: burst * prefixesPerNetwork,
      perSecond: perSecond * prefixesPerNetwork,
      keys: rememberedPrefixes,
    });
  }

  /** The prefix first: who has used up their own takes nothing from their neighbours. */
  take({ prefix, network }: Origin, now: number): boolean {
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

import { type IpAddress, type IpRange, inRange, parseIpRange, sameAddress, unmapped } from './ip-address.ts';

/*
 * Where a dial-back may go. Port 10001 makes us connect to an address that somebody else chose: without this table it
 * is a way into our own network and to the cloud's metadata service (threats.md X7).
 */

export type DialBackRefusal =
  | 'own_address'
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'link_local'
  | 'metadata'
  | 'shared'
  | 'multicast'
  | 'reserved'
  | 'not_global';

export interface DialBackPolicy {
  /** For the local default, where the caller is loopback and there is nothing behind it to reach. */
  readonly allowPrivate: boolean;
  /** Addresses of this host, as the outside and the inside know them. */
  readonly ownAddresses: readonly IpAddress[];
}

const table = (reason: DialBackRefusal, ...ranges: string[]): readonly (readonly [IpRange, DialBackRefusal])[] =>
  ranges.map((range) => [parseIpRange(range), reason]);

/** IANA's special-purpose registries (RFC 6890 and its updates), most specific first. */
const refusedRanges: readonly (readonly [IpRange, DialBackRefusal])[] = [
  ...table('unspecified', '0.0.0.0/8', '::/128'),
  ...table('loopback', '127.0.0.0/8', '::1/128'),
  ...table('metadata', '169.254.169.254/32', '169.254.170.2/32', '100.100.100.200/32', 'fd00:ec2::254/128'),
  ...table('link_local', '169.254.0.0/16', 'fe80::/10'),
  ...table('private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10'),
  ...table('shared', '100.64.0.0/10'),
  ...table('multicast', '224.0.0.0/4', 'ff00::/8'),
  ...table('reserved', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.18.0.0/15', '198.51.100.0/24'),
  ...table('reserved', '203.0.113.0/24', '240.0.0.0/4', '2001::/23', '2001:db8::/32', '3fff::/20', '5f00::/16'),
];

/** All that is routed in IPv6 today (RFC 4291 §2.5.4); the rest, Teredo and the like, is refused without being named. */
const globalUnicast = parseIpRange('2000::/3');
const nat64 = parseIpRange('64:ff9b::/96'); // RFC 6052 §2.1
const sixToFour = parseIpRange('2002::/16'); // RFC 3056 §2

/** What `allowPrivate` allows: never the metadata service, a group of hosts, or what is not an address of a host. */
const allowable: ReadonlySet<DialBackRefusal> = new Set(['loopback', 'private', 'shared']);

/** Why we do not connect to `address`, or undefined if we may. */
export function dialBackRefusal(address: IpAddress, policy: DialBackPolicy): DialBackRefusal | undefined {
  const target = unmapped(address);
  const reason = rangeRefusal(target);
  if (reason !== undefined && !(policy.allowPrivate === true && allowable.has(reason))) return reason;
  // Loopback is always our own: who allows it means that.
  if (reason === 'loopback') return undefined;
  return policy.ownAddresses.some((own) => sameAddress(unmapped(own), target)) ? 'own_address' : undefined;
}

function rangeRefusal(address: IpAddress): DialBackRefusal | undefined {
  const named = refusedRanges.find(([range]) => inRange(address, range));
  if (named !== undefined) return named[1];
  if (address.family === 4) return undefined;
  // A translator would take us to the IPv4 address inside, so that is what is judged.
  if (inRange(address, nat64)) return rangeRefusal({ family: 4, bytes: address.bytes.slice(12) });
  if (inRange(address, sixToFour)) return rangeRefusal({ family: 4, bytes: address.bytes.slice(2, 6) });
  return inRange(address, globalUnicast) ? undefined : 'not_global';
}

import { bytesToHex } from '@noble/hashes/utils.js';
import type { Packet } from './pcap-read.ts';

/* From a packet of a capture to the TCP segment in it, through what the link and IP put around it. */

export interface Segment {
  /** `192.0.2.7:443`, `[2001:0db8:…]:443`. */
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly payload: Uint8Array;
}

const link = {
  null: 0,
  ethernet: 1,
  rawBsd: 12,
  rawOpenBsd: 14,
  raw: 101,
  loop: 108,
  sll: 113,
  ipv4: 228,
  ipv6: 229,
  sll2: 276,
} as const;
const etherType = { vlan: 0x8100, providerVlan: 0x88a8 } as const;
const TCP = 6;

/** Undefined for whatever is no whole TCP segment. A fragment of IP is none either: TCP avoids them. */
export function segmentOf({ linkType, bytes }: Packet): Segment | undefined {
  const ip = networkLayer(linkType, bytes);
  const version = (ip?.[0] ?? 0) >> 4;
  if (ip === undefined) return undefined;
  if (version === 4) return fromIpv4(ip);
  return version === 6 ? fromIpv6(ip) : undefined;
}

/** The bytes from the IP header on. */
function networkLayer(linkType: number, bytes: Uint8Array): Uint8Array | undefined {
  switch (linkType) {
    case link.raw:
    case link.rawBsd:
    case link.rawOpenBsd:
    case link.ipv4:
    case link.ipv6:
      return bytes;
    case link.null: // an address family of four bytes, in the byte order of whoever captured
    case link.loop:
      return bytes.subarray(4);
    case link.ethernet: {
      let at = 12;
      while (isVlan(uint16(bytes, at))) at += 4;
      return bytes.subarray(at + 2);
    }
    case link.sll:
      return bytes.subarray(16);
    case link.sll2:
      return bytes.subarray(20);
    default:
      return undefined;
  }
}

const isVlan = (type: number): boolean => type === etherType.vlan || type === etherType.providerVlan;

/** RFC 791 §3.1. What stands behind the total length is padding of the link. */
function fromIpv4(ip: Uint8Array): Segment | undefined {
  const header = ((ip[0] ?? 0) & 0x0f) * 4;
  const fragment = uint16(ip, 6) & 0x3fff;
  // A card that cuts segments by itself shows them with a length of zero.
  const total = uint16(ip, 2) === 0 ? ip.length : uint16(ip, 2);
  if (ip.length < 20 || header < 20 || ip[9] !== TCP || fragment !== 0) return undefined;
  return fromTcp(ip.subarray(header, total), ip.subarray(12, 16), ip.subarray(16, 20));
}

/** Extension headers that may stand before TCP (RFC 8200 §4): hop-by-hop, routing, destination options. */
const skipped: ReadonlySet<number> = new Set([0, 43, 60]);

function fromIpv6(ip: Uint8Array): Segment | undefined {
  if (ip.length < 40) return undefined;
  const payload = uint16(ip, 4);
  const end = payload === 0 ? ip.length : 40 + payload;
  let next = ip[6] ?? 0;
  let at = 40;
  while (skipped.has(next) && at + 8 <= ip.length) {
    next = ip[at] ?? 0;
    at += ((ip[at + 1] ?? 0) + 1) * 8;
  }
  return next === TCP ? fromTcp(ip.subarray(at, end), ip.subarray(8, 24), ip.subarray(24, 40)) : undefined;
}

/** RFC 9293 §3.1 */
function fromTcp(tcp: Uint8Array, source: Uint8Array, destination: Uint8Array): Segment | undefined {
  const header = ((tcp[12] ?? 0) >> 4) * 4;
  if (tcp.length < 20 || header < 20 || header > tcp.length) return undefined;
  const flags = tcp[13] ?? 0;
  return {
    from: `${addressText(source)}:${uint16(tcp, 0)}`,
    to: `${addressText(destination)}:${uint16(tcp, 2)}`,
    sequence: uint16(tcp, 4) * 65_536 + uint16(tcp, 6),
    syn: (flags & 2) !== 0,
    ack: (flags & 16) !== 0,
    fin: (flags & 1) !== 0,
    payload: tcp.subarray(header),
  };
}

const addressText = (address: Uint8Array): string =>
  address.length === 4 ? address.join('.') : `[${bytesToHex(address).replace(/(.{4})(?=.)/g, '$1:')}]`;

const uint16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);

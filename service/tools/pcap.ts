import { concatBytes } from '@noble/hashes/utils.js';
import { addressBytes } from './address-bytes.ts';

/*
 * A capture file as Wireshark reads it (draft-ietf-opsawg-pcap), of bytes that went through this program and not through
 * a network card: the IP and TCP headers around them are made up, and right to the checksum.
 */

const MAGIC_NANOSECONDS = 0xa1b23c4d;
const LINKTYPE_RAW = 101; // a packet begins with its IPv4 or IPv6 header
const SNAPLEN = 2 ** 18;
/** Keeps IPv4's 16-bit total length far away, and packets readable. */
const MAX_SEGMENT = 16_384;

/** Nanoseconds since 1970. */
export type Time = bigint;

export interface TcpEndpoint {
  readonly address: string;
  readonly port: number;
}

/** Who a segment comes from: the end that opened the connection, or the end that accepted it. */
export type Sender = 'opener' | 'accepter';

export function pcapHeader(): Uint8Array {
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, MAGIC_NANOSECONDS, true);
  header.setUint16(4, 2, true);
  header.setUint16(6, 4, true);
  header.setUint32(16, SNAPLEN, true);
  header.setUint32(20, LINKTYPE_RAW, true);
  return new Uint8Array(header.buffer);
}

const flag = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const;

/** One TCP connection (RFC 9293) of a capture. Each method returns the records to append to the file. */
export class CapturedConnection {
  readonly #ends: Readonly<Record<Sender, TcpEndpoint>>;
  /** Of the next byte that each end will send. */
  readonly #sequence: Record<Sender, number> = { opener: 1_000_000, accepter: 2_000_000 };

  constructor(opener: TcpEndpoint, accepter: TcpEndpoint) {
    this.#ends = { opener, accepter };
  }

  /** The three segments of §3.5. */
  open(at: Time): Uint8Array {
    return concatBytes(
      this.#segment(at, 'opener', flag.syn),
      this.#segment(at, 'accepter', flag.syn | flag.ack),
      this.#segment(at, 'opener', flag.ack),
    );
  }

  /** The bytes, acknowledged at once by the other end. */
  data(at: Time, sender: Sender, bytes: Uint8Array): Uint8Array {
    const packets: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; start += MAX_SEGMENT) {
      packets.push(this.#segment(at, sender, flag.psh | flag.ack, bytes.subarray(start, start + MAX_SEGMENT)));
    }
    return concatBytes(...packets, this.#segment(at, otherEnd(sender), flag.ack));
  }

  end(at: Time, sender: Sender): Uint8Array {
    return concatBytes(this.#segment(at, sender, flag.fin | flag.ack), this.#segment(at, otherEnd(sender), flag.ack));
  }

  reset(at: Time, sender: Sender): Uint8Array {
    return this.#segment(at, sender, flag.rst | flag.ack);
  }

  #segment(at: Time, sender: Sender, flags: number, payload: Uint8Array = new Uint8Array(0)): Uint8Array {
    const from = this.#ends[sender];
    const to = this.#ends[otherEnd(sender)];
    const source = addressBytes(from.address);
    const destination = addressBytes(to.address);
    const segment = new Uint8Array(20 + payload.length);
    const tcp = new DataView(segment.buffer);
    tcp.setUint16(0, from.port);
    tcp.setUint16(2, to.port);
    tcp.setUint32(4, this.#sequence[sender]);
    tcp.setUint32(8, (flags & flag.ack) === 0 ? 0 : this.#sequence[otherEnd(sender)]);
    tcp.setUint8(12, 5 << 4); // the header is five words long
    tcp.setUint8(13, flags);
    tcp.setUint16(14, 0xffff); // window
    segment.set(payload, 20);
    tcp.setUint16(16, checksum(pseudoHeader(source, destination, segment.length), segment));
    const consumed = payload.length + ((flags & (flag.syn | flag.fin)) === 0 ? 0 : 1);
    this.#sequence[sender] = (this.#sequence[sender] + consumed) % 2 ** 32;
    return record(at, concatBytes(ipHeader(source, destination, segment.length), segment));
  }
}

const otherEnd = (end: Sender): Sender => (end === 'opener' ? 'accepter' : 'opener');

const TCP = 6;
const HOP_LIMIT = 64;

/** RFC 791 §3.1, or RFC 8200 §3 for addresses of 16 bytes. */
function ipHeader(source: Uint8Array, destination: Uint8Array, payloadLength: number): Uint8Array {
  if (source.length === 16) {
    const header = new DataView(new ArrayBuffer(8));
    header.setUint32(0, 6 * 2 ** 28);
    header.setUint16(4, payloadLength);
    header.setUint8(6, TCP);
    header.setUint8(7, HOP_LIMIT);
    return concatBytes(new Uint8Array(header.buffer), source, destination);
  }
  const header = new Uint8Array(20);
  const view = new DataView(header.buffer);
  view.setUint8(0, 0x45); // version 4, five words
  view.setUint16(2, 20 + payloadLength);
  view.setUint16(6, 0x4000); // don't fragment
  view.setUint8(8, HOP_LIMIT);
  view.setUint8(9, TCP);
  header.set(source, 12);
  header.set(destination, 16);
  view.setUint16(10, checksum(header));
  return header;
}

/** What TCP's checksum covers of IP: RFC 9293 §3.1, RFC 8200 §8.1. */
function pseudoHeader(source: Uint8Array, destination: Uint8Array, length: number): Uint8Array {
  const tail = new DataView(new ArrayBuffer(source.length === 16 ? 8 : 4));
  tail.setUint16(tail.byteLength - (source.length === 16 ? 6 : 2), length);
  tail.setUint8(source.length === 16 ? 7 : 1, TCP);
  return concatBytes(source, destination, new Uint8Array(tail.buffer));
}

/** RFC 1071. Every part but the last has an even length. */
function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += (part[i] ?? 0) * 256 + (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum % 2 ** 16) + Math.floor(sum / 2 ** 16);
  return ~sum & 0xffff;
}

function record(at: Time, packet: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(16));
  header.setUint32(0, Number(at / 1_000_000_000n), true);
  header.setUint32(4, Number(at % 1_000_000_000n), true);
  header.setUint32(8, packet.length, true);
  header.setUint32(12, packet.length, true);
  return concatBytes(new Uint8Array(header.buffer), packet);
}

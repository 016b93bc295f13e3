/** IP addresses as bytes: 4 or 16 of them. Text goes in at one place, by one grammar, and no decision is made on text. */
export type IpAddress = { readonly family: 4 | 6; readonly bytes: Uint8Array };

const octet = /^(?:0|[1-9][0-9]{0,2})$/;
const group = /^[0-9a-fA-F]{1,4}$/;

/** Strict: no leading zeros (which other parsers read as octal), no missing parts. RFC 4291 §2.2; a zone (RFC 4007 §11) is dropped. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (text.length > 64) return undefined;
  const v4 = parseV4(text);
  if (v4 !== undefined) return { family: 4, bytes: v4 };
  const zone = text.indexOf('%');
  const v6 = parseV6(zone < 0 ? text : text.slice(0, zone));
  return v6 === undefined ? undefined : { family: 6, bytes: v6 };
}

/** An IPv4 address that arrived on an IPv6 socket (RFC 4291 §2.5.5.2) is that IPv4 address. */
export function unmapped(address: IpAddress): IpAddress {
  return address.family === 6 && startsWith(address.bytes, v4MappedPrefix)
    ? { family: 4, bytes: address.bytes.slice(12) }
    : address;
}

/** Whom limits count as one: a /24, or a /56 as providers hand them to one customer (RFC 6177). */
export function prefixKey(address: IpAddress): string {
  const { family, bytes } = unmapped(address);
  return family === 4 ? `4:${bytes[0]}.${bytes[1]}.${bytes[2]}` : `6:${bytes.slice(0, 7).join('.')}`;
}

/** Whom a provider's space counts as one: a /16, or a /32 as registries hand them to providers (RIPE-738 §5.1.1). */
export function networkKey(address: IpAddress): string {
  const { family, bytes } = unmapped(address);
  return family === 4 ? `4:${bytes[0]}.${bytes[1]}` : `6:${bytes.slice(0, 4).join('.')}`;
}

export interface IpRange {
  readonly family: 4 | 6;
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** `10.0.0.0/8`. Throws on a malformed range: ranges are constants of ours or checked configuration. */
export function parseIpRange(text: string): IpRange {
  const [base, length, ...rest] = text.split('/');
  const address = parseIpAddress(base ?? '');
  const bits = length !== undefined && octet.test(length) ? Number(length) : Number.NaN;
  if (address === undefined || rest.length > 0 || !(bits <= address.bytes.length * 8)) {
    throw new RangeError(`not an IP range: ${text}`);
  }
  return { ...address, length: bits };
}

export function inRange(address: IpAddress, range: IpRange): boolean {
  if (address.family !== range.family) return false;
  const whole = range.length >> 3;
  if (!startsWith(address.bytes, range.bytes.subarray(0, whole))) return false;
  const mask = (0xff00 >> (range.length & 7)) & 0xff;
  return ((address.bytes[whole] ?? 0) & mask) === ((range.bytes[whole] ?? 0) & mask);
}

export const sameAddress = (a: IpAddress, b: IpAddress): boolean =>
  a.bytes.length === b.bytes.length && startsWith(a.bytes, b.bytes);

const v4MappedPrefix = new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);

const startsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean => prefix.every((byte, i) => bytes[i] === byte);

function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => octet.test(part) && Number(part) <= 255)) return undefined;
  const bytes = new Uint8Array(4); // filled by hand: Uint8Array.from takes ten times as long, for every connection
  parts.forEach((part, i) => {
    bytes[i] = Number(part);
  });
  return bytes;
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return undefined;
  return Uint8Array.from([...head, ...new Array<number>(missing).fill(0), ...tail]);
}

/** Groups of 16 bits; the last may be an IPv4 address in dotted form if it ends the whole text (RFC 4291 §2.2.3). */
function parseGroups(text: string, endsAddress: boolean): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (group.test(part)) {
      const value = Number.parseInt(part, 16);
      bytes.push(value >> 8, value & 0xff);
      continue;
    }
    const v4 = endsAddress && index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 === undefined) return undefined;
    bytes.push(...v4);
  }
  return bytes;
}

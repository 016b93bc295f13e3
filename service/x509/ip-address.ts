/** The octets of an IP address in text, 4 or 16, as an iPAddress of a certificate has them (RFC 5280 §4.2.1.6). */
export function parseIpAddress(text: string): Uint8Array | undefined {
  const octets = text.includes(':') ? ipv6(text) : ipv4(text);
  return octets === undefined ? undefined : Uint8Array.from(octets);
}

/** RFC 3986 §3.2.2: four decimal octets without leading zeros. */
function ipv4(text: string): readonly number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part))) return undefined;
  const octets = parts.map(Number);
  return octets.every((octet) => octet < 256) ? octets : undefined;
}

/** RFC 4291 §2.2, without a zone. */
function ipv6(text: string): readonly number[] | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, i) => groups(half, i === halves.length - 1));
  if (head === undefined) return undefined;
  if (halves.length === 1) return head.length === 16 && !text.startsWith(':') ? head : undefined;
  if (tail === undefined || head.length + tail.length > 14) return undefined;
  return [...head, ...Array.from({ length: 16 - head.length - tail.length }, () => 0), ...tail];
}

/** An IPv4 address may stand for the last two groups of all. */
function groups(text: string, last: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const octets: number[] = [];
  for (const [i, part] of parts.entries()) {
    const embedded = last && i === parts.length - 1 && part.includes('.') ? ipv4(part) : undefined;
    if (embedded !== undefined) octets.push(...embedded);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part))
      octets.push(Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 0xff);
    else return undefined;
  }
  return octets;
}

/** The text of an iPAddress: dotted, or eight groups of RFC 4291 §2.2 without compression. */
export function ipAddressText(address: Uint8Array): string {
  if (address.length === 4) return address.join('.');
  const pairs = Array.from(
    { length: address.length / 2 },
    (_, i) => (address[2 * i] ?? 0) * 256 + (address[2 * i + 1] ?? 0),
  );
  return pairs.map((pair) => pair.toString(16)).join(':');
}

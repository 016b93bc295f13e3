/**
 * The 4 or 16 bytes of an IP address in text (RFC 4291 §2.2), as node:net writes it. An IPv4 address in IPv6's clothes
 * (`::ffff:192.0.2.1`, what a dual-stack listener reports) is an IPv4 address.
 */
export function addressBytes(text: string): Uint8Array {
  const [address = ''] = text.split('%'); // a zone is of this machine, not of the address
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return Uint8Array.from(v4.split('.').map(Number));
  const [head = '', tail] = address.split('::');
  const front = groups(head);
  const back = groups(tail ?? '');
  const missing = 8 - front.length - back.length;
  if (missing < 0 || (tail === undefined && missing !== 0)) throw new RangeError(`${text} is not an IP address`);
  const words = [...front, ...new Array<number>(missing).fill(0), ...back];
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

const groups = (part: string): readonly number[] =>
  part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));

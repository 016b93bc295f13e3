import { ContentType, recordHeader } from '../../service/tls/record.ts';
import { Exchange } from '../../service/tools/explore-exchange.ts';
import { OppositeKeys } from '../../service/tools/explore-keys.ts';
import { movesAgainst } from '../../service/tools/explore-moves.ts';
import { engine, makeWorld, type Role, type Version } from '../../service/tools/explore-world.ts';

/* Sessions led to the point where a hostile input belongs, and that input in records. */

export const world = makeWorld();

export function waiting(role: Role, said: readonly string[], version: Version = '1.3') {
  const subject = engine(role, world);
  const moves = movesAgainst(role, version, world);
  let { session, events } = subject.begin();
  let exchange = Exchange.start({ role, version }, events);
  for (const name of said) {
    const record = moves.find((move) => move.name === name)?.record(exchange);
    if (record === undefined) throw new Error(`${name} cannot be said here`);
    ({ session, events } = subject.receive(session, record.bytes));
    exchange = exchange.after(events, record.sealed);
  }
  return { subject, session, exchange };
}

export const before: Readonly<
  Record<'hello' | 'extensions' | 'request' | 'certificate' | 'data', Readonly<Record<Role, readonly string[]>>>
> = {
  hello: { server: [], client: [] },
  extensions: { server: [], client: ['server_hello'] },
  request: { server: [], client: ['server_hello', 'encrypted_extensions'] },
  certificate: { server: ['client_hello'], client: ['server_hello', 'encrypted_extensions', 'certificate_request'] },
  data: {
    server: ['client_hello', 'certificate', 'certificate_verify', 'finished'],
    client: [
      'server_hello',
      'encrypted_extensions',
      'certificate_request',
      'certificate',
      'certificate_verify',
      'finished',
    ],
  },
};

/* How bytes are cut up */

export const MAX_FRAGMENT = 1 << 14;
export const cut = (bytes: Uint8Array, length: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) => bytes.subarray(i * length, (i + 1) * length));

/** Any number of parts: as arguments they would not fit on the stack. */
const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export const inClear = (message: Uint8Array, fragment = MAX_FRAGMENT): Uint8Array =>
  joined(cut(message, fragment).flatMap((part) => [recordHeader(ContentType.handshake, part.length), part]));

export function sealed(
  exchange: Exchange,
  type: ContentType,
  content: Uint8Array,
  fragment = MAX_FRAGMENT,
): Uint8Array {
  const protection = new OppositeKeys().protection(exchange, 'due');
  if (protection === undefined) throw new Error('there are no keys here yet');
  return joined(cut(content, fragment).map((part) => protection.seal(type, part, 0)));
}

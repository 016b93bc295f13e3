import { makeWorld, type Role } from '../../service/tools/explore-world.ts';
import * as x from '../x509/certificate-builder.ts';

/* Certificates that cost much for their length: what a peer can show who holds no key that anybody trusts. */

const world = makeWorld();
const NOW = 1_790_000_000;
const validity = x.validityOf(NOW - x.day, NOW + x.day);
const numbers = (count: number, from: number): number[] => Array.from({ length: count }, (_, i) => from + i);

const anchor = {
  name: world.authority.subject,
  key: x.key(9, 'ed25519'),
  identifier: world.authority.extensions.subjectKeyIdentifier ?? new Uint8Array(20),
};
const leaf = { ...x.entity('leaf', 3), key: x.key(3, 'ed25519') };
const names = (count: number): readonly string[] => numbers(count, 1000).map((i) => `h${i}.btc-pinata.invalid`);

/** What a peer of this role must have, so that nothing of it ends the search early. */
const proper = (role: Role): readonly Uint8Array[] => [
  x.extensions.notCa,
  x.extensions.digitalSignature,
  x.extensions.extKeyUsage(role === 'server' ? x.clientAuth : x.serverAuth),
];
const nameOfPeer = (role: Role): Uint8Array =>
  x.dnsName(`${role === 'server' ? 'client' : 'server'}.btc-pinata.invalid`);
const named = (role: Role, ...more: readonly Uint8Array[]): readonly Uint8Array[] => [
  ...proper(role),
  x.extensions.subjectAltName(nameOfPeer(role), ...more),
];

/** Signed by somebody who has the authority's name, as everybody can. */
const forged = (list: readonly Uint8Array[], change = {}): Uint8Array =>
  x.issued(leaf, anchor, list, { validity, ...change });
const rdns = (count: number): Uint8Array => x.sequence(...Array.from({ length: count }, () => x.name('a').subarray(2)));
const namesake = (serial: number, constraints: readonly Uint8Array[]): Uint8Array =>
  x.issued(
    anchor,
    anchor,
    [
      x.extensions.ca(),
      x.extensions.keyCertSign,
      ...(constraints.length === 0 ? [] : [x.extensions.nameConstraints([], constraints)]),
    ],
    {
      serial: Uint8Array.of(2, 1, serial),
      validity,
    },
  );

const nested = (depth: number): Uint8Array => (depth === 0 ? x.NULL : x.sequence(nested(depth - 1)));

/** By what is wrong with them: leaf first, about so many bytes in all. */
export const chains: Readonly<Record<string, (size: number, role: Role) => readonly Uint8Array[]>> = {
  'a certificate nested as deep as its length allows': (size) => {
    let der = x.NULL;
    while (der.length < size) der = x.sequence(der);
    return [der];
  },
  'a certificate of the smallest values': (size) => [x.sequence(...Array.from({ length: size / 2 }, () => x.NULL))],
  'an object identifier of one-byte arcs': (size) => [forged([x.extension(`1.2${'.1'.repeat(size - 400)}`, x.NULL)])],
  'a serial number as long as it can be': (size) => [forged([], { serial: x.integer(1, ...new Uint8Array(size)) })],
  'a subject of many names': (size, role) => [forged(named(role), { subject: rdns(size / 14) })],
  'many subject alternative names': (size, role) => [forged(named(role, ...names(size / 26).map(x.dnsName)))],
  'many extensions, each deep': (size, role) => [
    forged([...named(role), ...numbers(size / 40, 1).map((i) => x.extension(`1.3.${i}`, nested(10)))]),
  ],
  'five certificates of one name': (size, role) => {
    const filler = x.extension('1.3.9', x.octetString(new Uint8Array(Math.max(1, size / 5 - 400))));
    return [
      forged([...named(role), filler]),
      ...numbers(4, 1).map((serial) => namesake(serial, [x.directoryName(rdns(Math.max(1, (size / 5 - 400) / 14)))])),
    ];
  },
  'many names under many constraints': (size, role) => [
    forged(named(role, ...names(size / 52).map(x.dnsName))),
    namesake(
      1,
      names(size / 60).map((name) => x.dnsName(`x${name}`)),
    ),
  ],
  'one long name under long constraints, on every path': (size, role) => [
    forged(named(role, x.directoryName(rdns(size / 70)))),
    ...numbers(4, 1).map((serial) =>
      namesake(
        serial,
        Array.from({ length: size / 160 }, () => x.directoryName(rdns(1))),
      ),
    ),
  ],
  'such a name, of a leaf without the name that is asked for': (size, role) => [
    forged([...proper(role), x.extensions.subjectAltName(x.directoryName(rdns(size / 70)))]),
    ...numbers(4, 1).map((serial) =>
      namesake(
        serial,
        Array.from({ length: size / 160 }, () => x.directoryName(rdns(1))),
      ),
    ),
  ],
  'more certificates than are taken': (size) => Array.from({ length: size / 6 }, () => Uint8Array.of(0x30)),
};

import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { BitString, OctetString } from 'asn1js';
import {
  AuthorityKeyIdentifier,
  BasicConstraints,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
  GeneralSubtree,
  NameConstraints,
} from 'pkijs';
import { parseIpAddress } from './ip-address.ts';
import { type KeyUsage, keyUsages } from './key-usage.ts';
import { id } from './object-identifier.ts';
import type { PublicKey } from './public-key.ts';

/* The extensions of what we issue, each with the criticality that RFC 5280 §4.2.1 asks for. */

interface Encodable {
  toBER(): ArrayBuffer;
}

const extension = (extnID: string, critical: boolean, value: Encodable): Extension =>
  new Extension({ extnID, critical, extnValue: value.toBER() });

/** §4.2.1.9 */
export const basicConstraints = (value: { readonly cA: boolean; readonly pathLenConstraint?: number }): Extension =>
  extension(id.basicConstraints, true, new BasicConstraints(value).toSchema());

/** §4.2.1.3: one bit of a named bit list, with the zeros after it left out. */
export function keyUsage(usage: KeyUsage): Extension {
  const bit = keyUsages.indexOf(usage);
  const octets = new Uint8Array((bit >> 3) + 1);
  octets[bit >> 3] = 0x80 >> (bit & 7);
  return extension(id.keyUsage, true, new BitString({ unusedBits: 7 - (bit & 7), valueHex: octets.buffer }));
}

/** §4.2.1.12 */
export function extKeyUsage(purpose: 'serverAuth' | 'clientAuth', role: string | undefined): Extension {
  const standard = purpose === 'serverAuth' ? id.kpServerAuth : id.kpClientAuth;
  const keyPurposes = role === undefined ? [standard] : [standard, role];
  return extension(id.extKeyUsage, false, new ExtKeyUsage({ keyPurposes }).toSchema());
}

/** §4.2.1.6: not critical, for the subject is not empty. */
export function subjectAltName(dnsNames: readonly string[], ipAddresses: readonly string[]): Extension {
  const names = [...dnsNames.map(dnsName), ...ipAddresses.map((address) => ipAddress(octets(address)))];
  return extension(id.subjectAltName, false, new GeneralNames({ names }).toSchema());
}

/** §4.2.1.2, by method 1 of RFC 7093 §2: the leftmost 160 bits of SHA-256 over the key. */
export function subjectKeyIdentifier(key: PublicKey): Extension {
  const identifier = sha256(keyOctets(key)).subarray(0, 20);
  return extension(id.subjectKeyIdentifier, false, new OctetString({ valueHex: identifier }));
}

/** §4.2.1.1: the key identifier alone. */
export function authorityKeyIdentifier(identifier: Uint8Array): Extension {
  const keyIdentifier = new OctetString({ valueHex: identifier });
  return extension(id.authorityKeyIdentifier, false, new AuthorityKeyIdentifier({ keyIdentifier }).toSchema());
}

/** §4.2.1.10. A form of name without a constraint would be free: where no address is permitted, all are excluded. */
export function nameConstraints(dnsNames: readonly string[], ipAddresses: readonly string[]): Extension {
  const permitted = [...dnsNames.map(dnsName), ...ipAddresses.map((block) => ipAddress(cidr(block)))];
  const excluded = ipAddresses.length > 0 ? [] : [ipAddress(cidr('0.0.0.0/0')), ipAddress(cidr('::/0'))];
  const subtrees = (names: readonly GeneralName[]): GeneralSubtree[] =>
    names.map((base) => new GeneralSubtree({ base }));
  const value = new NameConstraints({
    ...(permitted.length > 0 ? { permittedSubtrees: subtrees(permitted) } : {}),
    ...(excluded.length > 0 ? { excludedSubtrees: subtrees(excluded) } : {}),
  });
  return extension(id.nameConstraints, true, value.toSchema());
}

const dnsName = (value: string): GeneralName => new GeneralName({ type: 2, value });

const ipAddress = (value: Uint8Array): GeneralName =>
  new GeneralName({ type: 7, value: new OctetString({ valueHex: value }) });

function octets(address: string): Uint8Array {
  const parsed = parseIpAddress(address);
  if (parsed === undefined) throw new Error(`"${address}" is no IP address: write it as 192.0.2.1 or 2001:db8::1`);
  return parsed;
}

/** Address and mask (RFC 5280 §4.2.1.10, in the style of RFC 4632); an address alone stands for itself. */
function cidr(block: string): Uint8Array {
  const [text = '', prefix] = block.split('/');
  const address = octets(text);
  const bits = prefix === undefined ? address.length * 8 : Number(prefix);
  if (!Number.isInteger(bits) || bits < 0 || bits > address.length * 8)
    throw new Error(`"${block}" is no block of IP addresses: its prefix must lie within 0 and ${address.length * 8}`);
  const mask = address.map((_, i) => 0xff & ~(0xff >> Math.min(8, Math.max(0, bits - 8 * i))));
  return concatBytes(
    address.map((octet, i) => octet & (mask[i] ?? 0)),
    mask,
  );
}

function keyOctets(key: PublicKey): Uint8Array {
  switch (key.algorithm) {
    case 'ecdsa':
      return key.point;
    case 'ed25519':
      return key.key;
    case 'rsa':
    case 'rsa_pss':
      throw new Error('no certificates are issued for RSA keys here');
  }
}

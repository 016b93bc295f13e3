import { roleKeyPurposes } from '../../bounty/endpoints.ts';
import {
  clientAuth,
  day,
  type Entity,
  entity,
  extensions,
  issued,
  type Parts,
  validityOf,
} from './certificate-builder.ts';

/*
 * A client's certificate by hand, by an authority that nobody believes in. All that is wrong with it beside is what a
 * script changes: bytes are read before anybody is trusted, and that is what such an attack is on.
 */

export const attacker: Entity = entity('attacker', 0x61);
export const victim: Entity = entity('client.btc-pinata.invalid', 0x62);

/** Those of a client: no authority, for signatures, to show itself as a client, of this name. */
export const clientExtensions: readonly Uint8Array[] = [
  extensions.notCa,
  extensions.digitalSignature,
  extensions.extKeyUsage(clientAuth, roleKeyPurposes.client),
  extensions.dnsNames('client.btc-pinata.invalid'),
];

/** From yesterday to tomorrow. */
export function today(): Uint8Array {
  const now = Math.floor(Date.now() / 1000);
  return validityOf(now - day, now + day);
}

/** DER. `more` are extensions beside a client's. */
export const forgedClient = (change: Partial<Parts> = {}, ...more: readonly Uint8Array[]): Uint8Array =>
  issued(victim, attacker, [...clientExtensions, ...more], { validity: today(), ...change });

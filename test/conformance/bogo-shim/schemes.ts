import type { CertifiedKey } from '../../../service/tls/index.ts';
import { signatureSchemes, signatureSchemes12 } from '../../../service/tls/signature-scheme.ts';
import { type Flags, Unimplemented } from './flags.ts';

/**
 * The engine has one list of signature schemes, for what it verifies and for what it signs with. In front of it stands what
 * our key is to sign with, in the order of -signing-prefs; after it what -verify-prefs lets a peer sign with, and our key
 * cannot.
 */
export function schemesOf(flags: Flags, keys: readonly CertifiedKey[]): readonly string[] {
  const own = signatureSchemes.filter(({ fits }) => keys.some(({ key }) => fits(key.publicKey)));
  const preferred = [flags, ...flags.more].flatMap((credential) => credential['-signing-prefs'] ?? []);
  if (flags.more.length > 0 && preferred.length > 0)
    throw new Unimplemented('preferences of one certificate among several');
  const wanted = preferred.length > 0 ? preferred : own.map(({ code }) => code);
  const signing = wanted.flatMap((code) => own.filter((scheme) => scheme.code === code));
  if (keys.length > 0 && signing.length === 0) throw new Unimplemented('our key does not sign with any of these');
  const accepted = flags['-verify-prefs'] ?? signatureSchemes.map(({ code }) => code);
  // PKCS#1 is in no list of the engine's: TLS 1.2 takes it of a peer whatever is configured.
  const unknown = accepted.find((code) => !signatureSchemes12(signatureSchemes).some((scheme) => scheme.code === code));
  if (unknown !== undefined) throw new Unimplemented(`signature scheme ${unknown} is not ours`);
  const others = signatureSchemes.filter((scheme) => accepted.includes(scheme.code) && !own.includes(scheme));
  return [...signing, ...others].map(({ name }) => name);
}

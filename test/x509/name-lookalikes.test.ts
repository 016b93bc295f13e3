import { expect, it } from 'vitest';
import { decodeCertificate, validatePath } from '../../service/x509/index.ts';
import { emptyName, issued, name, oid, sequence, tlv, utf8String } from './certificate-builder.ts';
import { ca, genuine, goodExtensions, leafEntity, request } from './refusal-world.ts';

/*
 * threats.md C10: an issuer whose name only looks like the authority's, to a reader or to a comparison that folds. The
 * signature is the authority's own and its key identifier right, so that the name alone decides.
 */

const utf16 = (text: string): Uint8Array =>
  Uint8Array.from([...text].flatMap((letter) => [0, letter.codePointAt(0) ?? 0]));
const attribute = (text: string) => sequence(oid('2.5.4.3'), utf8String(text));

const lookalikes: Readonly<Record<string, Uint8Array>> = {
  'decomposed: n and a tilde': name('BTC Pin\u0303ata CA'),
  'in capitals': name('BTC PIÑATA CA'),
  'with two spaces': name('BTC  Piñata CA'),
  'with a space behind it': name('BTC Piñata CA '),
  'with a Cyrillic A': name('BTC Piñata C\u0410'),
  'with a sign of no width': name('BTC\u200b Piñata CA'),
  'as BMPString': name(tlv(0x1e, utf16('BTC Piñata CA'))),
  'as PrintableString': name(tlv(0x13, new TextEncoder().encode('BTC Pinata CA'))),
  'as another attribute': name('BTC Piñata CA', '2.5.4.10'),
  twice: sequence(tlv(0x31, attribute('BTC Piñata CA')), tlv(0x31, attribute('BTC Piñata CA'))),
  'two in one': sequence(tlv(0x31, attribute('BTC Piñata CA'), attribute('BTC Piñata CA'))),
  'cut off by NUL': name('BTC Piñata CA\0.evil.test'),
  'none at all': emptyName,
};

/** Undefined if it is let in. */
function refusalOf(der: Uint8Array): string | undefined {
  const leaf = decodeCertificate(der);
  const result = leaf.ok ? validatePath([leaf.value], request) : leaf;
  return result.ok ? undefined : result.fault.reason;
}

it('the name itself is taken', () => {
  expect(refusalOf(genuine)).toBeUndefined();
  expect(refusalOf(issued(leafEntity, { ...ca, name: name('BTC Piñata CA') }, goodExtensions))).toBeUndefined();
});

it.each(Object.entries(lookalikes))('%s', (_, lookalike) => {
  expect(refusalOf(issued(leafEntity, { ...ca, name: lookalike }, goodExtensions))).toMatch(
    /^(?:no_trust_anchor|issuer_subject_mismatch|name_malformed|certificate_malformed|der_malformed|self_signed)$/,
  );
});

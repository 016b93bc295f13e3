import { bytesToHex } from '@noble/hashes/utils.js';
import { Components } from './components.ts';
import { type DerElement, readDer, Tag } from './der.ts';
import { dotted, id } from './object-identifier.ts';
import { Unacceptable } from './refusal.ts';
import { hasControls, textOf } from './text.ts';

/*
 * Distinguished names (RFC 5280 §4.1.2.4). Names are compared as DER, octet by octet, wherever a match leads to acceptance:
 * §4.1.2.6 has issuers repeat the subject of their own certificate, and everything §7.1 would add (case, white space,
 * normalisation) could only make two names equal that their writers made different. Where a match leads to refusal, in
 * an excluded subtree, they are compared with case, white space and encoding folded away: see name-constraints.ts.
 */

/** Refuses what is no Name (RFC 5280 §4.1.2.4): attributes of a string type, that their octets are of, without control characters. */
export function checkDistinguishedName(name: DerElement, of: string): void {
  new Components(name, Tag.SEQUENCE, of, 'certificate_malformed');
  for (const rdn of name.children) {
    new Components(rdn, Tag.SET, `${of}.RelativeDistinguishedName`, 'certificate_malformed');
    if (rdn.children.length === 0) throw new Unacceptable('certificate_malformed', `${of} has an empty RDN`);
    for (const attribute of rdn.children) {
      const parts = new Components(attribute, Tag.SEQUENCE, `${of}.AttributeTypeAndValue`, 'certificate_malformed');
      parts.next(Tag.OBJECT_IDENTIFIER, 'type');
      const value = parts.any('value');
      parts.finish();
      const text = textOf(value.tag, value.content);
      if (text === undefined)
        throw new Unacceptable('name_malformed', `${of} holds a value of tag ${value.tag} that is no such string`);
      if (text === '' || hasControls(text))
        throw new Unacceptable('name_malformed', `${of} holds a value that is empty or has control characters`);
    }
  }
}

export interface RelativeDistinguishedName {
  readonly der: Uint8Array;
  /** Type and value, folded: NFKC, lower case, white space collapsed (RFC 5280 §7.1, RFC 4518 §2). */
  readonly folded: string;
  readonly attributes: readonly { readonly type: string; readonly value: string }[];
}

/** The RDNSequence (RFC 5280 §4.1.2.4) of a Name that was checked already; of bytes that are none, nothing. */
export function relativeDistinguishedNames(name: Uint8Array): readonly RelativeDistinguishedName[] {
  const element = readDer(name);
  return element.ok ? element.value.children.map(relativeDistinguishedName) : [];
}

function relativeDistinguishedName(rdn: DerElement): RelativeDistinguishedName {
  const attributes = rdn.children.map((attribute) => {
    const [type, value] = attribute.children;
    return {
      type: type === undefined ? '' : dotted(type.content),
      value: value === undefined ? '' : (textOf(value.tag, value.content) ?? bytesToHex(value.der)),
    };
  });
  const folded = attributes.map(({ type, value }) => `${type}=${fold(value)}`).sort();
  return { der: rdn.der, folded: folded.join('+'), attributes };
}

const fold = (value: string): string => value.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();

const attributeNames: ReadonlyMap<string, string> = new Map([
  [id.commonName, 'CN'],
  ['2.5.4.5', 'serialNumber'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
  [id.emailAddress, 'emailAddress'],
]);

/** A name as people read it: the string representation of RFC 4514 §2, most specific first. Still to be escaped for HTML. */
export function distinguishedNameText(name: Uint8Array): string {
  const attribute = ({ type, value }: { readonly type: string; readonly value: string }): string =>
    `${attributeNames.get(type) ?? type}=${value.replace(/[\\",+;<>]|^[ #]| $/gu, '\\$&')}`;
  return relativeDistinguishedNames(name)
    .map((rdn) => rdn.attributes.map(attribute).join('+'))
    .reverse()
    .join(',');
}

import { Components } from './components.ts';
import { constructed, type DerElement, primitive } from './der.ts';
import { checkDistinguishedName } from './distinguished-name.ts';
import { parseDnsName } from './dns-name.ts';
import { Unacceptable } from './refusal.ts';
import { hasControls, ia5 } from './text.ts';

/** GeneralName, RFC 5280 §4.2.1.6. The forms that no rule of ours reads are known by name alone. */
export type GeneralName =
  /** In lower case; may begin with `*.`. */
  | { readonly form: 'dNSName'; readonly name: string }
  /** 4 or 16 octets. */
  | { readonly form: 'iPAddress'; readonly address: Uint8Array }
  /** A DER Name. */
  | { readonly form: 'directoryName'; readonly name: Uint8Array }
  | { readonly form: UnreadForm };

export type UnreadForm =
  | 'otherName'
  | 'rfc822Name'
  | 'x400Address'
  | 'ediPartyName'
  | 'uniformResourceIdentifier'
  | 'registeredID';

const unreadForms: ReadonlyMap<number, UnreadForm> = new Map([
  [constructed(0), 'otherName'],
  [primitive(1), 'rfc822Name'],
  [constructed(3), 'x400Address'],
  [constructed(5), 'ediPartyName'],
  [primitive(6), 'uniformResourceIdentifier'],
  [primitive(8), 'registeredID'],
]);

/** RFC 5280 §4.2.1.6, with names of hosts and addresses held to their syntax. */
export function decodeGeneralName(element: DerElement): GeneralName {
  const { tag, content } = element;
  if (tag === primitive(2)) {
    const name = parseDnsName(ia5(content) ?? '', 'presented');
    if (name === undefined) throw new Unacceptable('name_malformed', 'a dNSName that is no host name');
    return { form: 'dNSName', name };
  }
  if (tag === primitive(7)) {
    if (content.length !== 4 && content.length !== 16)
      throw new Unacceptable('name_malformed', `an iPAddress of ${content.length} octets`);
    return { form: 'iPAddress', address: content };
  }
  if (tag === constructed(4)) return { form: 'directoryName', name: directoryName(element) };
  return { form: unreadForm(element) };
}

/** EXPLICIT, for Name is a CHOICE (X.680 §31.2.7). */
export function directoryName(element: DerElement): Uint8Array {
  const parts = new Components(element, constructed(4), 'directoryName', 'extension_malformed');
  const name = parts.any('Name');
  parts.finish();
  checkDistinguishedName(name, 'directoryName');
  return name.der;
}

/** Which of the other forms of RFC 5280 §4.2.1.6 this is. */
export function unreadForm({ tag, content }: DerElement): UnreadForm {
  const form = unreadForms.get(tag);
  if (form === undefined)
    throw new Unacceptable('extension_malformed', `tag 0x${tag.toString(16)} is no GeneralName (RFC 5280 §4.2.1.6)`);
  if (form === 'rfc822Name' || form === 'uniformResourceIdentifier') {
    const text = ia5(content);
    if (text === undefined || hasControls(text))
      throw new Unacceptable('name_malformed', `a ${form} that is not of printable ASCII`);
  }
  return form;
}

import { Components } from './components.ts';
import { constructed, type DerElement, primitive, readDer, Tag } from './der.ts';
import { decodeGeneralName, type GeneralName } from './general-name.ts';
import { decodeKeyUsage, type KeyUsage } from './key-usage.ts';
import { decodeNameConstraints, type NameConstraints } from './name-constraints.ts';
import { dotted, id } from './object-identifier.ts';
import { Unacceptable } from './refusal.ts';

export interface BasicConstraints {
  readonly critical: boolean;
  readonly cA: boolean;
  readonly pathLenConstraint: number | undefined;
}

/** The extensions of a certificate (RFC 5280 §4.2): those a rule of ours reads by value, the others by OID. */
export interface Extensions {
  readonly basicConstraints: BasicConstraints | undefined;
  readonly keyUsage: readonly KeyUsage[] | undefined;
  /** Key purposes, dotted. */
  readonly extKeyUsage: readonly string[] | undefined;
  readonly subjectAltName: { readonly critical: boolean; readonly names: readonly GeneralName[] } | undefined;
  readonly nameConstraints: NameConstraints | undefined;
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  readonly authorityKeyIdentifier: AuthorityKeyIdentifier | undefined;
  /** OIDs of critical extensions whose meaning this stack does not know: no path may lead over them (§4.2). */
  readonly unknownCritical: readonly string[];
}

export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | undefined;
}

type Draft = { -readonly [Name in keyof Extensions]: Extensions[Name] };

const empty: Extensions = {
  basicConstraints: undefined,
  keyUsage: undefined,
  extKeyUsage: undefined,
  subjectAltName: undefined,
  nameConstraints: undefined,
  subjectKeyIdentifier: undefined,
  authorityKeyIdentifier: undefined,
  unknownCritical: [],
};

/** Extensions, RFC 5280 §4.1.2.9: one or more, each at most once (§4.2). */
export function decodeExtensions(element: DerElement | undefined): Extensions {
  if (element === undefined) return empty;
  const draft: Draft = { ...empty };
  const seen = new Set<string>();
  const unknownCritical: string[] = [];
  for (const { extnID, critical, extnValue } of extensionList(element)) {
    if (seen.has(extnID)) throw new Unacceptable('certificate_extension_duplicate', `two extensions ${extnID}`);
    seen.add(extnID);
    const rule = rules.get(extnID);
    if (rule === undefined) {
      if (critical) unknownCritical.push(extnID);
      continue;
    }
    if (rule.critical !== undefined && rule.critical !== critical)
      malformed(`${rule.name} must ${rule.critical ? '' : 'not '}be critical`);
    if (rule.decode === undefined) {
      if (critical) unknownCritical.push(extnID);
      continue;
    }
    const value = readDer(extnValue);
    if (!value.ok) return malformed(`${rule.name} is not DER: ${value.fault}`);
    rule.decode(value.value, draft, critical);
  }
  draft.unknownCritical = unknownCritical;
  checkTogether(draft);
  return draft;
}

interface Extension {
  readonly extnID: string;
  readonly critical: boolean;
  readonly extnValue: Uint8Array;
}

function extensionList(element: DerElement): readonly Extension[] {
  const wrapper = new Components(element, constructed(3), '[3] extensions', 'certificate_malformed');
  const list = wrapper.next(Tag.SEQUENCE, 'Extensions');
  wrapper.finish();
  if (list.children.length === 0) wrapper.refuse('a list without an element');
  return list.children.map((child) => {
    const fields = new Components(child, Tag.SEQUENCE, 'Extension', 'certificate_malformed');
    const extnID = dotted(fields.next(Tag.OBJECT_IDENTIFIER, 'extnID').content);
    const critical = fields.optional(Tag.BOOLEAN);
    if (critical?.content[0] === 0) fields.refuse('critical FALSE is the default, which DER leaves out (X.690 §11.5)');
    const extnValue = fields.next(Tag.OCTET_STRING, 'extnValue').content;
    fields.finish();
    return { extnID, critical: critical !== undefined, extnValue };
  });
}

interface Rule {
  readonly name: string;
  /** What the RFC says with MUST about `critical`. */
  readonly critical?: boolean;
  /** Without it the extension is not processed: it may be there, and is unknown when critical. */
  readonly decode?: (value: DerElement, draft: Draft, critical: boolean) => void;
}

const rules: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  // §4.2.1.9; critical in the certificate of an issuer: see path-rules.ts
  [id.basicConstraints, { name: 'basicConstraints', decode: basicConstraints }],
  // §4.2.1.3
  [id.keyUsage, { name: 'keyUsage', decode: keyUsage }],
  // §4.2.1.12
  [id.extKeyUsage, { name: 'extKeyUsage', decode: extKeyUsage }],
  // §4.2.1.6
  [id.subjectAltName, { name: 'subjectAltName', decode: subjectAltName }],
  // §4.2.1.10: "MUST be critical"
  [id.nameConstraints, { name: 'nameConstraints', critical: true, decode: nameConstraints }],
  // §4.2.1.1, §4.2.1.2: "MUST mark this extension as non-critical"
  [id.authorityKeyIdentifier, { name: 'authorityKeyIdentifier', critical: false, decode: authorityKeyIdentifier }],
  [id.subjectKeyIdentifier, { name: 'subjectKeyIdentifier', critical: false, decode: subjectKeyIdentifier }],
  // §4.2.2.1, §4.2.2.2, §4.2.1.15
  [id.authorityInfoAccess, { name: 'authorityInfoAccess', critical: false, decode: authorityInfoAccess }],
  [id.subjectInfoAccess, { name: 'subjectInfoAccess', critical: false }],
  [id.freshestCRL, { name: 'freshestCRL', critical: false }],
  // §4.2.1.11, §4.2.1.14: policies are not processed here, so that these two always end a path
  [id.policyConstraints, { name: 'policyConstraints', critical: true }],
  [id.inhibitAnyPolicy, { name: 'inhibitAnyPolicy', critical: true }],
]);

function basicConstraints(value: DerElement, draft: Draft, critical: boolean): void {
  const fields = new Components(value, Tag.SEQUENCE, 'basicConstraints', 'extension_malformed');
  const flag = fields.optional(Tag.BOOLEAN);
  const pathLen = fields.optional(Tag.INTEGER);
  fields.finish();
  if (flag?.content[0] === 0) fields.refuse('cA FALSE is the default, which DER leaves out (X.690 §11.5)');
  const cA = flag !== undefined;
  let pathLenConstraint: number | undefined;
  if (pathLen !== undefined) {
    const [first = 0x80, second] = pathLen.content;
    if (!cA) fields.refuse('pathLenConstraint without cA');
    if (first >= 0x80 || pathLen.content.length > 2) fields.refuse('pathLenConstraint outside 0 to 32767');
    pathLenConstraint = second === undefined ? first : first * 256 + second;
  }
  draft.basicConstraints = { critical, cA, pathLenConstraint };
}

function keyUsage(value: DerElement, draft: Draft): void {
  draft.keyUsage = decodeKeyUsage(value);
}

function nameConstraints(value: DerElement, draft: Draft): void {
  draft.nameConstraints = decodeNameConstraints(value);
}

function extKeyUsage(value: DerElement, draft: Draft): void {
  const list = new Components(value, Tag.SEQUENCE, 'extKeyUsage', 'extension_malformed');
  if (value.children.length === 0) list.refuse('no purpose');
  draft.extKeyUsage = value.children.map(() => dotted(list.next(Tag.OBJECT_IDENTIFIER, 'KeyPurposeId').content));
}

function subjectAltName(value: DerElement, draft: Draft, critical: boolean): void {
  const list = new Components(value, Tag.SEQUENCE, 'subjectAltName', 'extension_malformed');
  if (value.children.length === 0) list.refuse('no name');
  draft.subjectAltName = { critical, names: value.children.map(decodeGeneralName) };
}

function subjectKeyIdentifier(value: DerElement, draft: Draft): void {
  if (value.tag !== Tag.OCTET_STRING || value.content.length === 0)
    malformed('subjectKeyIdentifier is no OCTET STRING with content');
  draft.subjectKeyIdentifier = value.content;
}

function authorityKeyIdentifier(value: DerElement, draft: Draft): void {
  const fields = new Components(value, Tag.SEQUENCE, 'authorityKeyIdentifier', 'extension_malformed');
  const keyIdentifier = fields.optional(primitive(0));
  const issuer = fields.optional(constructed(1));
  const serial = fields.optional(primitive(2));
  fields.finish();
  if (keyIdentifier?.content.length === 0) fields.refuse('an empty keyIdentifier');
  if ((issuer === undefined) !== (serial === undefined))
    fields.refuse('authorityCertIssuer and authorityCertSerialNumber come together (RFC 5280 §4.2.1.1)');
  for (const name of issuer?.children ?? []) decodeGeneralName(name);
  draft.authorityKeyIdentifier = { keyIdentifier: keyIdentifier?.content };
}

/** Read for its form alone: nothing is ever fetched from there. */
function authorityInfoAccess(value: DerElement): void {
  const list = new Components(value, Tag.SEQUENCE, 'authorityInfoAccess', 'extension_malformed');
  if (value.children.length === 0) list.refuse('no AccessDescription');
  for (const child of value.children) {
    const fields = new Components(child, Tag.SEQUENCE, 'AccessDescription', 'extension_malformed');
    fields.next(Tag.OBJECT_IDENTIFIER, 'accessMethod');
    decodeGeneralName(fields.any('accessLocation'));
    fields.finish();
  }
}

/** What the RFC says of two extensions at once. */
function checkTogether({ basicConstraints, nameConstraints }: Extensions): void {
  if (nameConstraints !== undefined && basicConstraints?.cA !== true)
    malformed('nameConstraints in a certificate that is no CA (RFC 5280 §4.2.1.10)');
}

function malformed(detail: string): never {
  throw new Unacceptable('extension_malformed', detail);
}

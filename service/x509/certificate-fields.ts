import { decodeCertificate } from './certificate.ts';
import { constructed, type DerElement, primitive, readDer, Tag } from './der.ts';
import { distinguishedNameText } from './distinguished-name.ts';
import { dotted, id } from './object-identifier.ts';
import { ia5, textOf } from './text.ts';
import { generalizedTime, instantText, utcTime } from './time.ts';

/* What each byte of a certificate is (RFC 5280 §4.1): every value of its DER by name, down to tags and lengths. */

/** A value, where it lies, and the values in it, which cover it without a gap. Text is still to be escaped for HTML. */
export interface CertificateField {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly value: string | undefined;
  readonly section: string | undefined;
  /** Why it is not read any further. */
  readonly problem: string | undefined;
  readonly fields: readonly CertificateField[];
}

/** Explains the bytes of a certificate (RFC 5280 §4.1), which start at `at` of something larger. Total: what is no DER is one field. */
export function certificateFields(der: Uint8Array, at: number): CertificateField {
  const summary = { value: summaryOf(der), section: 'RFC 5280 §4.1' };
  const element = readDer(der);
  if (element.ok) return { ...field(element.value, certificate, { der, at }), ...summary };
  return { ...leaf('Certificate', at, at + der.length), ...summary, problem: element.fault };
}

/** §4.1: whose it is, by whom and for how long, or why it is refused before any path is looked at. */
function summaryOf(der: Uint8Array): string {
  const decoded = decodeCertificate(der);
  if (!decoded.ok) return `refused: ${decoded.fault.detail}`;
  const { subject, issuer, notBefore, notAfter } = decoded.value;
  const name = (of: Uint8Array): string => distinguishedNameText(of) || 'an empty name';
  return `${name(subject)}, issued by ${name(issuer)}, valid from ${instantText(notBefore)} until ${instantText(notAfter)}`;
}

/** How the parts of a value are called: of the element at `index` of `element`. */
interface Grammar {
  readonly name: string;
  readonly section?: string;
  readonly part?: (element: DerElement, index: number, all: readonly DerElement[]) => Grammar;
  readonly words?: (element: DerElement) => string | undefined;
  /** An OCTET STRING whose content is a value of DER by itself. */
  readonly inside?: Grammar;
}

const plain = (name: string, section?: string): Grammar => (section === undefined ? { name } : { name, section });
const sequence = (name: string, section: string, parts: readonly Grammar[]): Grammar => ({
  name,
  section,
  part: (_, index) => parts[index] ?? plain('value'),
});
const algorithm = (name: string, section: string): Grammar =>
  sequence(name, section, [plain('algorithm'), plain('parameters')]);
const named = (name: string, section: string): Grammar => ({
  name,
  section,
  words: ({ der }) => distinguishedNameText(der),
  part: () => ({
    name: 'RelativeDistinguishedName',
    part: () => sequence('AttributeTypeAndValue', section, [plain('type'), plain('value')]),
  }),
});

const extension: Grammar = {
  name: 'Extension',
  section: 'RFC 5280 §4.2',
  words: ({ children: [type] }) => (type === undefined ? '' : identifier(type)),
  part: ({ tag }, _, all) => {
    if (tag === Tag.OBJECT_IDENTIFIER) return plain('extnID');
    if (tag === Tag.BOOLEAN) return plain('critical');
    const [type] = all;
    return {
      name: 'extnValue',
      inside: contents.get(type === undefined ? '' : dotted(type.content)) ?? plain('value'),
    };
  },
};

const list = (name: string, section: string, part: Grammar): Grammar => ({ name, section, part: () => part });

/** RFC 5280 §4.2.1.6: the forms of a name by their tags; those of text are told. */
const generalName: Grammar = {
  name: 'GeneralName',
  words: ({ tag, content }) =>
    tag === primitive(1) || tag === primitive(2) || tag === primitive(6) ? JSON.stringify(ia5(content)) : undefined,
};

/** RFC 5280 §4.2.1.3: bit 0 is the highest of the first octet. */
const keyUsages = [
  ...['digitalSignature', 'nonRepudiation', 'keyEncipherment', 'dataEncipherment', 'keyAgreement'],
  ...['keyCertSign', 'cRLSign', 'encipherOnly', 'decipherOnly'],
];
const keyUsageWords = ({ content }: DerElement): string =>
  keyUsages.filter((_, bit) => ((content[1 + (bit >> 3)] ?? 0) & (0x80 >> (bit & 7))) !== 0).join(', ');

/** What is in the extensions that this profile knows (§4.2.1). */
const contents: ReadonlyMap<string, Grammar> = new Map([
  [id.subjectKeyIdentifier, plain('KeyIdentifier', 'RFC 5280 §4.2.1.2')],
  [id.authorityKeyIdentifier, list('AuthorityKeyIdentifier', 'RFC 5280 §4.2.1.1', plain('keyIdentifier'))],
  [id.keyUsage, { name: 'KeyUsage', section: 'RFC 5280 §4.2.1.3', words: keyUsageWords }],
  [id.subjectAltName, list('GeneralNames', 'RFC 5280 §4.2.1.6', generalName)],
  [id.basicConstraints, sequence('BasicConstraints', 'RFC 5280 §4.2.1.9', [plain('cA'), plain('pathLenConstraint')])],
  [id.nameConstraints, list('NameConstraints', 'RFC 5280 §4.2.1.10', plain('GeneralSubtrees'))],
  [id.extKeyUsage, list('ExtKeyUsageSyntax', 'RFC 5280 §4.2.1.12', plain('KeyPurposeId'))],
]);

/** RFC 5280 §4.1.2, in their order; the first and the last ones may be missing, and say by their tag what they are. */
const untagged: readonly Grammar[] = [
  plain('serialNumber', 'RFC 5280 §4.1.2.2'),
  algorithm('signature', 'RFC 5280 §4.1.2.3'),
  named('issuer', 'RFC 5280 §4.1.2.4'),
  sequence('validity', 'RFC 5280 §4.1.2.5', [plain('notBefore'), plain('notAfter')]),
  named('subject', 'RFC 5280 §4.1.2.6'),
  sequence('subjectPublicKeyInfo', 'RFC 5280 §4.1.2.7', [
    algorithm('algorithm', 'RFC 5280 §4.1.2.7'),
    plain('subjectPublicKey'),
  ]),
];

const tbsCertificate: Grammar = {
  name: 'tbsCertificate',
  section: 'RFC 5280 §4.1.2',
  part: (element, index, all) => {
    if (element.tag === constructed(0)) return { name: 'version', section: 'RFC 5280 §4.1.2.1', part: () => version };
    if (element.tag === constructed(3)) {
      return {
        name: 'extensions',
        section: 'RFC 5280 §4.1.2.9',
        part: () => ({ name: 'Extensions', part: () => extension }),
      };
    }
    const before = all.slice(0, index).filter(({ tag }) => tag !== constructed(0)).length;
    return untagged[before] ?? plain('value');
  },
};

const version: Grammar = {
  name: 'Version',
  words: ({ content }) => `version ${(content.at(-1) ?? 0) + 1}`,
};

const certificate = sequence('Certificate', 'RFC 5280 §4.1', [
  tbsCertificate,
  algorithm('signatureAlgorithm', 'RFC 5280 §4.1.1.2'),
  plain('signatureValue', 'RFC 5280 §4.1.1.3'),
]);

interface Source {
  readonly der: Uint8Array;
  readonly at: number;
}

function field(element: DerElement, grammar: Grammar, source: Source): CertificateField {
  const { der, content, children } = element;
  const start = source.at + der.byteOffset - source.der.byteOffset;
  const inside = start + der.length - content.length;
  const end = start + der.length;
  const header = {
    ...leaf('tag and length', start, inside),
    value: `${tagName(element.tag)}, ${content.length} bytes`,
    section: 'X.690 §8.1',
  };
  const parts = children.map((child, index) =>
    field(child, grammar.part?.(child, index, children) ?? plain('value'), source),
  );
  const nested = grammar.inside === undefined ? undefined : readDer(content);
  const inner =
    nested?.ok === true && grammar.inside !== undefined
      ? [field(nested.value, grammar.inside, { der: content, at: inside })]
      : parts.length > 0
        ? parts
        : content.length > 0
          ? [leaf('content', inside, end)]
          : [];
  const value = grammar.words?.(element) ?? words(element);
  return { ...leaf(grammar.name, start, end), value, section: grammar.section, fields: [header, ...inner] };
}

const leaf = (name: string, start: number, end: number): CertificateField => ({
  name,
  start,
  end,
  value: undefined,
  section: undefined,
  problem: undefined,
  fields: [],
});

/** X.690 §8: what a primitive value says; undefined where its octets are all there is. */
function words(element: DerElement): string | undefined {
  const { tag, content } = element;
  switch (tag) {
    case Tag.OBJECT_IDENTIFIER:
      return identifier(element);
    case Tag.BOOLEAN:
      return content[0] === 0 ? 'false' : 'true';
    case Tag.UTCTime:
      return instant(utcTime(content));
    case Tag.GeneralizedTime:
      return instant(generalizedTime(content));
    case Tag.BIT_STRING:
      return `${Math.max(0, 8 * (content.length - 1) - (content[0] ?? 0))} bits`;
    default: {
      const text = textOf(tag, content);
      return text === undefined ? undefined : JSON.stringify(text);
    }
  }
}

const instant = (seconds: number | undefined): string | undefined =>
  seconds === undefined ? undefined : instantText(seconds);

const identifiers: ReadonlyMap<string, string> = new Map(Object.entries(id).map(([name, oid]) => [oid, name]));

function identifier({ content }: DerElement): string {
  const oid = dotted(content);
  const name = identifiers.get(oid);
  return name === undefined ? oid : `${name} (${oid})`;
}

const tags: ReadonlyMap<number, string> = new Map(Object.entries(Tag).map(([name, tag]) => [tag, name]));

const tagName = (tag: number): string =>
  tags.get(tag) ?? ((tag & 0xc0) === 0x80 ? `[${tag & 0x1f}]` : `tag 0x${tag.toString(16).padStart(2, '0')}`);

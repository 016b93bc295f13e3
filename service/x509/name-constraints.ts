import { Components, equalBytes } from './components.ts';
import { constructed, type DerElement, primitive, Tag } from './der.ts';
import { type RelativeDistinguishedName, relativeDistinguishedNames } from './distinguished-name.ts';
import { canBeWithinDnsName, isWithinDnsName, parseDnsName } from './dns-name.ts';
import { directoryName, type GeneralName, type UnreadForm, unreadForm } from './general-name.ts';
import { ia5 } from './text.ts';

/** The base of a GeneralSubtree (RFC 5280 §4.2.1.10). */
export type Subtree =
  | { readonly form: 'dNSName'; readonly base: string }
  | { readonly form: 'iPAddress'; readonly address: Uint8Array; readonly mask: Uint8Array }
  | { readonly form: 'directoryName'; readonly base: readonly RelativeDistinguishedName[] }
  | { readonly form: UnreadForm };

export interface NameConstraints {
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
}

/** RFC 5280 §4.2.1.10; "conforming CAs MUST NOT issue certificates where name constraints is an empty sequence". */
export function decodeNameConstraints(value: DerElement): NameConstraints {
  const fields = new Components(value, Tag.SEQUENCE, 'NameConstraints', 'extension_malformed');
  const permitted = fields.optional(constructed(0));
  const excluded = fields.optional(constructed(1));
  fields.finish();
  if (permitted === undefined && excluded === undefined) fields.refuse('neither permitted nor excluded subtrees');
  if (permitted?.children.length === 0 || excluded?.children.length === 0) fields.refuse('subtrees without an element');
  return { permitted: (permitted?.children ?? []).map(subtree), excluded: (excluded?.children ?? []).map(subtree) };
}

/** `minimum` is 0, which DER leaves out, and `maximum` absent: so says RFC 5280, and so nothing follows the base. */
function subtree(element: DerElement): Subtree {
  const fields = new Components(element, Tag.SEQUENCE, 'GeneralSubtree', 'extension_malformed');
  const base = fields.any('base');
  fields.finish();
  if (base.tag === primitive(2)) {
    const name = parseDnsName(ia5(base.content) ?? '*', 'constraint');
    return name === undefined ? fields.refuse('a dNSName that is no host name') : { form: 'dNSName', base: name };
  }
  if (base.tag === primitive(7)) {
    const half = base.content.length / 2;
    const address = base.content.subarray(0, half);
    const mask = base.content.subarray(half);
    if ((half !== 4 && half !== 16) || !isPrefix(address, mask)) fields.refuse('an iPAddress that is no CIDR block');
    return { form: 'iPAddress', address, mask };
  }
  if (base.tag === constructed(4))
    return { form: 'directoryName', base: relativeDistinguishedNames(directoryName(base)) };
  return { form: unreadForm(base) };
}

/** Ones, then zeros; and no bit of the address beyond the ones (RFC 4632 §3.1). */
function isPrefix(address: Uint8Array, mask: Uint8Array): boolean {
  let ended = false;
  for (let i = 0; i < mask.length; i++) {
    const inverse = ~(mask[i] ?? 0) & 0xff;
    if ((ended && inverse !== 0xff) || (inverse & (inverse + 1)) !== 0 || ((address[i] ?? 0) & inverse) !== 0)
      return false;
    ended = inverse !== 0;
  }
  return true;
}

/**
 * What one validation may spend on comparisons, and the names it has read for them: each once, however many constraints
 * and paths it meets (16 KiB of certificates would else cost seconds). A hundred names under a hundred constraints take 10 000.
 */
export class ComparisonBudget {
  #left: number;
  readonly #read = new Map<Uint8Array, readonly RelativeDistinguishedName[]>();

  constructor(comparisons = 16_384) {
    this.#left = comparisons;
  }

  /** A directoryName costs as many as its constraint has RDNs. */
  spend(subtree: Subtree): boolean {
    this.#left -= subtree.form === 'directoryName' ? Math.max(1, subtree.base.length) : 1;
    return this.#left >= 0;
  }

  rdns(name: Uint8Array): readonly RelativeDistinguishedName[] {
    const read = this.#read.get(name) ?? relativeDistinguishedNames(name);
    this.#read.set(name, read);
    return read;
  }
}

/**
 * Why `names` are not allowed by `constraints`, or undefined if they are (RFC 5280 §6.1.3 (b), (c)): each name is in no
 * excluded subtree and, if there are permitted ones of its form, in one of them. A constraint on a form that is not read
 * here refuses a name of that form (§4.2.1.10: "MUST either process the constraint or reject the certificate").
 */
export function nameConstraintsRefuse(
  constraints: NameConstraints,
  names: readonly GeneralName[],
  budget: ComparisonBudget,
): string | undefined {
  for (const name of names) {
    let constrained = false;
    let permitted = false;
    for (const subtree of constraints.permitted) {
      if (!budget.spend(subtree)) return exhausted;
      if (subtree.form !== name.form) continue;
      constrained = true;
      permitted ||= isWithin(name, subtree, budget);
    }
    if (constrained && !permitted) return `a ${name.form} outside the permitted subtrees`;
    for (const subtree of constraints.excluded) {
      if (!budget.spend(subtree)) return exhausted;
      if (canBeWithin(name, subtree, budget)) return `a ${name.form} within an excluded subtree`;
    }
  }
  return undefined;
}

const exhausted = 'more names under more constraints than are compared';

/** For permitted subtrees: what is not surely within is outside. */
function isWithin(name: GeneralName, subtree: Subtree, budget: ComparisonBudget): boolean {
  if (name.form === 'dNSName' && subtree.form === 'dNSName') return isWithinDnsName(name.name, subtree.base);
  if (name.form === 'iPAddress' && subtree.form === 'iPAddress') return isWithinBlock(name.address, subtree);
  if (name.form === 'directoryName' && subtree.form === 'directoryName')
    return isPrefixOf(subtree.base, budget.rdns(name.name), (base, rdn) => equalBytes(base.der, rdn.der));
  return false;
}

/** For excluded subtrees: what is not surely outside is within. */
function canBeWithin(name: GeneralName, subtree: Subtree, budget: ComparisonBudget): boolean {
  if (name.form !== subtree.form) return false;
  if (name.form === 'dNSName' && subtree.form === 'dNSName') return canBeWithinDnsName(name.name, subtree.base);
  if (name.form === 'iPAddress' && subtree.form === 'iPAddress') return isWithinBlock(name.address, subtree);
  if (name.form === 'directoryName' && subtree.form === 'directoryName')
    return isPrefixOf(subtree.base, budget.rdns(name.name), (base, rdn) => base.folded === rdn.folded);
  return true;
}

function isWithinBlock(
  address: Uint8Array,
  block: { readonly address: Uint8Array; readonly mask: Uint8Array },
): boolean {
  return (
    address.length === block.address.length &&
    address.every((octet, i) => (octet & (block.mask[i] ?? 0)) === block.address[i])
  );
}

function isPrefixOf(
  base: readonly RelativeDistinguishedName[],
  rdns: readonly RelativeDistinguishedName[],
  equal: (base: RelativeDistinguishedName, rdn: RelativeDistinguishedName) => boolean,
): boolean {
  return base.every((expected, i) => {
    const rdn = rdns[i];
    return rdn !== undefined && equal(expected, rdn);
  });
}

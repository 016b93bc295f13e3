import type { Certificate } from './certificate.ts';
import { equalBytes } from './components.ts';
import { ComparisonBudget } from './name-constraints.ts';
import {
  isSelfIssued,
  keyIdentifiersArePresent,
  type Link,
  leafRefusal,
  type Path,
  pathRules,
  refuse,
} from './path-rules.ts';
import type { Refusal } from './refusal.ts';
import { failure, type Result, success } from './result.ts';
import { verifySignature } from './signature.ts';

/** One trust anchor, one time, one role: what a path is judged by (RFC 5280 §6.1.1). */
export interface PathRequest {
  readonly anchor: Certificate;
  /** Seconds since 1970. */
  readonly now: number;
  /** The standard extendedKeyUsage the leaf must have: id-kp-serverAuth or id-kp-clientAuth (RFC 5280 §4.2.1.12). */
  readonly purpose: 'serverAuth' | 'clientAuth';
  /** An OID that must stand beside it in the leaf's extendedKeyUsage, dotted. */
  readonly roleKeyPurpose?: string;
  /** A DNS name that the leaf's subjectAltName must hold (RFC 9525). */
  readonly dnsName?: string;
  /** An IP address, in text, that the leaf's subjectAltName must hold (RFC 9525). */
  readonly ipAddress?: string;
  /** The initial max_path_length of RFC 5280 §6.1.2 (k): how many intermediates there may be that are not self-issued. */
  readonly maxPathLength?: number;
}

/** What one validation may cost. The paths through four intermediates are 65 at most; see validatePath for the signatures. */
export const pathLimits = { certificates: 5, signatures: 16 } as const;

/** Held by this module alone: an instance's `constructor` leads to the class, and must be of no use. */
const maker = Symbol('validatePath');

/** `certificates` runs from the leaf up to and without the anchor. */
class Validated {
  readonly #made = true;
  readonly leaf: Certificate;
  readonly certificates: readonly Certificate[];
  readonly anchor: Certificate;

  constructor(made: symbol, leaf: Certificate, certificates: readonly Certificate[], anchor: Certificate) {
    if (made !== maker) throw new TypeError('a ValidatedPath is made by validatePath alone');
    this.leaf = leaf;
    this.certificates = Object.freeze([...certificates]);
    this.anchor = anchor;
    Object.freeze(this);
  }

  static made(value: unknown): value is Validated {
    return typeof value === 'object' && value !== null && #made in value && value.#made === true;
  }
}

/** Made by validatePath alone: its class is not exported, and a #private field tells it from everything that looks like it. */
export type ValidatedPath = Validated;

/** True of what validatePath returned, the outcome of RFC 5280 §6.1.6, and of nothing else: no literal, no copy, no cast passes. */
export const isValidatedPath = (value: unknown): value is ValidatedPath => Validated.made(value);

/**
 * Basic path validation, RFC 5280 §6.1, with the building of the path (RFC 4158) before it. `chain` is as the peer sent
 * it, leaf first; certificates beyond the leaf may be in any order, and may hold some that no path needs, the anchor too.
 *
 * The leaf is judged by itself, then every path from it to the anchor by name, by the rules of path-rules.ts and then by
 * its signatures, from the anchor down: who has no signature of the anchor's makes us verify one per path, not one per
 * certificate. Each signature is verified once, and `pathLimits.signatures` of them at most.
 */
export function validatePath(chain: readonly Certificate[], request: PathRequest): Result<ValidatedPath, Refusal> {
  const [leaf] = chain;
  if (leaf === undefined)
    return failure({ reason: 'no_trust_anchor', certificate: 0, detail: 'a chain without a leaf' });
  if (chain.length > pathLimits.certificates) {
    const detail = `${chain.length} certificates, at most ${pathLimits.certificates} are looked at`;
    return failure({ reason: 'path_too_long', certificate: pathLimits.certificates, detail });
  }
  const unfit = leafRefusal(leaf, request.now);
  if (unfit !== undefined) return failure(unfit);
  const search = new Search(chain, request);
  const path = search.climb([{ certificate: leaf, index: 0 }]);
  if (path === undefined) return failure(search.furthest);
  return success(
    new Validated(
      maker,
      leaf,
      path.slice(0, -1).map((link) => link.certificate),
      request.anchor,
    ),
  );
}

/** Depth first, shortest first: the anchor is tried before the intermediates, and those in the order they came. */
class Search {
  readonly #request: PathRequest;
  readonly #anchor: Link;
  readonly #others: readonly Link[];
  readonly #budget = new ComparisonBudget();
  readonly #verified = new Map<string, boolean>();
  #distance = -1;
  furthest: Refusal = { reason: 'no_trust_anchor', certificate: 0, detail: 'no path was tried' };

  constructor(chain: readonly Certificate[], request: PathRequest) {
    this.#request = request;
    this.#anchor = { certificate: request.anchor, index: chain.length };
    this.#others = chain.slice(1).map((certificate, i) => ({ certificate, index: i + 1 }));
  }

  climb(path: Path): Path | undefined {
    const last = path[path.length - 1] ?? path[0];
    const named = (link: Link): boolean => equalBytes(link.certificate.subject, last.certificate.issuer);
    const isNew = ({ certificate }: Link): boolean =>
      ![...path, this.#anchor].some((link) => equalBytes(link.certificate.der, certificate.der));
    const reachesAnchor = named(this.#anchor);
    if (reachesAnchor) {
      const whole: Path = [...path, this.#anchor];
      if (this.#holds(whole)) return whole;
    }
    const issuers = this.#others.filter((link) => named(link) && isNew(link));
    for (const issuer of issuers) {
      const found = this.climb([...path, issuer]);
      if (found !== undefined) return found;
    }
    if (!reachesAnchor && issuers.length === 0) this.#note(path.length, this.#deadEnd(path, last));
    return undefined;
  }

  /**
   * A path that ends below no anchor. If everything that was sent is on it, or it ends in a root, its anchor is another's;
   * if something is left over, what was sent is no chain.
   */
  #deadEnd(path: Path, last: Link): Refusal {
    const isChain = path.length > this.#others.length || isSelfIssued(last.certificate);
    if (isChain) return refuse('no_trust_anchor', last, 'the path ends below no trust anchor');
    return refuse('issuer_subject_mismatch', last, 'no certificate that was sent has the name of its issuer');
  }

  /** Distance: rules first, and for paths that were refused by the same one, length. */
  #note(distance: number, refusal: Refusal): void {
    if (distance <= this.#distance) return;
    this.#distance = distance;
    this.furthest = refusal;
  }

  #holds(path: Path): boolean {
    let distance = path.length;
    for (const rule of [...pathRules, this.#signaturesHold, keyIdentifiersArePresent]) {
      distance += pathLimits.certificates + 1;
      const refusal = rule(path, this.#request, this.#budget);
      if (refusal === undefined) continue;
      this.#note(distance, refusal);
      return false;
    }
    return true;
  }

  /** §6.1.3 (a)(1) */
  readonly #signaturesHold = (path: Path): Refusal | undefined => {
    for (let i = path.length - 2; i >= 0; i--) {
      const link = path[i];
      const issuer = path[i + 1];
      if (link === undefined || issuer === undefined) continue;
      if (this.#signatureHolds(link, issuer) !== true)
        return refuse('bad_signature', link, 'the signature is not by the key of the issuer');
    }
    return undefined;
  };

  #signatureHolds({ certificate, index }: Link, issuer: Link): boolean {
    const edge = `${index}<${issuer.index}`;
    const known = this.#verified.get(edge);
    if (known !== undefined) return known;
    if (this.#verified.size >= pathLimits.signatures) return false;
    const { signatureAlgorithm, tbsCertificate, signature } = certificate;
    const holds = verifySignature(issuer.certificate.publicKey, signatureAlgorithm, tbsCertificate, signature) === true;
    this.#verified.set(edge, holds);
    return holds;
  }
}

import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Certificate,
  isValidatedPath,
  type PathRequest,
  pathLimits,
  validatePath,
} from '../../service/x509/index.ts';
import { verifySignature } from '../../service/x509/signature.ts';
import {
  authority,
  decoded,
  dnsName,
  type Entity,
  entity,
  extensions,
  issued,
  key,
  leafExtensions,
  name,
  now,
  role,
} from './certificate-builder.ts';

/** Counts the signatures that are verified: the work a chain can cause, whatever the machine. */
vi.mock('../../service/x509/signature.ts', async (original) => {
  const module = await original<typeof import('../../service/x509/signature.ts')>();
  return { ...module, verifySignature: vi.fn(module.verifySignature) };
});

const verified = vi.mocked(verifySignature);

beforeEach(() => {
  verified.mockClear();
});

const root = entity('root', 1);
const one = entity('one', 2);
const two = entity('two', 3);
const three = entity('three', 4);
const end = entity('end', 5);

const anchor = decoded(authority(root));
const request: PathRequest = { anchor, now, purpose: 'serverAuth', roleKeyPurpose: role, dnsName: 'a.test' };

const leafOf = (issuer: Entity): Certificate => decoded(issued(end, issuer, leafExtensions('a.test')));
const certified = (subject: Entity, issuer: Entity, pathLen?: number): Certificate =>
  decoded(authority(subject, issuer, pathLen));

function outcome(chain: readonly Certificate[], change: Partial<PathRequest> = {}): string {
  const result = validatePath(chain, { ...request, ...change });
  return result.ok
    ? result.value.certificates.map(commonName).join(' ')
    : `${result.fault.reason} ${result.fault.certificate}`;
}

const commonName = ({ subject }: Certificate): string => new TextDecoder().decode(subject).replace(/^.*\f./s, '');

/** Every order of `items`. */
const orders = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  items.length < 2 ? [items] : items.flatMap((item, i) => orders(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));

describe('building', () => {
  const leaf = leafOf(three);
  const others = [certified(three, two), certified(two, one), certified(one, root), anchor];

  it('finds the path whatever the order of what follows the leaf', () => {
    for (const order of orders(others)) expect(outcome([leaf, ...order])).toBe('end three two one');
  });

  it('takes the leaf from the first place alone', () => {
    expect(outcome([certified(three, two), leaf, certified(two, one), certified(one, root)])).toBe('leaf_is_ca 0');
  });

  it('names what is missing', () => {
    expect(outcome([leaf, certified(three, two), certified(one, root)])).toBe('issuer_subject_mismatch 1');
    expect(outcome([leaf, certified(three, two), certified(two, one)])).toBe('no_trust_anchor 2');
  });

  it('does without what it does not need', () => {
    expect(outcome([leafOf(root), certified(two, one), certified(three, two)])).toBe('end');
  });

  it('goes round the certificates of one authority that end nowhere', () => {
    const elsewhere = entity('elsewhere', 9);
    expect(outcome([leafOf(two), certified(two, elsewhere), certified(two, one), certified(one, root)])).toBe(
      'end two one',
    );
    expect(outcome([leafOf(two), certified(two, one), certified(one, root), certified(two, elsewhere)])).toBe(
      'end two one',
    );
  });

  it('tells two authorities of one name and two keys apart', () => {
    const clone = { ...one, key: key(8) };
    const child = decoded(issued(end, clone, leafExtensions('a.test')));
    expect(outcome([child, certified(one, root), certified(clone, root)])).toBe('end one');
    expect(outcome([child, certified(one, root)])).toBe('bad_signature 0');
  });

  it('comes out of cycles', () => {
    expect(outcome([leafOf(one), certified(one, two), certified(two, one)])).toBe('no_trust_anchor 2');
    expect(outcome([leafOf(one), certified(one, two), certified(two, one), certified(two, root)])).toBe('end one two');
  });
});

describe('path length (RFC 5280 §6.1.4)', () => {
  const chain = (...pathLens: readonly (number | undefined)[]): readonly Certificate[] => [
    leafOf(two),
    certified(two, one, pathLens[1]),
    certified(one, root, pathLens[0]),
  ];

  it('counts the intermediates below', () => {
    expect(outcome(chain(1, 0))).toBe('end two one');
    expect(outcome(chain(0, 0))).toBe('path_length_exceeded 2');
    expect(outcome(chain(1, 5))).toBe('end two one');
  });

  it('counts those below the anchor', () => {
    expect(outcome(chain(), { anchor: decoded(authority(root, root, 2)) })).toBe('end two one');
    expect(outcome(chain(), { anchor: decoded(authority(root, root, 1)) })).toBe('path_length_exceeded 3');
  });

  it('does not count what is self-issued', () => {
    const again = { ...one, key: key(7) };
    const selfIssued = decoded(issued(again, one, [extensions.ca(0), extensions.keyCertSign]));
    expect(outcome([leafOf(again), selfIssued, certified(one, root, 0)])).toBe('end one one');
  });

  it('keeps to what was asked for', () => {
    expect(outcome(chain(), { maxPathLength: 2 })).toBe('end two one');
    expect(outcome(chain(), { maxPathLength: 1 })).toBe('path_length_exceeded 0');
  });
});

describe('name constraints (RFC 5280 §6.1.4 (g))', () => {
  const under = (...bases: readonly string[]): Uint8Array => extensions.nameConstraints(bases.map(dnsName));

  it('of every issuer hold, so that one below can narrow and never widen', () => {
    const wide = decoded(authority(one, root, undefined, under('test')));
    const narrow = decoded(authority(two, one, undefined, under('a.test')));
    const other = decoded(authority(two, one, undefined, under('b.test')));
    const foreign = decoded(authority(two, one, undefined, under('a.test', 'example')));
    const stranger = decoded(issued(end, two, leafExtensions('a.test', 'www.example')));
    expect(outcome([leafOf(two), narrow, wide])).toBe('end two one');
    expect(outcome([leafOf(two), other, wide])).toBe('name_constraints 0');
    expect(outcome([stranger, foreign, wide])).toBe('name_constraints 0');
  });

  it('hold for intermediates, but not for those that are self-issued', () => {
    const constrained = decoded(authority(root, root, undefined, under('test')));
    const outside = extensions.dnsNames('www.example');
    expect(outcome([leafOf(one), decoded(authority(one, root, undefined, outside))], { anchor: constrained })).toBe(
      'name_constraints 1',
    );
    const again = { ...root, key: key(7) };
    expect(outcome([leafOf(again), decoded(authority(again, root, undefined, outside))], { anchor: constrained })).toBe(
      'end root',
    );
  });
});

describe('validity', () => {
  it('includes both of its ends, and whole seconds count', () => {
    const { notBefore, notAfter } = leafOf(root);
    const at = (time: number): string => outcome([leafOf(root)], { now: time });
    expect(at(notBefore)).toBe('end');
    expect(at(notAfter)).toBe('end');
    expect(at(notAfter + 0.9)).toBe('end');
    expect(at(notBefore - 0.1)).toBe('not_yet_valid 0');
    expect(at(notAfter + 1)).toBe('expired 0');
  });
});

describe('which reason is reported', () => {
  it('is that of the path that got furthest', () => {
    // one path ends nowhere, one at an authority that is none, one at a signature
    const forged = { ...one, key: key(8) };
    const leaf = decoded(issued(end, forged, leafExtensions('a.test')));
    const elsewhere = entity('elsewhere', 9);
    const noCa = decoded(issued(one, root, [extensions.notCa, extensions.keyCertSign]));
    const candidates = [certified(one, elsewhere), noCa, certified(one, root)];
    for (const order of orders(candidates)) {
      const result = validatePath([leaf, ...order], request);
      expect(result).toMatchObject({ ok: false, fault: { reason: 'bad_signature' } });
    }
    expect(outcome([leaf, certified(one, elsewhere), noCa])).toBe('issuer_not_ca 2');
  });

  it('is that of the leaf before any path', () => {
    const expired = decoded(issued(end, entity('nobody', 9), leafExtensions('a.test'), { subject: name('end') }));
    expect(outcome([expired], { now: now + 10 * 86_400 })).toBe('expired 0');
  });
});

describe('work', () => {
  it('is no signature at all before every other rule held', () => {
    outcome([leafOf(root)], { dnsName: 'b.test' });
    outcome([leafOf(root)], { roleKeyPurpose: '1.2.3' });
    outcome([leafOf(entity('stranger', 9))]);
    expect(verified).not.toHaveBeenCalled();
  });

  it('is one signature for a path that the anchor did not sign', () => {
    const forger = { ...root, key: key(8) };
    expect(outcome([leafOf(two), certified(two, one), certified(one, forger)])).toBe('bad_signature 2');
    expect(verified).toHaveBeenCalledTimes(1);
  });

  it('is bounded when every certificate could have issued every other', () => {
    // four authorities of one name that is also the anchor's: 65 paths, none of which the anchor signed
    const clones = [10, 11, 12, 13].map((seed) => ({ ...root, key: key(seed) }));
    const chain = clones.map((clone, i) => certified(clone, clones[(i + 1) % clones.length] ?? clone));
    expect(outcome([leafOf({ ...root, key: key(14) }), ...chain])).toMatch(/^bad_signature/);
    expect(verified.mock.calls.length).toBeLessThanOrEqual(chain.length + 1);
  });

  it('is bounded when the anchor signed every one of them', () => {
    const clones = [10, 11, 12, 13].map((seed) => ({ ...root, key: key(seed) }));
    const chain = clones.map((clone) => certified(clone, root));
    expect(outcome([leafOf({ ...root, key: key(14) }), ...chain])).toMatch(/^bad_signature/);
    expect(verified.mock.calls.length).toBeLessThanOrEqual(pathLimits.signatures);
  });

  it('is nothing for more certificates than a path may have', () => {
    const chain = Array.from({ length: pathLimits.certificates }, () => certified(one, root));
    expect(outcome([leafOf(root), ...chain])).toBe('path_too_long 5');
    expect(verified).not.toHaveBeenCalled();
  });
});

describe('ValidatedPath', () => {
  const result = validatePath([leafOf(one), certified(one, root)], request);
  if (!result.ok) throw new Error(result.fault.detail);
  const path = result.value;

  it('is known by its brand', () => {
    expect(isValidatedPath(path)).toBe(true);
    expect(path.leaf).toBe(path.certificates[0]);
    expect(path.anchor).toBe(anchor);
  });

  it('cannot be made elsewhere', () => {
    const copy: unknown = Object.assign(Object.create(Object.getPrototypeOf(path)), path);
    for (const forgery of [
      { ...path },
      copy,
      structuredClone({ ...path }),
      Object.create(path),
      null,
      undefined,
      'path',
    ]) {
      expect(isValidatedPath(forgery)).toBe(false);
    }
    const construct: unknown = Object.getPrototypeOf(path).constructor;
    expect(() => Reflect.construct(construct as never, [anchor, [anchor], anchor])).toThrow(TypeError);
    expect(() => Reflect.construct(construct as never, [Symbol('validatePath'), anchor, [], anchor])).toThrow(
      TypeError,
    );
  });

  it('cannot be changed', () => {
    expect(() => Object.assign(path, { leaf: anchor })).toThrow(TypeError);
    expect(() => Object.assign(path.certificates, [anchor])).toThrow(TypeError);
  });
});

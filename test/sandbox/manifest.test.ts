import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  canonicalManifest,
  manifestSha256,
  type SandboxManifest,
  sandboxManifest,
} from '../../infra/sandbox/manifest.ts';
import { installed, systemdUnits } from '../../infra/sandbox/systemd.ts';
import { configure } from '../../service/host/configuration.ts';
import { inheritedSockets } from '../../service/host/listeners.ts';
import { sandboxOf } from '../../service/host/sandbox.ts';
import type { Configuration } from '../../service/host/settings.ts';
import { required } from '../support/required.ts';

/* One manifest, and the units that it becomes. Bubblewrap's rendering of it runs in the other tests of this folder. */

function configured(...argv: readonly string[]): Configuration {
  const result = configure({ argv, environment: {}, readFile: () => '{}' });
  if (result.type !== 'run') throw new Error(JSON.stringify(result));
  return result.configuration;
}

const flags = ['--listen', '0.0.0.0,::', '--http-port', '80', '--https-port', '443', '--data', '/var/lib/pinata'];
const configuration = configured(...flags, '--key-file', '/etc/key', '--management-port', '9090');
const terms = { configuration, privateAddresses: false, compiler: true, memoryMebibytes: 2048 } as const;
const manifest = sandboxManifest(terms);

describe('the manifest', () => {
  it('has one text, which says no path of the machine', async () => {
    const text = Buffer.from(canonicalManifest(manifest)).toString('utf8');
    expect(text).not.toMatch(/var\/lib|etc\/key/);
    expect(manifestSha256(manifest)).toBe(createHash('sha256').update(text).digest('hex'));
    await expect(`${JSON.stringify(JSON.parse(text), undefined, 2)}\n`).toMatchFileSnapshot(
      'golden/sandbox-manifest.txt',
    );
  });

  it('lets the program have the threads that it is to have, and none otherwise', () => {
    const threaded = sandboxManifest({ ...terms, configuration: configured(...flags, '--threads', '3') });
    expect(threaded.flags).toContain('--allow-worker');
    expect(threaded.tasks).toBe(manifest.tasks + 3);
    expect(manifest.flags).not.toContain('--allow-worker');
  });

  it('is the same for the same resources, wherever they are, and another for others', () => {
    const elsewhere = configured(...flags.slice(0, -1), '/srv/x', '--key-file', '/root/k', '--management-port', '1234');
    expect(manifestSha256(sandboxManifest({ ...terms, configuration: elsewhere }))).toBe(manifestSha256(manifest));
    const others: readonly SandboxManifest[] = [
      sandboxManifest({ ...terms, configuration: configured() }),
      sandboxManifest({ ...terms, privateAddresses: true }),
      sandboxManifest({ ...terms, compiler: false }),
      sandboxManifest({ ...terms, memoryMebibytes: 1024 }),
      sandboxManifest({ ...terms, configuration: configured(...flags, '--dialback-target-port', '4') }),
    ];
    expect(new Set([manifest, ...others].map(manifestSha256)).size).toBe(others.length + 1);
  });
});

describe('for the service that runs under it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-manifest-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (content: string | Uint8Array): Configuration => {
    const path = join(folder, 'sandbox.json');
    writeFileSync(path, content);
    return { ...configuration, sandboxManifest: path };
  };

  it('is published to the byte, and signed by its hash', () => {
    expect(sandboxOf(configuration)).toBeUndefined();
    const bytes = canonicalManifest(manifest);
    expect(sandboxOf(file(bytes))).toEqual({
      text: Buffer.from(bytes).toString('utf8'),
      sha256: manifestSha256(manifest),
    });
  });

  it.each([
    ['a key', 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA\n', 'it is no JSON'],
    ['other JSON', '{"format":"btc-pinata/release/v1"}', 'it has no field "sockets"'],
    ['bytes', Uint8Array.of(0x7b, 0xff), 'it is not of ASCII alone'],
  ])('%s in its place is refused, and not repeated', (_, content, fault) => {
    const configured = file(content);
    expect(() => sandboxOf(configured)).toThrow(`is no manifest: ${fault}`);
    expect(() => sandboxOf(configured)).not.toThrow('cMahea');
  });

  it('has to be there', () => {
    const sandboxManifest = join(folder, 'nowhere');
    expect(() => sandboxOf({ sandboxManifest })).toThrow(/--sandbox-manifest.*cannot be read \(ENOENT\)/);
  });
});

const tool = required.tool('systemd-analyze');

describe('as systemd units', () => {
  const units = systemdUnits(manifest, configuration);

  it('are these', async () => {
    const text = units.map((unit) => `# ${unit.name}\n${unit.text}`).join('\n');
    await expect(text).toMatchFileSnapshot('golden/systemd-units.txt');
  });

  it('have a socket for each thread at each door of the bounty, which say whose they are', () => {
    const threaded = configured(...flags, '--threads', '2');
    const all = systemdUnits(sandboxManifest({ ...terms, configuration: threaded }), threaded);
    const sockets = all.filter(({ name }) => name.endsWith('.socket') && !name.includes('dialler'));
    const names = sockets.map(({ text }) => /FileDescriptorName=(.*)/.exec(text)?.[1] ?? '');
    expect(names).toEqual([
      ...['http', 'https', 'server@1', 'server@2', 'dialback@1', 'dialback@2', 'reverse@1', 'reverse@2'],
    ]);
    for (const { name, text } of sockets) {
      expect(all[0]?.text).toContain(name);
      expect(text.includes('ReusePort=yes')).toBe(name.includes('-1.') || name.includes('-2.'));
    }
    const environment = { LISTEN_FDS: String(names.length), LISTEN_FDNAMES: names.join(':') };
    const handedIn = inheritedSockets(environment, 1);
    expect(handedIn.map(({ key, thread }) => [key, thread])).toContainEqual(['reverse', 2]);
  });

  it('deny memory that is written and run where nothing compiles', () => {
    const [service] = systemdUnits(sandboxManifest({ ...terms, compiler: false }), configuration);
    expect(service?.text).toContain('\nMemoryDenyWriteExecute=yes\n');
    expect(service?.text).toContain(' --jitless ');
  });

  it.skipIf(tool.missing)('are understood by systemd, which calls them hardened', () => {
    const folder = mkdtempSync(join(tmpdir(), 'pinata-units-'));
    try {
      for (const { name, text } of units) {
        // What the units start is installed nowhere here.
        writeFileSync(join(folder, name), text.replaceAll(installed.node, process.execPath));
      }
      const files = units.map(({ name }) => join(folder, name));
      const verified = spawnSync(tool.path, ['verify', ...files], { encoding: 'utf8' });
      expect(verified.stderr.split('\n').filter((line) => line.includes('btc-pinata'))).toEqual([]);
      expect(verified.status).toBe(0);
      for (const [name, threshold] of [
        ['btc-pinata.service', 10],
        ['btc-pinata-dialler.service', 20],
      ] as const) {
        const words = ['security', '--offline=true', `--threshold=${threshold}`, join(folder, name)];
        const judged = spawnSync(tool.path, words, { encoding: 'utf8' });
        expect([name, judged.status, judged.stderr]).toEqual([name, 0, '']);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

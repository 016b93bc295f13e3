import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fetchEngine } from '../../infra/vps/engine.ts';
import { engine, type Pinned, platforms, plugins } from '../../infra/vps/pinned.ts';

/* The engine and its plugins are what was pinned, or they are not unpacked. The archives here are small ones of our own. */

let folder: string;
let server: Server;
let at: string;
let asked: string[];
const archives = new Map<string, Buffer>();

function archive(name: string, files: Readonly<Record<string, string>>): Buffer {
  const source = join(folder, `source-${name}`);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(source, path, '..'), { recursive: true });
    writeFileSync(join(source, path), text);
    chmodSync(join(source, path), 0o755);
  }
  return execFileSync('tar', ['-czf', '-', '-C', source, ...readdirSync(source)]);
}

const nameOf = (pinned: Pinned, platform: string) => `/${pinned.name}-${pinned.version}-${platform}.tar.gz`;
const from = (pinned: Pinned, platform: string) => `${at}${nameOf(pinned, platform)}`;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pinata-engine-'));
  asked = [];
  archives.clear();
  archives.set('pulumi', archive('pulumi', { 'pulumi/pulumi': 'the engine' }));
  archives.set('hcloud', archive('hcloud', { 'pulumi-resource-hcloud': 'the plugin', LICENSE: 'words' }));
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const [, name = ''] = /^\/([a-z]+)-/.exec(url) ?? [];
    const bytes = archives.get(name);
    response.writeHead(bytes === undefined ? 404 : 200, { 'content-length': bytes?.length ?? 0 });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  at = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(async () => {
  vi.restoreAllMocks();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** What is served is what is pinned. */
function pin(name: 'pulumi' | 'hcloud'): void {
  const bytes = archives.get(name) ?? Buffer.alloc(0);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  vi.spyOn((name === 'pulumi' ? engine : plugins.hetzner).sha256, 'linux-x64', 'get').mockReturnValue(sha256);
}

describe('what is pinned', () => {
  test('each archive for each platform has a SHA-256 of its own, over https', () => {
    const all = [engine, plugins.hetzner, plugins.digitalocean].flatMap((pinned) =>
      platforms.map((platform) => [pinned.url(platform), pinned.sha256[platform]] as const),
    );
    expect(new Set(all.map(([, sha256]) => sha256)).size).toBe(all.length);
    expect(new Set(all.map(([url]) => url)).size).toBe(all.length);
    for (const [url, sha256] of all) {
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(url).toMatch(/^https:\/\/(get|api)\.pulumi\.com\/releases\/[\w/.-]+\.tar\.gz$/);
    }
    expect(plugins.hetzner.url('linux-x64')).toMatch(/pulumi-resource-hcloud-v1\.41\.0-linux-amd64\.tar\.gz$/);
  });

  test('the plugin of Hetzner is of the version of its SDK', () => {
    const { version } = JSON.parse(readFileSync('node_modules/@pulumi/hcloud/package.json', 'utf8'));
    expect(plugins.hetzner.version).toBe(version);
  });
});

describe('fetching', () => {
  const options = () => ({ folder: join(folder, 'cache'), platform: 'linux-x64', from });

  test('the right archives are unpacked, and are not asked for again', async () => {
    const seen: string[] = [];
    pin('pulumi');
    pin('hcloud');
    const onProgress = ({ name }: Pinned, bytes: number, of: number | undefined) => seen.push(`${name} ${bytes}/${of}`);
    const { root, home } = await fetchEngine('hetzner', { ...options(), onProgress });
    expect(readFileSync(join(root, 'bin', 'pulumi'), 'utf8')).toBe('the engine');
    const plugin = join(home, 'plugins', 'resource-hcloud-v1.41.0', 'pulumi-resource-hcloud');
    expect(readFileSync(plugin, 'utf8')).toBe('the plugin');
    expect(seen.at(-1)).toMatch(/^hcloud (\d+)\/\1$/);
    await fetchEngine('hetzner', options());
    expect(asked).toHaveLength(2);
  });

  test('an archive of another hash is not unpacked, and leaves nothing', async () => {
    pin('pulumi');
    archives.set('pulumi', Buffer.concat([archives.get('pulumi') ?? Buffer.alloc(0), Buffer.from([0])]));
    await expect(fetchEngine('hetzner', options())).rejects.toThrow(/has SHA-256 [0-9a-f]{64}, and what is pinned has/);
    const below = existsSync(join(folder, 'cache')) ? readdirSync(join(folder, 'cache'), { recursive: true }) : [];
    expect(below.filter((path) => String(path).endsWith('pulumi'))).toEqual([]);
    expect(below.filter((path) => String(path).includes('.unfinished'))).toEqual([]);
  });

  test('nobody there, and no such file, are said in one sentence', async () => {
    archives.delete('pulumi');
    await expect(fetchEngine('hetzner', options())).rejects.toThrow(/answered 404: pulumi 3\.\d+\.0 cannot be fetched/);
    const nowhere = () => 'http://127.0.0.1:9/pulumi.tar.gz';
    await expect(fetchEngine('hetzner', { ...options(), from: nowhere })).rejects.toThrow(
      /could not be fetched from http:.*look at the network/,
    );
  });

  test('a machine that nothing is pinned for is told so', async () => {
    await expect(fetchEngine('hetzner', { ...options(), platform: 'win32-x64' })).rejects.toThrow(
      /no engine of Pulumi for win32-x64 .*--host ec2/,
    );
  });
});

import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cases } from './clouds.ts';
import { testToken } from './place.ts';

/*
 * The stand-ins of the clouds against the clouds' own clients, hcloud-go and godo, from the proxy of Go's modules by
 * clients/go.sum: each answer has every field of the client's types and no other, and the client is content with it.
 */

const go = spawnSync('go', ['version'], { stdio: 'ignore' });

describe.skipIf(go.status !== 0)('by its own client', () => {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pinata-clients-'));
    program = join(folder, 'clients');
    await promisify(execFile)('go', ['build', '-mod=readonly', '-o', program, '.'], {
      cwd: join(import.meta.dirname, 'clients'),
      env: { ...process.env, GOTOOLCHAIN: 'local' },
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test.each(cases)('$provider has the whole life of a host', async ({ provider, open }) => {
    const { cloud, left } = await open();
    try {
      const endpoint = provider === 'hetzner' ? cloud.endpoint : `${cloud.endpoint}/`;
      const env = { ...process.env, CLOUD: provider, ENDPOINT: endpoint, TOKEN: testToken };
      const said = await promisify(execFile)(program, { env }).then(
        ({ stdout }) => stdout,
        ({ stdout, message }) => `${stdout}${message}`,
      );
      expect(said.trim().split('\n')).toEqual(['']);
      expect(cloud.faulty).toEqual([]);
      expect(left()).toEqual({ servers: 0, addresses: 0, volumes: 0, firewalls: 0 });
      expect(cloud.log.length).toBeGreaterThan(15);
    } finally {
      await cloud.close();
    }
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LivePinata } from '../support/live-pinata.ts';
import { required } from '../support/required.ts';

/* docs/attacker.md, taken at its word: what stands there to be pasted is run, and does what it says. */

const openssl = required.tool('openssl');
const root = resolve(import.meta.dirname, '../..');
const guide = readFileSync(join(root, 'docs/attacker.md'), 'utf8');
const blocks = [...guide.matchAll(/```(sh|ts)\n([\s\S]*?)```/g)].map(([, language, code = '']) => ({ language, code }));

const block = (what: string): string => {
  const found = blocks.find(({ code }) => code.includes(what));
  if (found === undefined) throw new Error(`no block of the guide holds ${what}`);
  return found.code;
};

let pinata: LivePinata;
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guide-'));
  pinata = await LivePinata.start(['--test-credentials', join(folder, 'pinata-test')], false);
});
afterAll(async () => {
  await pinata?.stop();
  rmSync(folder, { recursive: true });
});

/** The guide's ports are the defaults, and ours are free ones; its files go where ours do. */
const here = (code: string): string => {
  const { server, reverse, http } = pinata.ready.ports;
  return code
    .replaceAll('10000', String(server))
    .replaceAll('8080', String(http))
    .replaceAll('/tmp/', `${folder}/`)
    .replace(
      'bridge 127.0.0.1',
      `bridge 127.0.0.1 --server-port ${server} --reverse-port ${reverse} --http-port ${http}`,
    );
};

function shell(code: string, cwd = root): Promise<string> {
  return new Promise((resolveOutput) => {
    execFile('sh', ['-c', code], { cwd, encoding: 'utf8' }, (_, out, err) => resolveOutput(out + err));
  });
}

const category = async (key: string): Promise<number> => (await pinata.status()).connections.byCategory[key] ?? 0;

describe('the guide', () => {
  it('names verbs and flags that exist', () => {
    expect(blocks.map(({ language }) => language)).toEqual(['sh', 'sh', 'sh', 'sh', 'sh', 'sh', 'ts']);
    expect(block('npm ci')).toBe('npm ci\nnpm start\n');
  });

  it.skipIf(openssl.missing)('shows what a break looks like', async () => {
    const out = await shell(here(block('client-key.pem')));
    expect(out).toContain('btc-pinata/payload/v1\n');
    expect(out).toContain(`address: ${pinata.ready.address}\n`);
    expect(out).toMatch(/^wif: c[1-9A-HJ-NP-Za-km-z]{51}$/m);
    await expect.poll(() => category('success.test'), { timeout: 60_000 }).toBe(1);
  });

  it.skipIf(openssl.missing)('1. knocks, and is told 116', async () => {
    expect(await shell(here(block('-ign_eof </dev/null')))).toContain('SSL alert number 116');
    await expect.poll(() => category('cert.none'), { timeout: 60_000 }).toBe(1);
  });

  it.skipIf(openssl.missing)('2. is somebody else, and is told 48', async () => {
    expect(await shell(here(block('/CN=hacker')))).toContain('SSL alert number 48');
  });

  it('3. lets it talk to itself', async () => {
    expect(await shell(here(block('btc-pinata bridge')))).toContain('short-circuit confirmed');
    expect(readFileSync(join(folder, 'bridge.pcap')).length).toBeGreaterThan(5000);
  });

  it('has a script that runs, and is told decrypt_error', async () => {
    for (const name of ['test', 'service', 'node_modules', 'package.json'])
      symlinkSync(join(root, name), join(folder, name));
    writeFileSync(join(folder, 'attack.ts'), here(block('RogueClient')));
    const out = await shell(`'${process.execPath}' attack.ts`, folder);
    expect(out).toContain("alerts: [ 'decrypt_error' ]");
    expect(out).toContain("how: 'fin'");
    await expect.poll(() => category('sig.invalid'), { timeout: 60_000 }).toBe(1);
  });
});

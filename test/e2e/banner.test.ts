import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { anyPorts, Program } from '../host/program.ts';
import { eventually } from '../host/relay.ts';
import { required } from '../support/required.ts';

/* What the banner tells people to try is pasted as it stands, into a shell in a fresh clone. */

const openssl = required.tool('openssl');
const curl = required.tool('curl');
const clone = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), "pinata it's a folder "));
const programs: Program[] = [];
afterAll(async () => {
  for (const program of programs) await program.stop();
  rmSync(folder, { recursive: true });
});

async function thingsToTry(flags: readonly string[] = []): Promise<readonly string[]> {
  const program = new Program([...anyPorts, ...flags]);
  programs.push(program);
  const text = await eventually(
    () => program.stdout,
    (printed) => printed.includes('/status.json'),
  );
  return [...text.matchAll(/^ {4}(\S.*)$/gm)].map(([, command = '']) => command);
}

function paste(command: string): Promise<{ readonly code: number | null; readonly text: string }> {
  return new Promise((done) => {
    // Those who paste have Node on their path; npx is npm's.
    const shell = spawn('sh', ['-c', command], { cwd: clone, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    shell.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    shell.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    shell.on('close', (code) => done({ code, text }));
  });
}

describe.skipIf(openssl.missing || curl.missing)('the banner', () => {
  it('has three things to try, and each works', async () => {
    const commands = await thingsToTry();
    expect(commands).toHaveLength(3);
    const [connect = '', bridge = '', page = ''] = commands;
    expect((await paste(connect)).text).toMatch(/alert certificate required/);
    const bridged = await paste(bridge);
    expect(bridged.text).toMatch(/short-circuit confirmed/);
    expect(bridged.code).toBe(0);
    const status = JSON.parse((await paste(page)).text.replace(/^[^{]*/, ''));
    expect(status).toMatchObject({ network: 'regtest', test: false });
  });

  it('with test credentials shows what a break looks like, whatever the folder is called', async () => {
    const [connect = ''] = await thingsToTry(['--test-credentials', folder]);
    expect((await paste(connect)).text).toMatch(/^wif: c[1-9A-HJ-NP-Za-km-z]{51}$/m);
  });

  it('over IPv6', async () => {
    const [connect = '', , page = ''] = await thingsToTry(['--listen', '::1']);
    expect((await paste(connect)).text).toMatch(/alert certificate required/);
    expect((await paste(page)).text).toMatch(/"network": "regtest"/);
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LivePinata } from '../support/live-pinata.ts';

/* docs/workbench.md, taken at its word: what stands there to be saved and pasted is run, and does what it says. */

const root = resolve(import.meta.dirname, '../..');
const document = readFileSync(join(root, 'docs/workbench.md'), 'utf8');
const blocks = (language: 'sh' | 'ts') =>
  [...document.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code = '']) => code);

let pinata: LivePinata;
let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'workbench-'));
  for (const name of ['service', 'infra', 'node_modules', 'package.json', 'package-lock.json'])
    symlinkSync(join(root, name), join(folder, name));
  pinata = await LivePinata.start(['--test-credentials', join(folder, 'pinata-test')], false);
});
afterAll(async () => {
  await pinata?.stop();
  rmSync(folder, { recursive: true });
});

/** The ports of the document are the defaults, and ours are free ones; its files go where ours do. */
function shell(code: string): Promise<{ readonly status: number; readonly out: string }> {
  const { server, reverse, http } = pinata.ready.ports;
  const command = `${code.trim()} --server-port ${server} --reverse-port ${reverse} --http-port ${http}`;
  return new Promise((done) => {
    execFile('sh', ['-c', command.replaceAll('/tmp/', `${folder}/`)], { cwd: folder, encoding: 'utf8' }, (error, out) =>
      done({ status: typeof error?.code === 'number' ? error.code : 0, out }),
    );
  });
}

describe('docs/workbench.md', () => {
  const [watch = '', change = '', server = '', website = '', bait = '', ...more] = blocks('sh');
  const [mine = '', twice = '', smuggle = ''] = blocks('ts');

  it('has an example of each', () => {
    expect(more).toEqual([]);
    expect(blocks('ts')).toHaveLength(3);
  });

  it('1. an attack of the library', async () => {
    const { status, out } = await shell(watch);
    expect(out).toContain('refused, as it should be');
    expect(status).toBe(0);
  });

  it("2. one of one's own", async () => {
    writeFileSync(join(folder, 'mine.ts'), mine);
    const { status, out } = await shell(change);
    expect(out).toMatch(
      /certificate, the first 20 of \d+ bytes.*\n.*change_cipher_spec.*\n.*certificate, \d+ bytes more/,
    );
    expect(out).toContain('refused, as it should be');
    expect(status).toBe(0);
  });

  it('2. any attack of the library, as --show prints it', async () => {
    const names = ['no-certificate-verify', 'namesake-authority', 'certificate-contradicts-itself'];
    for (const name of names) {
      const { status: shown, out: source } = await shell(`npx btc-pinata attack ${name} --show`);
      expect({ name, shown }).toEqual({ name, shown: 0 });
      writeFileSync(join(folder, 'shown.ts'), source);
      const { status, out } = await shell('npx btc-pinata attack ./shown.ts');
      expect(out).not.toContain('something else happened');
      expect({ name, status }).toEqual({ name, status: 0 });
    }
  });

  it('3. a server', async () => {
    writeFileSync(join(folder, 'twice.ts'), twice);
    const { status, out } = await shell(server);
    expect(out).toContain('and once more');
    expect(out).toContain('refused, as it should be');
    expect(status).toBe(0);
  });

  it('4. a visitor', async () => {
    writeFileSync(join(folder, 'smuggle.ts'), smuggle);
    const { status, out } = await shell(website);
    expect(out).toContain('came      HTTP 400, end of stream (FIN), counted as http.400');
    expect(status).toBe(0);
  });

  it('the bait', async () => {
    const { status, out } = await shell(bait);
    expect(out).toContain('T H E   B A I T   C A M E   O U T');
    expect(status).toBe(3);
  });
});

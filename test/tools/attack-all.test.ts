import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadLibrary } from '../../service/tools/attack-library.ts';
import { attackUsage } from '../../service/tools/attack-options.ts';
import { freePort } from '../support/free-port.ts';
import { LivePinata } from '../support/live-pinata.ts';

/* `btc-pinata attack --all`, as it is typed: the whole library against one live piñata, a line each, and one verdict. */

const launcher = resolve(import.meta.dirname, '../../infra/btc-pinata.mjs');
const library = await loadLibrary();
/** The proof that the tool sees the bait is no attack, and is left out. */
const played = library.flatMap(({ name, attack }) =>
  attack.variants
    .filter(({ expect: end }) => end !== 'bait')
    .map((variant) => (variant.name === '' ? name : `${name}:${variant.name}`)),
);

let pinata: LivePinata;
let folder = '';
let credentials = '';
let calledPort = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attack-all-'));
  credentials = join(folder, 'test');
  calledPort = await freePort();
  const calls = ['--dialback-target-port', `${calledPort}`, '--dialbacks-per-minute', '1000'];
  pinata = await LivePinata.start(['--test-credentials', credentials, ...calls], false);
});
afterAll(async () => {
  await pinata?.stop();
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const attackAll = (words: readonly string[]): Promise<Ran> =>
  new Promise((done) => {
    execFile(
      process.execPath,
      [launcher, 'attack', '--all', ...words],
      { encoding: 'utf8', maxBuffer: 16 << 20, env: { ...process.env, LC_ALL: 'C.UTF-8' } },
      (error, out, err) =>
        done({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    );
  });

/** Each port that the command can be told, as this piñata has it. */
function ports(): readonly string[] {
  const doors: Readonly<Record<string, number>> = { ...pinata.ready.ports, 'dialback-target': calledPort };
  return [...attackUsage.matchAll(/^ {2}(--([a-z-]+)-port) N/gm)].flatMap(([, flag = '', door = '']) => [
    flag,
    `${doors[door]}`,
  ]);
}

describe('btc-pinata attack --all', () => {
  it('plays every attack of the library, sees each refused and counted as its script says, and exits with 0', async () => {
    const { status, out, err } = await attackAll(['127.0.0.1', '--test-credentials', credentials, ...ports()]);
    const lines = out.split('\n');
    const refused = lines.flatMap((line) => /^ {2}✔ (\S+) /.exec(line)?.[1] ?? []);
    expect({ otherwise: lines.filter((line) => /^ {2}[✘█-] /.test(line)), err }).toEqual({ otherwise: [], err: '' });
    expect(refused).toEqual(played);
    expect(out).toContain(`  ${played.length} connections, ${played.length} refused as they should be\n`);
    expect(out).toMatch(/\n {2}counted in \d+ categories, as they should be\n$/);
    expect(status).toBe(0);
    expect((await pinata.status()).successes).toMatchObject({ unpaired: 0, test: 0 });
  }, 300_000);

  it('with nobody there says so once, and exits with 1', async () => {
    const nobody = await freePort();
    const { status, out, err } = await attackAll([`127.0.0.1:${nobody}`, '--http-port', `${nobody}`]);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(
      new RegExp(`^btc-pinata attack: cannot connect to port ${nobody} of 127\\.0\\.0\\.1 .*connection refused.*\\n$`),
    );
  });
});

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttackedPort } from '../../service/tools/attack.ts';
import { threatsOf } from '../../service/tools/attack-defences.ts';
import { loadLibrary } from '../../service/tools/attack-library.ts';
import { expectedCategory, runAttack, type Target } from '../../service/tools/attack-run.ts';
import { freePort } from '../support/free-port.ts';
import { LivePinata } from '../support/live-pinata.ts';

/* `btc-pinata attack`: every script of the library, played against one live piñata, and the command line around it. */

const root = resolve(import.meta.dirname, '../..');
const launcher = join(root, 'infra/btc-pinata.mjs');
const library = await loadLibrary();

let pinata: LivePinata;
let folder = '';
let credentials = '';
let calledPort = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attack-'));
  credentials = join(folder, 'test');
  calledPort = await freePort();
  const calls = ['--dialback-target-port', `${calledPort}`, '--dialbacks-per-minute', '1000'];
  pinata = await LivePinata.start(['--test-credentials', credentials, ...calls], false);
});
afterAll(async () => {
  await pinata?.stop();
  rmSync(folder, { recursive: true });
});

const target = (port: AttackedPort): Target => {
  const { ports } = pinata.ready;
  return {
    host: '127.0.0.1',
    port,
    ports: { server: ports.server, client: ports.reverse, dialback: ports.dialback },
    calledPort,
    site: new URL(`http://127.0.0.1:${ports.http}/`),
    credentials,
    counted: false,
  };
};

describe('the library', () => {
  it('is of threats that docs/ATTACKS.md has a row for, and of all that a peer can mount', () => {
    const document = readFileSync(join(root, 'docs/ATTACKS.md'), 'utf8');
    const rows = [...document.matchAll(/^\| ([^|]+)/gm)].flatMap(([, id = '']) => threatsOf(id));
    const tried = new Set(library.flatMap(({ attack }) => attack.threats));
    // What is left is in the runtime, in the wallet and the machine, on the page (J4, J14, J15), or needs two sessions of ours.
    const notOnTheWire = /^(?:G10|K2|J[1-69]|J1[0-5]|V\d|W[12]|I2)$/;
    expect(rows.filter((row) => !tried.has(row) && !notOnTheWire.test(row))).toEqual([]);
  });

  it('names each variant once, in letters that a shell leaves alone', () => {
    for (const { name, attack } of library) {
      expect(name).toMatch(/^[a-z0-9-]+$/);
      if (attack.variants.length > 1)
        for (const variant of attack.variants) expect(variant.name).toMatch(/^[a-z0-9.-]+$/);
    }
  });

  const connections = library.flatMap(({ name, attack }) =>
    attack.variants.map((variant) => ({ label: [name, variant.name].filter(Boolean).join(':'), attack, variant })),
  );
  const ledger = new Map<string, number>();
  it.each(connections)('$label', async ({ attack, variant }) => {
    const report = await runAttack(variant, target(attack.port), () => undefined);
    expect({ outcome: report.outcome, differences: report.differences }).toEqual({
      outcome: variant.expect === 'bait' ? 'bait' : 'expected',
      differences: [],
    });
    for (const key of [expectedCategory(variant.expect), ...attack.alsoCounted])
      ledger.set(key, (ledger.get(key) ?? 0) + 1);
  });

  it('was counted in the categories that the scripts name, and nowhere else', async () => {
    const expected = Object.fromEntries(ledger);
    const counted = async () => {
      const { byCategory } = (await pinata.status()).connections;
      return Object.fromEntries(
        Object.entries(byCategory).filter(([key, n]) => n > 0 && !/^(website|http)\./.test(key)),
      );
    };
    await expect.poll(counted, { timeout: 60_000, interval: 300 }).toEqual(expected);
    expect((await pinata.status()).successes).toMatchObject({ paired: 2, unpaired: 0, test: 2 });
  });
});

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function attackCommand(...words: readonly string[]): Promise<Ran> {
  const { server, reverse, dialback, http } = pinata.ready.ports;
  const doors = { server, reverse, dialback, http, 'dialback-target': calledPort };
  const ports = Object.entries(doors).flatMap(([name, port]) => [`--${name}-port`, `${port}`]);
  return new Promise((done) => {
    execFile(
      process.execPath,
      [launcher, 'attack', ...words, ...ports],
      { encoding: 'utf8', env: { ...process.env, COLUMNS: '90', LC_ALL: 'C.UTF-8' } },
      (error, out, err) => done({ status: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

describe('btc-pinata attack', () => {
  it('draws an attack that was refused, and exits with 0', async () => {
    const { status, out, err } = await attackCommand('no-certificate-verify');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const arrows = out.split('\n').filter((line) => /[▶◀]/.test(line));
    expect(
      arrows.map(
        (line) => `${line.includes('▶') ? '>' : '<'} ${/[a-z_:]{3,}[a-z_ :]*/.exec(line.slice(13))?.[0].trim()}`,
      ),
    ).toEqual([
      '> client_hello',
      '< server_hello',
      '< encrypted_extensions',
      '< certificate_request',
      '< certificate',
      '< certificate_verify',
      '< finished',
      '> certificate',
      '> finished',
      '< alert: unexpected_message',
      '< end of stream',
    ]);
    expect(out).toContain('certificate_verify is left out');
    expect(out).toContain('came      alert unexpected_message, end of stream (FIN), counted as handshake.unexpected');
  });

  it('plays one variant on the client port, in JSON', async () => {
    const { status, out } = await attackCommand('server-share-invalid:zero', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      attack: 'server-share-invalid:zero',
      outcome: 'expected',
      alerts: ['illegal_parameter'],
      categories: ['key_share.invalid'],
      applicationData: 0,
    });
  });

  it('is called back, and says what came of the call', async () => {
    const { status, out, err } = await attackCommand('called-back');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('piñata, about to call back');
    expect(out).toContain('and says unknown_ca there');
    expect(out).toMatch(/came {6}no alert, end of stream \(FIN\), counted as .*dialback\.triggered/);
  });

  it('carries a bridge, and sees nothing of the bait', async () => {
    const { status, out } = await attackCommand('short-circuit', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'expected', alerts: [], applicationData: 0 });
  });

  it('is loud where the bait comes out, and exits with 3', async () => {
    const { status, out } = await attackCommand('let-in', '--test-credentials', credentials);
    expect(status).toBe(3);
    expect(out).toContain('T H E   B A I T   C A M E   O U T');
    expect(out).toContain(`address: ${pinata.ready.address}`);
  });

  it('runs a script of somebody else, and exits with 1 where it ends otherwise', async () => {
    const script = join(folder, 'mine.ts');
    writeFileSync(
      script,
      `import { attack } from ${JSON.stringify(join(root, 'service/tools/attack.ts'))};
export default attack({
  title: 'a wrong guess',
  as: 'client',
  expect: { alert: 'internal_error', category: 'internal.exception' },
  play(client) {
    client.changeCipherSpec();
  },
});
`,
    );
    const { status, out } = await attackCommand(script);
    expect(status).toBe(1);
    expect(out).toContain('unexpected_message came instead of internal_error');
    expect(out).toContain('it was to be counted as internal.exception, and handshake.unexpected grew');
  });

  it('says what is missing, and exits with 2', async () => {
    const cases = [
      [['no-such-attack'], 'neither a file nor an attack of the library'],
      [['psychic-signature:no-such-variant'], 'it has r-0-s-0'],
      [[], 'which attack?'],
      [['let-in', '[::1'], 'is no host; allowed are a name or an address'],
      [['--loud', 'let-in'], '--loud'],
    ] as const;
    for (const [words, message] of cases) {
      const { status, err } = await attackCommand(...words);
      expect({ words, status }).toEqual({ words, status: 2 });
      expect(err).toContain(message);
    }
    const without = await attackCommand('let-in');
    expect(without.status).toBe(2);
    expect(without.out).toContain('--test-credentials DIR');
    const elsewhere = await attackCommand('let-in', '--test-credentials', join(folder, 'nowhere'));
    expect(elsewhere.status).toBe(2);
    expect(elsewhere.out).toContain(`${join(folder, 'nowhere', 'client.pem')} cannot be read (ENOENT)`);
  });

  it('lists the library, and shows a script', async () => {
    const { out } = await attackCommand('--list');
    for (const { name, attack } of library) {
      expect(out).toContain(`  ${name} `);
      expect(out).toContain(attack.title);
    }
    const shown = await attackCommand('psychic-signature', '--show');
    const source = readFileSync(join(root, 'service/tools/attacks/psychic-signature.ts'), 'utf8');
    expect(shown.out).toBe(source.replace("'../attack.ts'", "'./service/tools/attack.ts'"));
  });
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { threatsOf } from '../../service/tools/attack-defences.ts';
import { expectedCategory } from '../../service/tools/attack-expectation.ts';
import { loadLibrary } from '../../service/tools/attack-library.ts';
import { runAttack } from '../../service/tools/attack-run.ts';
import { Attacked } from './attacked.ts';

/* `btc-pinata attack`: every script of the library, played against one live piñata, and the command line around it. */

const root = resolve(import.meta.dirname, '../..');
const attacked = Attacked.forThisFile();
const library = await loadLibrary();

describe('the library', () => {
  it('is of threats that docs/ATTACKS.md has a row for, and of all that a peer can mount', () => {
    const document = readFileSync(join(root, 'docs/ATTACKS.md'), 'utf8');
    const rows = [...document.matchAll(/^\| ([^|]+)/gm)].flatMap(([, id = '']) => threatsOf(id));
    const tried = new Set(library.flatMap(({ attack }) => attack.threats));
    // What is left is in the runtime, in the wallet and the machine, or needs two sessions of ours.
    const notOnTheWire = /^(?:G10|K[23]|J[123569]|J1[1-3]|V\d|W\d|I[134])$/;
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
    const report = await runAttack(variant, attacked.target(attack.port), () => undefined);
    expect({ outcome: report.outcome, differences: report.differences }).toEqual({
      outcome: variant.expect === 'bait' ? 'bait' : 'expected',
      differences: [],
    });
    for (const key of [expectedCategory(variant.expect), ...attack.alsoCounted])
      ledger.set(key, (ledger.get(key) ?? 0) + 1);
  });

  it('was counted in the categories that the scripts name, and nowhere else', async () => {
    ledger.delete('website.page');
    await expect.poll(() => attacked.counted(), { timeout: 60_000, interval: 300 }).toEqual(Object.fromEntries(ledger));
    expect((await attacked.pinata.status()).successes).toMatchObject({ paired: 2, unpaired: 0, test: 2 });
  });
});

describe('btc-pinata attack', () => {
  it('draws an attack that was refused, and exits with 0', async () => {
    const { status, out, err } = await attacked.command('no-certificate-verify');
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
    const { status, out } = await attacked.command('server-share-invalid:zero', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      attack: 'server-share-invalid:zero',
      outcome: 'expected',
      alerts: ['illegal_parameter'],
      categories: ['key_share.invalid'],
      applicationData: 0,
    });
  });

  it('draws what was said to the website, and steers no terminal with it', async () => {
    const { status, out, err } = await attacked.command('control-bytes:escape-sequence');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('X: \\x1b]0;mine\\x07');
    expect(out).not.toMatch(/[^\n\u0020-\uffff]/);
    expect(out).toMatch(/◀─+ 400 Bad Request, \d+ bytes ─+│\n.*end of stream/);
    expect(out).toContain('came      HTTP 400, end of stream (FIN), counted as http.400');
  });

  it('says how often the website answered, in JSON and over TLS', async () => {
    const { status, out } = await attacked.command('pipelined-heads', '--json');
    expect(status).toBe(0);
    const report: { answers: readonly number[] } = JSON.parse(out);
    expect(report).toMatchObject({ outcome: 'expected', alerts: [], left: 'fin' });
    expect(report.answers).toEqual(new Array(100).fill(200));
    const { out: overTls } = await attacked.command('smuggling-by-the-byte');
    expect(overTls).toContain('came      HTTP 400, alert close_notify, end of stream (FIN), counted as http.400');
  });

  it('is called back, and says what came of the call', async () => {
    const { status, out, err } = await attacked.command('called-back');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toContain('piñata, about to call back');
    expect(out).toContain('and says unknown_ca there');
    expect(out).toMatch(/came {6}no alert, end of stream \(FIN\), counted as .*dialback\.triggered/);
  });

  it('carries a bridge, and sees nothing of the bait', async () => {
    const { status, out } = await attacked.command('short-circuit', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ outcome: 'expected', alerts: [], applicationData: 0 });
  });

  it('is loud where the bait comes out, and exits with 3', async () => {
    const { status, out } = await attacked.command('let-in', '--test-credentials', attacked.credentials);
    expect(status).toBe(3);
    expect(out).toContain('T H E   B A I T   C A M E   O U T');
    expect(out).toContain(`address: ${attacked.pinata.ready.address}`);
  });

  it('runs a script of somebody else, and exits with 1 where it ends otherwise', async () => {
    const script = join(attacked.folder, 'mine.ts');
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
    const { status, out } = await attacked.command(script);
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
      const { status, err } = await attacked.command(...words);
      expect({ words, status }).toEqual({ words, status: 2 });
      expect(err).toContain(message);
    }
    const without = await attacked.command('let-in');
    expect(without.status).toBe(2);
    expect(without.out).toContain('--test-credentials DIR');
    const elsewhere = await attacked.command('let-in', '--test-credentials', join(attacked.folder, 'nowhere'));
    expect(elsewhere.status).toBe(2);
    expect(elsewhere.out).toContain(`${join(attacked.folder, 'nowhere', 'client.pem')} cannot be read (ENOENT)`);
  });

  it('lists the library, and shows a script', async () => {
    const { out } = await attacked.command('--list');
    for (const { name, attack } of library) {
      expect(out).toContain(`  ${name} `);
      expect(out).toContain(attack.title);
    }
    const ends = library.flatMap(({ attack }) => attack.variants.map((variant) => variant.expect));
    const letIn = ends.filter((end) => end === 'bait').length;
    expect(out).toContain(`${library.length} attacks, ${ends.length} connections.`);
    expect(out).toContain(`--all plays all but the ${letIn} that are\nmeant to be let in`);
    const shown = await attacked.command('psychic-signature', '--show');
    const source = readFileSync(join(root, 'service/tools/attacks/psychic-signature.ts'), 'utf8');
    expect(shown.out).toBe(source.replace("'../attack.ts'", "'./service/tools/attack.ts'"));
  });
});

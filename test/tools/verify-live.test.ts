import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { encodeRelease } from '../../service/attest/release.ts';
import { ofSomebody, verifyCommand } from '../../service/tools/verify-command.ts';
import { parseVerifyOptions } from '../../service/tools/verify-options.ts';
import { type ReleasedBundle, releasedBundle } from '../build/released-bundle.ts';
import { anyPorts, Program } from '../host/program.ts';
import { asItIs, type Change, relayed } from '../support/relayed.ts';

/* `btc-pinata verify` at a piñata that runs a released bundle, and at what stands in front of it. */

interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

const run = (...argv: readonly string[]): Promise<Said> => runWith(released.releaseFile, argv);

async function runWith(release: string | undefined, argv: readonly string[]): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const status = await verifyCommand(argv, async () => release, {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    style: { width: 80, colour: false, unicode: true },
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

interface Document {
  readonly level: string;
  readonly refused: boolean;
  readonly reached: boolean;
  readonly sections: readonly {
    readonly checks: readonly { readonly name: string; readonly outcome: string; readonly found: string }[];
  }[];
}

/** Level, and the names of what failed, each once. */
function documentOf({ out }: Said): { readonly level: string; readonly blamed: readonly string[] } {
  const { level, sections }: Document = JSON.parse(out);
  const failed = sections.flatMap(({ checks }) => checks.filter(({ outcome }) => outcome === 'fail'));
  return { level, blamed: [...new Set(failed.map(({ name }) => name))] };
}

let released: ReleasedBundle;
let pinata: Program;
let host: string;
let ports: Readonly<Record<string, number>>;

beforeAll(async () => {
  released = await releasedBundle();
  pinata = new Program(['--json', ...anyPorts], { program: released.program });
  ({ ports } = await pinata.ready());
  host = `127.0.0.1:${ports['http']}`;
});
afterAll(async () => {
  await pinata?.stop();
  released?.dispose();
});

const path = (name: string): string => join(released.folder, name);

describe('a piñata that runs the release', () => {
  it('reaches L2, UNSIGNED and NOT ATTESTED, on one screen; and again from the file, in the same words', async () => {
    const file = path('saved.json');
    const live = await run(host, '--save', file);
    expect([live.status, live.err]).toEqual([0, '']);
    expect(live.out).toContain('L2, self-reported, NOT ATTESTED');
    expect(live.out).toContain('UNSIGNED');
    expect(live.out).toContain('both times; sandbox: none');
    expect(live.out).toContain('the operator promises not to take it');
    const lines = live.out.split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    // The same words, under those that say whose they are.
    const again = { ...live, out: [...ofSomebody, live.out].join('\n') };
    expect(await run('--evidence', file)).toEqual(again);
    expect(await run('--evidence', file, '--release', released.releaseFile)).toEqual(again);

    const all = await run('--evidence', file, '--all');
    expect(all.out.endsWith(live.out)).toBe(true);
    expect(all.out).toContain('Not: that it does: a machine that lies says the right hash too');

    const json = await run('--evidence', file, '--json');
    expect(json.status).toBe(0);
    expect(documentOf(json)).toEqual({ level: 'L2', blamed: [] });
  });

  it('is shown to hold the key where there is no release to hold it against, and nothing beyond that', async () => {
    const said = await runWith(undefined, [host, '--require', 'L1']);
    expect([said.status, said.err]).toEqual([0, '']);
    expect(said.out).toContain('L1, key holder');
    expect(said.out).toContain('none is here; --release FILE names one');
    expect(said.out.replace(/\s+/g, ' ')).toContain('and no release is here to hold it against');
    expect((await runWith(undefined, [host])).status).toBe(11);
  });

  it('is not asked where the release that was named is none: 2, and why', async () => {
    const said = await run(host, '--release', 'package.json');
    expect([said.status, said.out]).toEqual([2, '']);
    expect(said.err).toContain('package.json is no release: it is not in the format btc-pinata/release/v1');
  });

  it('has a client that takes its server for its own', async () => {
    // The page lists the pair once both ends have ended, which on a slow machine may be after the verifier has left.
    await expect
      .poll(async () => (await run(host)).out.replace(/\s+/g, ' '), { timeout: 300_000, interval: 100 })
      .toContain('and its client took its server');
  });

  it('does not reach more, and says what was reached by its exit status', async () => {
    const file = path('level.json');
    expect(await run(host, '--save', file, '--require', 'L3')).toMatchObject({
      status: 12,
      out: expect.stringContaining('L3 was required'),
    });
    expect((await run('--evidence', file, '--require', 'l1')).status).toBe(0);
    expect((await run('--evidence', file, '--require', 'L4')).status).toBe(12);
  });

  it('of another bundle: refused, and held by its key alone', async () => {
    const another = path('another.json');
    const [output] = released.release.outputs;
    if (output === undefined) throw new Error('a release without a program');
    writeFileSync(another, encodeRelease({ ...released.release, outputs: [{ ...output, sha256: '9'.repeat(64) }] }));
    const said = await run(host, '--release', another, '--json');
    expect(said.status).toBe(1);
    expect(documentOf(said)).toEqual({ level: 'L1', blamed: ['build'] });
    const screen = await run(host, '--release', another);
    expect(screen.out).toContain('REFUSED. What holds: L1, key holder');
    expect(screen.out).toMatch(/build: the text says/);
  });

  it('of source files: refused, and why is said', async () => {
    const unbundled = new Program(['--json', ...anyPorts]);
    onTestFinished(async () => void (await unbundled.stop()));
    const { status, out } = await run(`127.0.0.1:${(await unbundled.ready()).ports['http']}`);
    expect(status).toBe(1);
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /it says it runs source-\w+, source files, not the program of a release: `btc-pinata build` makes one, .* --release dist\/release\.json/,
    );
    expect(out.replace(/\s+/g, ' ')).toContain('promises not to take it; it is no vault: whoever has the key can');
  });

  it('the release of somebody else in a saved file is not taken for ours', async () => {
    const [file, another] = [path('theirs.json'), path('ours.json')];
    await run(host, '--save', file);
    writeFileSync(another, encodeRelease({ ...released.release, version: '0.1.1' }));
    const said = await run('--evidence', file, '--release', another, '--json');
    expect([said.status, documentOf(said)]).toEqual([1, { level: 'L1', blamed: ['release-form'] }]);
  });

  it('a saved file with a byte turned is none', async () => {
    const file = path('turned.json');
    await run(host, '--save', file);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"asked": ', '"asked": 1'));
    const said = await run('--evidence', file);
    expect([said.status, said.out]).toEqual([2, '']);
    expect(said.err).toContain('it is not as it was written');
  });
});

describe('a relay', () => {
  const passedOn = (change: Change): Promise<number> => relayed(ports['http'] ?? 0, change);

  it('that plays the bounty itself, under an authority of its own: its ports are not those of the statement', async () => {
    const rogue = new Program(['--json', ...anyPorts], { program: released.program });
    onTestFinished(async () => void (await rogue.stop()));
    const { ports: its } = await rogue.ready();
    const port = await passedOn(asItIs);
    const its3 = ['--server-port', String(its['server']), '--https-port', String(its['https'])];
    const said = await run(`127.0.0.1:${port}`, ...its3, '--json');
    expect([said.status, documentOf(said)]).toEqual([
      1,
      { level: 'none', blamed: ['bounty-authority', 'site-authority'] },
    ]);

    // It may publish its own authorities: then those are not the ones that were signed.
    const [ca, siteCa] = await Promise.all(
      ['ca.pem', 'site-ca.pem'].map(async (name) => (await fetch(`http://127.0.0.1:${its['http']}/${name}`)).text()),
    );
    const lying = await passedOn((url, text) =>
      url === '/ca.pem' ? (ca ?? '') : url === '/site-ca.pem' ? (siteCa ?? '') : text,
    );
    const again = await run(`127.0.0.1:${lying}`, ...its3);
    expect(again.status).toBe(1);
    expect(again.out).toContain('REFUSED. What holds: nothing proven');
    expect(again.out).toMatch(/bounty-authority: the text says/);
  });

  it('that only passes everything on is what anybody may be', async () => {
    const port = await passedOn(asItIs);
    const said = await run(`127.0.0.1:${port}`, '--json');
    expect([said.status, documentOf(said)]).toEqual([0, { level: 'L2', blamed: [] }]);
  });

  it('that answers with the statement of an earlier visit', async () => {
    let first: string | undefined;
    const port = await passedOn((url, text) => {
      if (!url.startsWith('/challenge/') || !text.includes('"statement"')) return text;
      first ??= text;
      return first;
    });
    const said = await run(`127.0.0.1:${port}`, '--json');
    expect(said.status).toBe(1);
    expect(documentOf(said)).toEqual({ level: 'none', blamed: ['challenge', 'preimage'] });
  });
});

describe('the command line', () => {
  it('nobody there: 3', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const said = await run(`127.0.0.1:${port}`);
    expect([said.status, said.out]).toEqual([3, '']);
    expect(said.err).toContain('does not answer: connection refused. Is a piñata running there');
    const another = await run(`127.0.0.1:${ports['server']}`);
    expect([another.status, another.out]).toEqual([3, '']);
    expect(another.err).toContain('what it says is no HTTP');
    expect(another.err).toContain('is this the port of its page (8080, if it was not told another)?');
  });

  it.each<readonly [readonly string[], RegExp]>([
    [[], /one HOST is wanted/],
    [['a', 'b'], /one HOST is wanted/],
    [['a', '--require', 'L5'], /--require is "L5"; allowed are L1, L2, L3 and L4/],
    [['a', '--require', 'none'], /--require is "none"/],
    [['a', '--funding', 'ab'.repeat(32)], /--esplora URL says who has it/],
    [['a', '--funding', 'ab', '--esplora', 'http://b'], /--funding is "ab"/],
    [['a', '--esplora', 'b'], /wanted is a URL/],
    [['a', '--evidence', 'f'], /takes no HOST/],
    [['--evidence', 'f', '--save', 'g'], /--save is for asking/],
    [['--evidence', 'f', '--trust-root', 'g'], /--trust-root is for asking/],
    [['a', '--reverse-port', '0'], /--reverse-port/],
    [['a', '--http-port', '8080'], /^--http-port is no option .* stands behind the host, as HOST:8080$/],
  ])('%j: %s', async (argv, says) => {
    expect(parseVerifyOptions(argv)).toMatchObject({ misuse: expect.stringMatching(says) });
    const said = await run(...argv);
    expect([said.status, said.out]).toEqual([2, '']);
    expect(said.err).toContain('`btc-pinata verify --help` says more.');
  });

  it.each([
    [['--release', '/nowhere'], /\/nowhere cannot be read/],
    [['--key', 'package.json'], /package.json is no public key of minisign/],
    [['--trust-root', 'package.json'], /holds no certificate in PEM/],
    [['--ots', '/nowhere'], /\/nowhere cannot be read/],
    [['--rebuilt', '/nowhere'], /\/nowhere cannot be read/],
    [['--save', '/nowhere/file'], /cannot be written/],
  ])('%j: 2, and which file', async (argv, says) => {
    const said = await run(host, ...argv);
    expect([said.status, said.out]).toEqual([2, '']);
    expect(said.err).toMatch(says);
  });
});

import { describe, expect, it } from 'vitest';
import type { Command } from '../../infra/commands.ts';
import { commands } from '../../infra/commands.ts';
import { hardenedEnvironment, hardeningFlags } from '../../infra/hardening.ts';
import { main } from '../../infra/main.ts';
import { nearest } from '../../service/nearest.ts';
import { loadAttack } from '../../service/tools/attack-library.ts';
import { parseAttackOptions } from '../../service/tools/attack-options.ts';
import { BridgeCapture } from '../../service/tools/bridge-capture.ts';
import { parseBridgeOptions } from '../../service/tools/bridge-options.ts';
import { parseExploreOptions } from '../../service/tools/explore-options.ts';

async function ask(
  ...argv: string[]
): Promise<{ status: unknown; out: string; err: string; ran: readonly (readonly string[])[] }> {
  const ran: (readonly string[])[] = [];
  const table = new Map<string, Command>([
    ['sing', { summary: 'a song', usage: 'Usage: sing', run: async (words) => ran.push(words) + 10 }],
    ['whistle', { summary: 'a tune', run: async (words) => ran.push(words) + 20 }],
  ]);
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) };
  const status = await main(argv, terminal, table);
  return { status, out: out.join(''), err: err.join(''), ran };
}

describe('the verbs', () => {
  it('are called with what follows them', async () => {
    expect(await ask('sing', '--loud', 'la')).toMatchObject({ status: 11, out: '', err: '', ran: [['--loud', 'la']] });
  });

  it('have a help of their own', async () => {
    for (const words of [
      ['sing', '--help'],
      ['sing', 'la', '-h'],
      ['help', 'sing'],
    ]) {
      expect(await ask(...words)).toMatchObject({ status: 0, out: 'Usage: sing', ran: [] });
    }
    expect(await ask('sing', '--', '--help')).toMatchObject({ status: 11, ran: [['--', '--help']] });
    expect(await ask('help', 'whistle')).toMatchObject({ status: 21, ran: [['--help']] });
  });

  it('have no help of help, nor of an option: the list says it all', async () => {
    const { out } = await ask('help');
    expect(out).toMatch(/`npx btc-pinata` is this program in this folder alone, \//);
    for (const topic of ['help', '--version', '-h', '--help'])
      expect(await ask('help', topic)).toMatchObject({ status: 0, out, err: '' });
    expect((await ask('help', 'sng')).err).toContain('Did you mean `btc-pinata sing`?');
  });

  it('are listed by help, and by nothing on stderr', async () => {
    const { status, out } = await ask('help');
    expect(status).toBe(0);
    expect(out).toMatch(/sing +a song\n +whistle +a tune/);
    expect(await ask()).toMatchObject({ status: 2, out: '' });
  });

  it('suggest what was meant where one is unknown', async () => {
    expect(await ask('sign')).toMatchObject({ status: 2, out: '', ran: [] });
    expect((await ask('sng')).err).toMatch(/unknown verb "sng"\. Did you mean `btc-pinata sing`\?/);
    expect((await ask('--versoin')).err).toMatch(/unknown option "--versoin"\. Did you mean `btc-pinata --version`\?/);
    expect((await ask('dance')).err).not.toContain('Did you mean');
  });

  it('of btc-pinata each say what they are for', () => {
    expect([...commands.keys()]).toEqual(expect.arrayContaining(['run', 'bridge']));
    for (const { summary } of commands.values()) expect(summary.length).toBeGreaterThan(10);
  });
});

describe('a typing slip', () => {
  it.each([
    ['brigde', 'bridge'],
    ['rn', 'run'],
    ['rnu', 'run'],
    ['urn', 'run'],
    ['bridges', 'bridge'],
    ['HELP', undefined],
    ['deploy', undefined],
  ])('%s is %s', (word, meant) => {
    expect(nearest(word, ['run', 'bridge', 'help'])).toBe(meant);
  });
});

describe('the process that holds the key', () => {
  it('has no inspector, no eval, no addons, and none of NODE_*', () => {
    expect(hardeningFlags).toEqual(expect.arrayContaining(['--disable-sigusr1', '--no-addons']));
    const environment = { NODE_OPTIONS: '--inspect', Node_Debug: 'net', PATH: '/bin', PINATA_NETWORK: 'regtest' };
    expect(hardenedEnvironment(environment)).toEqual({ PATH: '/bin', PINATA_NETWORK: 'regtest' });
  });
});

describe('the options of bridge', () => {
  it('have defaults', () => {
    expect(parseBridgeOptions(['example.org'])).toEqual({
      host: 'example.org',
      serverPort: 10_000,
      client: { kind: 'reverse', port: 10_002 },
      httpPort: 8080,
      timeoutSeconds: 30,
      captureFile: undefined,
      json: false,
    });
  });
  it('are read', () => {
    const words =
      '[::1] --dialback --dialback-port 11 --dialback-target-port 12 --server-port 10 --http-port 9 --timeout 5 --json --capture a.pcap';
    expect(parseBridgeOptions(words.split(' '))).toEqual({
      host: '::1',
      serverPort: 10,
      client: { kind: 'dialback', port: 11, listenOn: 12 },
      httpPort: 9,
      timeoutSeconds: 5,
      captureFile: 'a.pcap',
      json: true,
    });
  });
  it.each([
    [[], /one HOST is wanted, 0 were given/],
    [['a', 'b'], /2 were given/],
    [['a', '--server-port', '70000'], /--server-port is "70000"; allowed are whole numbers from 1 to 65535/],
    [['a', '--server-port', '0x10'], /--server-port/],
    [['a', '--timeout', '0'], /--timeout is "0"/],
    [['a', '--timeout', '1s'], /--timeout is "1s"; allowed are whole numbers from 1 to 3600/],
    [['a', '--sever-port', '1'], /^--sever-port is no option of this command\. Did you mean --server-port\?$/],
    [['a', '--bogus'], /^--bogus is no option of this command\.$/],
    [['a', '--capture'], /^--capture wants a value; one that begins with - is written --capture=VALUE$/],
    [['a', '--capture', '--json'], /^--capture wants a value/],
    [['a', '--json=1'], /^--json takes no value, and was given "1"$/],
    [['https://a.example:8443/x'], /^"https:.*" is a URL; HOST is wanted, as a\.example:8443$/],
    [['a:10000'], /^"a:10000" has a port; HOST is wanted alone, and its ports as --server-port/],
    [['[::1]:10000'], /has a port/],
    [['me@a'], /^"me@a" is no host; allowed are a name or an address/],
    [[''], /^"" is no host/],
  ])('%j are refused', (argv, why) => {
    expect(parseBridgeOptions(argv)).toMatchObject({ misuse: expect.stringMatching(why) });
  });
});

describe('the options of attack', () => {
  it.each([
    [['half-rtt', 'https://localhost'], /^"https:\/\/localhost" is a URL; HOST is wanted, as localhost$/],
    [['half-rtt', 'a:99999'], /^PORT is "99999"; allowed are whole numbers from 1 to 65535$/],
    [['half-rtt', 'a', 'b'], /^"b" is one word too many$/],
    [['half-rtt', '--al'], /^--al is no option of this command\. Did you mean --all\?$/],
    [['--all', '--list'], /^--list and --all exclude each other/],
    [[], /which attack\? --list shows the library/],
  ])('%j are refused', (argv, why) => {
    expect(parseAttackOptions(argv)).toMatchObject({ misuse: expect.stringMatching(why) });
  });
});

describe('the options of explore', () => {
  it.each([
    [['localhost'], /^"localhost" is one word too many: this command takes options alone$/],
    [['--rolle', 'server'], /^--rolle is no option of this command\. Did you mean --role\?$/],
    [['--role'], /^--role wants a value/],
    [['--depth', '13'], /^--depth is "13"; allowed are whole numbers from 1 to 12$/],
  ])('%j are refused', (argv, why) => {
    expect(parseExploreOptions(argv)).toMatchObject({ misuse: expect.stringMatching(why) });
  });
});

describe('a script or an attack that is not there', () => {
  it.each([
    ['half-rt', /is called "half-rt" \(half-rtt is\); --list shows them/],
    ['.', /neither a file nor an attack of the library is called "\."/],
    ['README.md', /README\.md cannot be loaded: /],
  ])('%s is said so', async (which, why) => {
    await expect(loadAttack(which)).rejects.toThrow(why);
  });
});

describe('a capture', () => {
  it('that cannot be written is named, with what would do', () => {
    expect(() => new BridgeCapture('/nonexistent/a.pcap')).toThrow(
      /^--capture is "\/nonexistent\/a\.pcap", which cannot be written \(ENOENT\); allowed is a file in a folder that exists/,
    );
  });
});

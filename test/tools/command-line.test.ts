import { describe, expect, it } from 'vitest';
import type { Command } from '../../infra/commands.ts';
import { commands } from '../../infra/commands.ts';
import { hardenedEnvironment, hardeningFlags } from '../../infra/hardening.ts';
import { main } from '../../infra/main.ts';
import { nearest } from '../../infra/nearest.ts';
import { parseBridgeOptions } from '../../service/tools/bridge-options.ts';

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
    [['a', '--sever-port', '1'], /--sever-port/],
    [['a', '--capture'], /--capture/],
  ])('%j are refused', (argv, why) => {
    expect(parseBridgeOptions(argv)).toMatchObject({ misuse: expect.stringMatching(why) });
  });
});

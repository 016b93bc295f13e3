import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { anyPorts, Program, type ProgramOptions } from './program.ts';
import { dial, eventually, firstBytes, join as joinSockets, readAll, readBy } from './relay.ts';

const programs: Program[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const program of programs.splice(0)) await program.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function start(flags: readonly string[], options?: ProgramOptions): Program {
  const program = new Program(flags, options);
  programs.push(program);
  return program;
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pinata-host-'));
  folders.push(path);
  return path;
}

/** A regtest key that is worth nothing: the scalar 1. */
const wif = 'cMahea7zqjxrtgAbB7LSGbcQUr1uX1ojuat9jZodMN87JcbXMTcA';

function keyFile(text: string, mode = 0o600): string {
  const path = join(folder(), 'key');
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('starting', () => {
  test('with --json says one line, of this form, and nothing else on standard output', async () => {
    const program = start(['--json', ...anyPorts]);
    const ready = await program.ready();
    expect(Object.keys(ready)).toEqual([
      ...['ports', 'address', 'network', 'wallet', 'descriptor', 'keyOrigin', 'recovery', 'ephemeral'],
      ...['caSha256', 'siteCaSha256', 'build'],
    ]);
    expect(Object.keys(ready.ports)).toEqual(['http', 'https', 'server', 'dialback', 'reverse']);
    for (const port of Object.values(ready.ports)) expect(port).toBeGreaterThan(0);
    expect(ready).toMatchObject({
      network: 'regtest',
      address: expect.stringMatching(/^bcrt1q[02-9ac-hj-np-z]{38}$/),
      caSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      siteCaSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      build: expect.stringMatching(/^source-[0-9a-f]{64}$/),
    });
    expect(await program.stop()).toEqual({ code: 0, signal: null });
    expect(program.stdout.trimEnd().split('\n')).toHaveLength(1);
  });

  test('without --json says a banner: the doors, the address, the authority, three things to try', async () => {
    const program = start(anyPorts);
    await eventually(
      () => program.stdout,
      (text) => text.includes('status.json'),
    );
    for (const expected of [
      /http:\/\/127\.0\.0\.1:\d+\//,
      /wallet +bcrt1q.* \(regtest, classic\)\n +made in memory: worth nothing/,
      /authority +SHA-256 [0-9a-f]{64}/,
      / {4}openssl s_client -connect 127\.0\.0\.1:\d+/,
      / {4}npx btc-pinata bridge 127\.0\.0\.1 --server-port/,
      / {4}curl -g http:/,
    ]) {
      expect(program.stdout).toMatch(expected);
    }
  });

  test('what cannot be meant ends with 2, on standard error, and nothing is opened', async () => {
    const program = start(['--json', '--http-port', 'x', '--network', 'signet']);
    expect(await program.ended()).toEqual({ code: 2, signal: null });
    expect(program.stderr).toBe(
      'btc-pinata run: --http-port: "x" is not allowed; allowed: a port from 0 to 65535; 0 takes any free one\n',
    );
    expect(program.stdout).toBe('');
  });

  test.each([
    [[], []],
    [['--threads', '2'], []],
    [
      ['--threads', '2'],
      ['--threads', '2'],
    ],
  ])('a port that another has is named, with what to do: first %j, then %j', async (firstThreads, threads) => {
    const first = start(['--json', ...anyPorts, ...firstThreads]);
    const { ports } = await first.ready();
    const others = ['http', 'https', 'dialback', 'reverse'].flatMap((name) => [`--${name}-port`, '0']);
    const second = start(['--json', '--server-port', String(ports['server']), ...others, ...threads]);
    expect(await second.ended()).toEqual({ code: 1, signal: null });
    expect(second.stderr).toMatch(
      /server: cannot listen on 127\.0\.0\.1 port \d+ \(EADDRINUSE\): another process has it.*--server-port/,
    );
    // Who starts a second one is told of all its ports at once.
    const names = ['http', 'https', 'server', 'dialback', 'reverse'];
    const third = start(['--json', ...names.flatMap((name) => [`--${name}-port`, String(ports[name])]), ...threads]);
    expect(await third.ended()).toEqual({ code: 1, signal: null });
    const told = names.filter((name) =>
      third.stderr.includes(`${name}: cannot listen on 127.0.0.1 port ${ports[name]} (EADDRINUSE)`),
    );
    // With threads, those of the main thread and those of the others are opened one after the other.
    expect(told).toEqual(threads.length === 0 ? names : expect.arrayContaining(['http']));
  });

  test('--help and --version are answers, not errors', async () => {
    const help = start(['--help']);
    expect(await help.ended()).toEqual({ code: 0, signal: null });
    expect(help.stdout).toMatch(/^Usage: btc-pinata run \[flags\]/);
    const version = start(['--version']);
    expect(await version.ended()).toEqual({ code: 0, signal: null });
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([
    ['--inspect=0', { node: ['--inspect=0'] }],
    ['--heapsnapshot-signal=SIGUSR2', { node: ['--heapsnapshot-signal=SIGUSR2'] }],
    ['--report-on-signal', { environment: { NODE_OPTIONS: '--report-on-signal' } }],
  ] as const)('under %s it refuses to hold a key', async (flag, options) => {
    const program = start(['--json', ...anyPorts], options);
    expect((await program.ended()).code).toBe(2);
    expect(program.stderr).toContain(flag);
    expect(program.stdout).toBe('');
  });

  test('SIGUSR1 opens no inspector, whoever started it', async () => {
    const program = start(['--json', ...anyPorts]);
    const { ports } = await program.ready();
    program.child.kill('SIGUSR1');
    const status = await fetch(`http://127.0.0.1:${ports['http']}/healthz`);
    expect(status.status).toBe(200);
    expect(program.stderr).not.toMatch(/Debugger|inspector/i);
  });
});

describe('the key file', () => {
  test('is the wallet', async () => {
    const program = start(['--json', ...anyPorts, '--key-file', keyFile(`${wif}\n`)]);
    // P2WPKH of the generator point, BIP-173's own example of a program, on regtest.
    expect((await program.ready())['address']).toBe('bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080');
    await program.stop();
    expect(program.stdout + program.stderr).not.toContain(wif);
  });

  test.each([
    ['readable by the group', `${wif}\n`, 0o640, /has mode 640.*allowed: 600 or 400/],
    ['readable by all', `${wif}\n`, 0o604, /has mode 604/],
    ['empty', '', 0o600, /has 0 bytes/],
    ['too long', `${wif}\n`.repeat(3), 0o600, /has 159 bytes/],
    ['of another network', 'KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn\n', 0o600, /mainnet/],
    ['mistyped', wif.replace('7', '8'), 0o600, /checksum/],
    ['no key at all', 'correct horse battery staple', 0o600, /wallet import format/],
  ])('%s is refused, and never quoted', async (_name, text, mode, problem) => {
    const program = start(['--json', ...anyPorts, '--key-file', keyFile(text, mode)]);
    expect(await program.ended()).toEqual({ code: 2, signal: null });
    expect(program.stderr).toMatch(problem);
    for (const word of text.split(/\s+/).filter((part) => part.length > 3))
      expect(program.stdout + program.stderr).not.toContain(word);
  });

  test.each([
    ['a folder', '', () => folder(), /is not a regular file|EISDIR/],
    ['missing', '', () => '/nonexistent', /--key-file: "\/nonexistent" cannot be read \(ENOENT\); allowed: a file/],
    ['the key itself, given for a path', wif, () => wif, /ENOENT/],
    ['the key behind a folder', wif, () => `./${wif}`, /ENOENT/],
    ['the words of a key', 'abandon', () => 'abandon ability able', /ENOENT/],
  ])('%s is refused, and quoted only if it cannot be a key', async (_name, hidden, path, problem) => {
    const program = start(['--json', ...anyPorts, '--key-file', path()]);
    expect(await program.ended()).toEqual({ code: 2, signal: null });
    expect(program.stderr).toMatch(problem);
    if (hidden !== '') expect(program.stderr).not.toContain(hidden);
  });
});

describe('a folder that cannot be used is the fault of its setting', () => {
  const notAFolder = (): string => {
    const path = join(folder(), 'file');
    writeFileSync(path, '');
    return path;
  };
  const strangers = (): string => {
    const path = folder();
    mkdirSync(join(path, 'certificates'));
    writeFileSync(join(path, 'certificates', 'generation-000001.json'), '{}');
    return path;
  };

  test.each([
    ['--data', 'a file', notAFolder, 'cannot be used (EEXIST); allowed: a directory that this process may write to'],
    ['--data', 'in no folder', () => '/nonexistent/data', 'cannot be used (ENOENT); allowed: a directory'],
    [
      '--data',
      'a folder with other things',
      strangers,
      'is not a generation that was kept there; allowed: a directory',
    ],
    ['--test-credentials', 'a file', notAFolder, 'cannot be written to (EEXIST); allowed: a directory'],
    [
      '--test-credentials',
      'in no folder',
      () => '/nonexistent/x',
      'cannot be written to (ENOENT); allowed: a directory',
    ],
  ])('%s, %s', async (flag, _what, path, problem) => {
    const given = path();
    const program = start(['--json', ...anyPorts, flag, given]);
    expect(await program.ended()).toEqual({ code: 2, signal: null });
    expect(program.stderr).toContain(`btc-pinata run: ${flag}: ${JSON.stringify(given)}`);
    expect(program.stderr).toContain(problem);
    expect(program.stderr.trimEnd()).not.toMatch(/\n +at /);
  });
});

describe('an exception that nobody caught', () => {
  /** What happens at a signal, in a process that is otherwise our own. */
  const atSignal = (act: string): ProgramOptions => {
    const preload = join(folder(), 'preload.mjs');
    writeFileSync(preload, `process.on('SIGUSR2', () => { ${act} });`);
    return { node: ['--import', preload] };
  };

  test.each([
    ['thrown', `throw new TypeError('the value was ${wif}')`, 'TypeError'],
    ['rejected', `void Promise.reject(new RangeError('the value was ${wif}'))`, 'RangeError'],
    ['no error at all', `throw '${wif}'`, 'string'],
    ['with a message that looks like a stack', `throw new Error('x\\n    at ${wif} (a:1:1)')`, 'Error'],
  ])('%s ends the process with one line that has no word of its message', async (_name, act, kind) => {
    const program = start(['--json', ...anyPorts], atSignal(act));
    await program.ready();
    program.child.kill('SIGUSR2');
    expect(await program.ended()).toEqual({ code: 1, signal: null });
    const said = program.stderr.split('\n').filter((line) => line !== '' && !line.includes(' fewer_places '));
    expect(said).toEqual([expect.stringMatching(new RegExp(`^\\S+ fatal error=${kind}( at=.*)?$`))]);
    expect(program.stdout + program.stderr).not.toContain(wif);
  });
});

/** All in one thread, and the bounty's doors in two others. */
const threadings = [{ threads: [] }, { threads: ['--threads', '2'] }];

describe('stopping', () => {
  test.each(threadings)('lets a handshake end, accepts nobody new, and exits 0, $threads', async ({ threads }) => {
    const program = start(['--json', ...anyPorts, ...threads]);
    const { ports } = await program.ready();
    const server = await dial(ports['server'] ?? 0);
    const client = await dial(ports['reverse'] ?? 0);
    // The ClientHello is on its way: both ends are in the middle of a handshake.
    server.write(await firstBytes(client));
    const answer = await firstBytes(server);
    program.child.kill('SIGTERM');
    await eventually(
      () => program.stderr,
      (text) => text.includes('stopping'),
    );
    await expect(dial(ports['http'] ?? 0)).rejects.toThrow(/ECONNREFUSED/);
    client.write(answer);
    await joinSockets(server, client);
    for (const socket of [server, client]) socket.destroy();
    expect(await program.ended()).toEqual({ code: 0, signal: null });
    expect(program.stderr.match(/released port=(server|reverse) release=short_circuit/g)).toHaveLength(2);
  });

  test('sends idle connections away at once, and those that never end after their time', async () => {
    const program = start(['--json', ...anyPorts, '--shutdown-seconds', '2']);
    const { ports } = await program.ready();
    const idle = await Promise.all(['http', 'https', 'server'].map((port) => dial(ports[port] ?? 0)));
    const stuck = await dial(ports['server'] ?? 0);
    stuck.write(Uint8Array.of(22, 3, 1));
    await readBy(ports['http'] ?? 0);
    const order: string[] = [];
    const farewell = readAll(stuck).finally(() => order.push('the stuck'));
    const gone = Promise.all(idle.map(readAll)).finally(() => order.push('the idle'));
    program.child.kill('SIGINT');
    await gone;
    expect([...(await farewell)]).toEqual([21, 3, 3, 0, 2, 1, 0]);
    expect(order).toEqual(['the idle', 'the stuck']);
    for (const socket of [...idle, stuck]) socket.destroy();
    expect(await program.ended()).toEqual({ code: 0, signal: null });
  });

  test.each(threadings)('a second signal does not wait, $threads', async ({ threads }) => {
    const program = start(['--json', ...anyPorts, '--shutdown-seconds', '60', ...threads]);
    const { ports } = await program.ready();
    const stuck = await dial(ports['reverse'] ?? 0);
    await firstBytes(stuck); // its ClientHello: a thread has it, and waits for an answer
    program.child.kill('SIGTERM');
    await eventually(
      () => program.stderr,
      (text) => text.includes('stopping'),
    );
    program.child.kill('SIGTERM');
    expect((await program.ended()).code).toBe(1);
    stuck.destroy();
  });
});

describe('where it listens', () => {
  test.each(threadings)('IPv6, and both families on the same free port, $threads', async ({ threads }) => {
    const program = start(['--json', ...anyPorts, '--listen', '127.0.0.1,::1', ...threads]);
    const { ports } = await program.ready();
    for (const host of ['127.0.0.1', '[::1]']) {
      const response = await fetch(`http://${host}:${ports['http']}/healthz`);
      expect(response.status).toBe(200);
    }
    const socket = await dial(ports['server'] ?? 0, { host: '::1' });
    socket.end('please give key');
    expect((await readAll(socket))[0]).toBe(21);
  });

  test.each(threadings)('descriptors handed in, by name, instead of ports, $threads', async ({ threads }) => {
    const keys = ['http', 'https', 'server', 'dialback', 'reverse'];
    const servers = await Promise.all(keys.map(listening));
    const descriptors = servers.map(({ descriptor }) => descriptor);
    const program = start(['--json', ...threads], {
      descriptors,
      environment: { LISTEN_FDS: '5', LISTEN_FDNAMES: keys.join(':') },
    });
    const { ports } = await program.ready();
    expect(ports).toEqual(Object.fromEntries(keys.map((key, i) => [key, servers[i]?.port])));
    // From here on nobody but the program can accept.
    for (const { server } of servers) server.close();
    expect(await (await fetch(`http://127.0.0.1:${ports['http']}/healthz`)).text()).toMatch(/ok/i);
    // They could be open to the world, whatever --listen says: nobody is called on loopback unless that is asked for.
    await readAll(await dial(ports['dialback'] ?? 0));
    await eventually(
      async () => (await fetch(`http://127.0.0.1:${ports['http']}/status.json`)).text(),
      (text) => text.includes('"connectback.blocked": 1'),
    );
  });

  test('a descriptor that is handed in once for each thread is accepted on by all of them, until the program stops', async () => {
    const keys = ['http', 'https', 'server', 'dialback', 'reverse'];
    const servers = new Map(await Promise.all(keys.map(async (key) => [key, await listening()] as const)));
    const names = ['http', 'https', 'server@1', 'server@2', 'dialback@2', 'reverse', 'reverse'];
    const of = (name: string) => servers.get(name.replace(/@.*/, ''));
    const program = start(['--json', '--threads', '2', '--shutdown-seconds', '0'], {
      descriptors: names.map((name) => of(name)?.descriptor ?? -1),
      environment: { LISTEN_FDS: String(names.length), LISTEN_FDNAMES: names.join(':') },
    });
    const { ports } = await program.ready();
    for (const { server } of servers.values()) server.close();
    for (let i = 0; i < 12; i += 1) {
      const socket = await dial(ports['server'] ?? 0);
      socket.end('please give key');
      expect((await readAll(socket))[0]).toBe(21);
    }
    for (let i = 0; i < 6; i += 1) {
      const client = await dial(ports['reverse'] ?? 0);
      expect((await firstBytes(client))[0]).toBe(22);
      client.destroy();
    }
    // Each of them closed its own: nobody closed a descriptor of another, which would end the process otherwise.
    expect(await program.stop()).toEqual({ code: 0, signal: null });
    expect(program.stderr).not.toContain('fatal');
  });

  test.each([
    [{ LISTEN_FDS: '1', LISTEN_FDNAMES: 'http:https' }, /LISTEN_FDNAMES: 2 names for 1 descriptors/],
    [{ LISTEN_FDS: '1', LISTEN_FDNAMES: 'ftp' }, /LISTEN_FDNAMES: "ftp" is no port of ours/],
    [{ LISTEN_FDS: '1', LISTEN_FDNAMES: 'server@0' }, /LISTEN_FDNAMES: "server@0" is no port of ours/],
    [{ LISTEN_FDS: '-1', LISTEN_FDNAMES: 'http' }, /LISTEN_FDS: "-1"/],
  ])('%j is refused', async (environment, problem) => {
    const program = start(['--json'], { environment });
    expect((await program.ended()).code).toBe(1);
    expect(program.stderr).toMatch(problem);
    expect(program.stderr).not.toContain('fatal');
  });

  test('descriptors for another process are none of ours', async () => {
    const program = start(['--json', ...anyPorts], {
      environment: { LISTEN_FDS: '1', LISTEN_PID: '1', LISTEN_FDNAMES: 'x' },
    });
    expect((await program.ready()).ports['http']).toBeGreaterThan(0);
  });
});

interface Handle {
  readonly fd: number;
}

async function listening(): Promise<{ readonly server: Server; readonly port: number; readonly descriptor: number }> {
  const server = createServer((socket: Socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  // Node hands descriptors to a child by number alone, and has no public way to learn one.
  const handle: Handle = Reflect.get(server, '_handle');
  return { server, port: typeof bound === 'object' && bound !== null ? bound.port : 0, descriptor: handle.fd };
}

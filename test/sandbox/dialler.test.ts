import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../service/bounty/ip-address.ts';
import type { DialResult } from '../../service/host/dialler.ts';
import { socketDialler } from '../../service/host/socket-dialler.ts';
import { anyPorts, Program } from '../host/program.ts';
import { readAll } from '../host/relay.ts';
import { freePort } from '../support/free-port.ts';
import { launcher } from './confined.ts';

/* The dialler of a unit of its own, asked over a Unix socket as the service asks it. */

const folder = mkdtempSync(join(tmpdir(), 'pinata-dialler-'));
const path = join(folder, 'socket');
const listening = async (server: Server, where: Parameters<Server['listen']>[0]): Promise<Server> => {
  server.listen(where);
  await once(server, 'listening');
  return server;
};
const portOf = (server: Server): number => {
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
};
const descriptorOf = (server: Server): number => Number(Reflect.get(Reflect.get(server, '_handle'), 'fd'));

let called: Server;
const diallers: ChildProcess[] = [];

/** Listens on `where`, and dials `port`. */
async function startDialler(where: string, port: number): Promise<void> {
  // Closed in here once it was handed over: then this process takes none of its connections, and removes the first name alone.
  const asked = await listening(createServer(), { path: `${where}.first` });
  renameSync(`${where}.first`, where);
  const dialler = spawn(process.execPath, [launcher, 'dialler', '--allow-private', '--port', String(port)], {
    stdio: ['ignore', 'inherit', 'inherit', descriptorOf(asked)],
    env: { LISTEN_FDS: '1' },
  });
  diallers.push(dialler);
  asked.close();
}

beforeAll(async () => {
  called = await listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      // Says something before it is asked: that must not be lost on the way.
      socket.write('early ');
      socket.on('data', (bytes) => socket.write(bytes));
      socket.on('end', () => socket.end('late'));
    }),
    { port: 0, host: '127.0.0.1' },
  );
  await startDialler(path, portOf(called));
});
afterAll(async () => {
  for (const dialler of diallers) {
    const ended = once(dialler, 'exit');
    dialler.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  }
  called.close();
  rmSync(folder, { recursive: true });
});

function dial(text: string, signal = new AbortController().signal): Promise<DialResult> {
  const address = parseIpAddress(text);
  if (address === undefined) throw new Error(text);
  return socketDialler(path).dial({ address, port: 0, milliseconds: 60_000, signal });
}

describe('a dialler behind a Unix socket', () => {
  it('hands a stream over, whole in both directions, each of which ends by itself', async () => {
    const result = await dial('127.0.0.1');
    if (result.type !== 'connected') throw new Error(result.type);
    const socket: Socket = result.socket;
    const all = readAll(socket);
    socket.end('hello ');
    expect(Buffer.from(await all).toString()).toBe('early hello late');
  });

  it.each(['169.254.169.254', '::ffff:169.254.169.254', '224.0.0.1', '0.0.0.0'])('does not call %s', async (text) => {
    expect(await dial(text)).toEqual({ type: 'blocked' });
  });

  it('is given up on when the service stops', async () => {
    const stopping = new AbortController();
    const result = dial('127.0.0.1', stopping.signal);
    stopping.abort();
    expect((await result).type).toBe('timeout');
  });

  it('is none where nobody listens', async () => {
    const address = parseIpAddress('127.0.0.1');
    if (address === undefined) throw new Error('no address');
    const nobody = socketDialler(join(folder, 'nobody'));
    const request = { address, port: 0, milliseconds: 60_000, signal: new AbortController().signal };
    expect(await nobody.dial(request)).toEqual({ type: 'refused' });
    expect(nobody.refusal(address, false)).toBe('loopback');
    expect(nobody.refusal(address, true)).toBeUndefined();
  });

  it.each([{ threads: [] }, { threads: ['--threads', '2'] }])(
    'short-circuits a service that asks it for its dial-back, $threads',
    async ({ threads }) => {
      const target = await freePort();
      const socket = join(folder, `of the service ${threads.join(' ')}`);
      await startDialler(socket, target);
      const flags = ['--json', ...anyPorts, '--dialback-target-port', String(target)];
      const program = new Program([...flags, '--dialler', socket, ...threads]);
      const { ports } = await program.ready();
      const where = ['http', 'server', 'dialback'].flatMap((name) => [`--${name}-port`, String(ports[name])]);
      const words = ['bridge', '127.0.0.1', '--dialback', '--dialback-target-port', String(target), ...where, '--json'];
      const { stdout } = await promisify(execFile)(process.execPath, [launcher, ...words]);
      expect(JSON.parse(stdout).outcome).toBe('confirmed');
      expect(await program.stop()).toEqual({ code: 0, signal: null });
    },
  );
});

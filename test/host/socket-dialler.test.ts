import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseIpAddress } from '../../service/bounty/ip-address.ts';
import { socketDialler } from '../../service/host/socket-dialler.ts';
import { readAll } from './relay.ts';

/* Whatever a dialler sends, in whatever pieces, and whenever the stream is read: nothing of it is lost. */

const folder = mkdtempSync(join(tmpdir(), 'pinata-socket-dialler-'));
const path = join(folder, 'socket');
const server = createServer({ allowHalfOpen: true }, (socket) => socket.once('data', () => void answer(socket)));
let answer: (socket: Socket) => Promise<void> | void = () => undefined;

beforeAll(async () => {
  server.listen(path);
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function called(): Promise<Socket> {
  const address = parseIpAddress('127.0.0.1');
  if (address === undefined) throw new Error('no address');
  const signal = new AbortController().signal;
  const result = await socketDialler(path).dial({ address, port: 0, milliseconds: 60_000, signal });
  if (result.type !== 'connected') throw new Error(result.type);
  return result.socket;
}

describe('the first bytes of a stream that a dialler hands over', () => {
  const ways: Readonly<Record<string, (socket: Socket) => Promise<void> | void>> = {
    'in one piece with the answer': (socket) => void socket.end('connected\nearly'),
    'in the next piece': (socket) => {
      socket.write('connected\n');
      socket.end('early');
    },
    'a turn later': (socket) => {
      socket.write('connected\n');
      setImmediate(() => socket.end('early'));
    },
    'behind an answer that came in pieces': async (socket) => {
      for (const piece of ['conn', 'ected', '\near']) {
        socket.write(piece);
        await wait(5);
      }
      socket.end('ly');
    },
  };
  it.each(Object.keys(ways))('%s', async (name) => {
    answer = ways[name] ?? answer;
    expect((await readAll(await called())).toString()).toBe('early');
    const later = await called();
    await wait(50); // whoever reads it later
    expect((await readAll(later)).toString()).toBe('early');
  });

  it('end with it, if it ends at once', async () => {
    answer = (socket) => void socket.end('connected\n');
    expect(await readAll(await called())).toHaveLength(0);
  });

  it('is refused where the answer is longer than any word', async () => {
    answer = (socket) => void socket.end('connected with a great many words\n');
    await expect(called()).rejects.toThrow('refused');
  });
});

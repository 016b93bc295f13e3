import { once } from 'node:events';
import { type AddressInfo, createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { concatBytes } from '@noble/hashes/utils.js';
import { afterEach, describe, expect, it } from 'vitest';
import { RecordObserver } from '../../service/tools/record-observer.ts';
import { relay } from '../../service/tools/relay.ts';

/** A relay between two far ends that the test plays itself. */
interface Bench {
  /** Who thinks it talks to a TLS client. */
  readonly server: Socket;
  readonly client: Socket;
  readonly log: string[];
  readonly done: Promise<void>;
  readonly abort: AbortController;
}

const open: (Server | Socket)[] = [];
afterEach(() => {
  for (const handle of open.splice(0)) 'destroy' in handle ? handle.destroy() : handle.close();
});

async function pair(): Promise<readonly [Socket, Socket]> {
  const listener = createServer({ allowHalfOpen: true });
  open.push(listener);
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const near = netConnect({ port: (listener.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const far = await new Promise<Socket>((resolve) => listener.once('connection', resolve));
  open.push(near, far);
  far.on('error', () => undefined);
  return [near, far];
}

async function bench(): Promise<Bench> {
  const [nearServer, server] = await pair();
  const [nearClient, client] = await pair();
  const log: string[] = [];
  const abort = new AbortController();
  const observer = new RecordObserver();
  const done = relay(
    { server: nearServer, client: nearClient },
    {
      data: (direction, bytes) => void observer.observe(direction, bytes),
      end: (direction) => log.push(`end ${direction}`),
      broken: (direction) => log.push(`broken ${direction}`),
    },
    abort.signal,
  );
  return { server, client, log, done, abort };
}

async function readAll(socket: Socket): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) chunks.push(chunk);
  return concatBytes(...chunks);
}

describe('the relay', () => {
  it('passes bytes on untouched, TLS or not, also more than the buffers hold', async () => {
    const { server, client, done } = await bench();
    const garbage = new Uint8Array(3_000_000).map((_, index) => (index * 7 + (index >> 9)) % 256);
    const malformed = Uint8Array.of(22, 3, 3, 0, 6, 1, 0xff, 0xff, 0xff, 0, 0, 21, 3, 3, 0, 0);
    client.end(malformed);
    server.end(garbage);
    const [atServer, atClient] = await Promise.all([readAll(server), readAll(client)]);
    expect(Buffer.compare(atServer, malformed)).toBe(0);
    expect(Buffer.compare(atClient, garbage)).toBe(0);
    await done;
  });

  it('ends one half and leaves the other open', async () => {
    const { server, client, log, done } = await bench();
    client.end('last words');
    expect(new TextDecoder().decode(await readAll(server))).toBe('last words');
    expect(log).toEqual(['end to_server']);
    server.write('still here');
    const [answer] = await once(client, 'data');
    expect(String(answer)).toBe('still here');
    server.end();
    await once(client, 'end');
    await done;
    expect(log).toEqual(['end to_server', 'end to_client']);
  });

  it('breaks the other connection off when one breaks', async () => {
    const { server, client, log, done } = await bench();
    client.write('half a rec');
    await once(server, 'data');
    const broken = once(server, 'error');
    client.resetAndDestroy();
    const [error] = await broken;
    expect(error).toMatchObject({ code: 'ECONNRESET' });
    await done;
    expect(log[0]).toBe('broken to_server');
  });

  it('does not wait for one that takes no more', async () => {
    const { server, client, done } = await bench();
    client.pause();
    server.write(new Uint8Array(8_000_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    client.resetAndDestroy();
    await done;
    expect(server.writableFinished).toBe(false);
  });

  it('is cut by its signal', async () => {
    const { server, client, done, abort } = await bench();
    client.resume();
    server.resume();
    abort.abort();
    await done;
    await Promise.all([once(server, 'end'), once(client, 'end')]);
  });
});

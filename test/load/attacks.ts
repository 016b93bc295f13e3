import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls, type SecureContext } from 'node:tls';
import { bombs } from './bombs.ts';
import { always, atRate, closed, type Door, type Means, nextAddress, open } from './connections.ts';
import { clientHello } from './hellos.ts';

/* What is done to the piñata. Each goes on until it is told to stop, and is bounded by its numbers. */

type Attack = (means: Means, amount: number) => Promise<void>;

const doors: readonly Door[] = ['server', 'reverse', 'http', 'https'];

/** `amount` connections that say nothing, a quarter of them at each door. */
const idle: Attack = async (means, amount) => {
  const waves = 200;
  for (let count = 0; count < amount && !means.signal.aborted; count += waves) {
    const one = (i: number) => open(means, doors[i % doors.length] ?? 'server', nextAddress(1600));
    await Promise.all(Array.from({ length: Math.min(waves, amount - count) }, (_, i) => one(count + i)));
  }
  if (!means.signal.aborted) await once(means.signal, 'abort');
};

/** `amount` connections at each door that say one byte in half a second. */
const slowLoris: Attack = async (means, amount) => {
  const hello = await clientHello('X25519');
  const page = new TextEncoder().encode(`GET / HTTP/1.1\r\nHost: pinata\r\nX-Slow: ${'x'.repeat(4000)}`);
  await Promise.all(
    [...doors, 'dialback' as const].map((door) =>
      always(means, amount, async () => {
        const socket = await open(means, door);
        const bytes = door === 'http' ? page : hello;
        for (let at = 0; at < bytes.length && socket?.destroyed === false; at += 1) {
          socket.write(bytes.subarray(at, at + 1));
          await pause(500, undefined, { signal: means.signal }).catch(() => undefined);
          if (means.signal.aborted) return;
        }
        if (socket !== undefined) await closed(socket);
      }),
    ),
  );
};

/** `amount` hellos a second whose key exchange is the dearest that can be asked for; none goes on. */
const helloFlood =
  (group: string): Attack =>
  async (means, amount) => {
    const hello = await clientHello(group);
    await atRate(means, amount, 2000, async () => {
      const socket = await open(means, 'server');
      if (socket === undefined) return;
      socket.write(hello);
      await Promise.race([once(socket, 'data').catch(() => undefined), closed(socket)]);
      socket.destroy();
    });
  };

/** `amount` at once: whole handshakes, each with as many and as large certificates as can be sent. */
const certificateBombs: Attack = async (means, amount) => {
  const contexts = await bombs();
  let turn = 0;
  await always(means, amount, async () => {
    const context = contexts[turn++ % contexts.length];
    const socket = await open(means, 'server');
    if (socket !== undefined && context !== undefined) await present(socket, context);
  });
};

async function present(socket: Socket, secureContext: SecureContext): Promise<void> {
  const secure = connectTls({ socket, secureContext, ALPNProtocols: ['pinata/1'], rejectUnauthorized: false });
  secure.on('error', () => socket.destroy());
  secure.on('end', () => socket.destroy());
  secure.resume();
  await closed(socket);
}

const warning = Uint8Array.of(21, 3, 3, 0, 2, 1, 90);

/** `amount` at once: a hello, and then alerts without end. */
const alertFlood: Attack = async (means, amount) => {
  const hello = await clientHello('X25519');
  const alerts = Buffer.concat(Array.from({ length: 512 }, () => warning));
  await always(means, amount, async () => {
    const socket = await open(means, 'server');
    if (socket === undefined) return;
    socket.write(hello);
    while (!socket.destroyed && !means.signal.aborted) {
      socket.write(alerts);
      await pause(5);
    }
    await closed(socket);
  });
};

/** `amount` a second that break off: at once, in the middle of a hello, after one, or half-open. */
const resets: Attack = async (means, amount) => {
  const hello = await clientHello('X25519');
  let turn = 0;
  await atRate(means, amount, 2000, async () => {
    const [way, door] = [turn % 4, doors[turn++ % doors.length] ?? 'server'];
    const socket = await open(means, door);
    if (socket === undefined) return;
    if (way === 1) socket.write(hello.subarray(0, 60));
    if (way === 2) socket.write(hello);
    await pause(20);
    if (way === 3) {
      socket.end();
      await Promise.race([closed(socket), pause(2000)]);
    }
    socket.resetAndDestroy();
  });
};

/** `amount` a second at 10001, from whoever takes the call and then says nothing. */
const dialBack: Attack = async (means, amount) => {
  const taken = createServer((socket) => socket.on('error', () => undefined).resume());
  taken.listen(means.target, '0.0.0.0');
  await once(taken, 'listening');
  await atRate(means, amount, 1000, async () => {
    const socket = await open(means, 'dialback');
    if (socket !== undefined) await closed(socket);
  });
  taken.close();
};

/** `amount` challenges a second. */
const challenges: Attack = (means, amount) =>
  atRate(means, amount, 500, () =>
    http(means, 'POST', '/challenge', crypto.getRandomValues(new Uint8Array(32))).catch(() => undefined),
  );

const pages = ['/', '/attempts', '/statistics', '/attempts.json', '/no-such-page', '/certificates.pem', '/guest-book'];

/** `amount` requests at once, each on a connection of its own: the dearest pages, and one that there is not. */
const httpFlood: Attack = (means, amount) => {
  let turn = 0;
  return always(means, amount, () => http(means, 'GET', pages[turn++ % pages.length] ?? '/').catch(() => undefined));
};

async function http({ ports, tally }: Means, method: string, path: string, body?: Uint8Array): Promise<void> {
  const asking = request({
    host: '127.0.0.1',
    port: ports.http,
    path,
    method,
    agent: false,
    localAddress: nextAddress(),
    timeout: 10_000,
    headers: body === undefined ? {} : { 'content-length': body.length },
  });
  asking.on('timeout', () => asking.destroy(new Error('no answer in time')));
  asking.end(body);
  tally.opened += 1;
  try {
    const [response] = await once(asking, 'response');
    for await (const part of response) tally.answered += part.length;
    tally.closed += 1;
  } catch {
    tally.reset += 1;
  }
}

/** `amount` a second whose first bytes are no TLS: each is an attempt that is written down. */
const garbage: Attack = async (means, amount) => {
  const bytes = new TextEncoder().encode(`GET /${'a'.repeat(900)} HTTP/1.1\r\n\r\n`);
  await atRate(means, amount, 2000, async () => {
    const socket = await open(means, 'server');
    if (socket === undefined) return;
    socket.end(bytes);
    await closed(socket);
  });
};

export const attacks = {
  idle,
  'slow-loris': slowLoris,
  'hello-hybrid': helloFlood('X25519MLKEM768'),
  'hello-p384': helloFlood('P-384'),
  'certificate-bombs': certificateBombs,
  'alert-flood': alertFlood,
  resets,
  'dial-back': dialBack,
  challenges,
  'http-flood': httpFlood,
  garbage,
} as const satisfies Readonly<Record<string, Attack>>;

export type AttackName = keyof typeof attacks;

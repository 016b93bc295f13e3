import { once } from 'node:events';
import { get, request } from 'node:http';
import { get as getSecurely } from 'node:https';
import { connect as dial } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { parseArgs } from 'node:util';
import type { Ports } from './target.ts';

/*
 * Who comes meanwhile, and means well: readers of the page, by HTTP and by HTTPS, programs that read the status, somebody who has
 * the key proven, and whoever tries the bounty's door with another TLS stack and is told that a certificate is wanted. As a
 * process of its own, from prefixes of its own: it sends one line of JSON for each visit.
 */

export type Kind = 'page' | 'secure page' | 'status' | 'challenge' | 'handshake';

export interface Visit {
  readonly kind: Kind;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly milliseconds: number;
  /** Undefined where it went as it should. */
  readonly failure?: string;
}

const patience = 5000;
/** Visits in a second, of each kind. */
const rates: Readonly<Record<Kind, number>> = {
  page: 8,
  'secure page': 1,
  status: 4,
  challenge: 1,
  handshake: 4,
};

const { values } = parseArgs({ options: { ports: { type: 'string', default: '{}' } } });
const ports: Ports = JSON.parse(values.ports);
let visitors = 0;
/** Each from another of eight prefixes, which no attacker has. */
const localAddress = (): string => `127.${200 + (visitors++ % 8)}.1.1`;

const visits: Readonly<Record<Kind, () => Promise<void>>> = {
  page: () => read('/', 5000),
  status: () => read('/status.json', 500),
  challenge,
  'secure page': securePage,
  handshake,
};

function read(path: string, atLeast: number): Promise<void> {
  const options = { host: '127.0.0.1', port: ports.http, path, agent: false, localAddress: localAddress() };
  return answered(get({ ...options, timeout: patience }), atLeast);
}

function securePage(): Promise<void> {
  const options = { host: '127.0.0.1', port: ports.https, path: '/', agent: false, localAddress: localAddress() };
  return answered(getSecurely({ ...options, rejectUnauthorized: false, timeout: patience }), 5000);
}

function challenge(): Promise<void> {
  const asking = request({
    host: '127.0.0.1',
    port: ports.http,
    path: '/challenge',
    method: 'POST',
    agent: false,
    localAddress: localAddress(),
    timeout: patience,
    headers: { 'content-type': 'application/octet-stream', 'content-length': 32 },
  });
  asking.end(crypto.getRandomValues(new Uint8Array(32)));
  return answered(asking, 10);
}

async function answered(asking: ReturnType<typeof get>, atLeast: number): Promise<void> {
  asking.on('timeout', () => asking.destroy(new Error('no answer in time')));
  const [response] = await once(asking, 'response');
  let length = 0;
  for await (const part of response) length += part.length;
  if (response.statusCode < 200 || response.statusCode > 299) throw new Error(`HTTP ${response.statusCode}`);
  if (length < atLeast) throw new Error(`${length} bytes`);
}

function handshake(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      socket: dial({ host: '127.0.0.1', port: ports.server, localAddress: localAddress() }).on('error', reject),
      ALPNProtocols: ['pinata/1'],
      rejectUnauthorized: false,
    });
    socket.setTimeout(patience, () => socket.destroy(new Error('no answer in time')));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' ? resolve() : reject(error),
    );
    socket.on('close', () => reject(new Error('closed without an alert')));
    socket.resume();
  });
}

async function visit(kind: Kind): Promise<void> {
  const [at, began] = [Date.now(), performance.now()];
  const failure = await Promise.race([
    visits[kind]().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
    pause(patience, 'no end in time', { ref: false }),
  ]);
  const said: Visit = {
    kind,
    at,
    milliseconds: performance.now() - began,
    ...(failure === undefined ? {} : { failure }),
  };
  if (process.connected) process.send?.(said, () => undefined);
}

/* Whoever waits for an answer keeps nobody else from coming: visits begin by the clock, not after one another. */
for (const kind of Object.keys(rates) as Kind[]) {
  setInterval(() => void visit(kind), 1000 / rates[kind]);
}
process.on('disconnect', () => process.exit(0));

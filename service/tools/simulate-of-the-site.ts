import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { FailureKey } from '../trace/index.ts';
import { RogueClient } from './rogue/client.ts';
import { Wire } from './rogue/wire.ts';
import type { Door, Kind, Scene } from './simulate-visit.ts';

/* Visitors of the page: 50 000 addresses in 2015, with somewhat more than four requests each. */

const paths = ['/', '/favicon.svg', '/ca.pem', '/status.json', '/certificates.pem', '/manifest.json', '/robots.txt'];

const get = (path: string, last: boolean, agent = 'Mozilla/5.0 (X11; Linux x86_64)'): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ${agent}\r\n${last ? 'Connection: close\r\n' : ''}\r\n`;

/** The page, and whatever else: one to seven requests on one connection. */
function reading(random: () => number): string {
  const count = 1 + Math.floor(random() * paths.length);
  return paths
    .slice(0, count)
    .map((path, index) => get(path, index === count - 1))
    .join('');
}

const readsThePage: Kind = {
  name: 'reads the page',
  count: 46_000,
  expect: { 'website.page': 1 },
  async visit(scene) {
    const socket = await scene.connect('http');
    socket.write(reading(scene.random));
    await scene.left(socket);
    socket.end();
  },
};

const readsItOverTls: Kind = {
  name: 'reads the page over HTTPS',
  count: 1_500,
  expect: { 'website.page': 1 },
  async visit(scene) {
    const under = await scene.connect('https');
    const socket = connectTls({ socket: under, servername: 'localhost', ca: scene.siteAuthority });
    const failed = new Promise<never>((_, reject) => socket.once('error', reject));
    socket.write(get('/', false));
    socket.write(get('/status.json', true));
    socket.once('end', () => socket.end());
    socket.resume();
    await Promise.race([new Promise((resolve) => socket.once('close', resolve)), failed]);
  },
};

/** A handshake with the page's own port, and what is said after it. */
const shakesHands = (name: string, count: number, key: FailureKey, say: (rogue: RogueClient) => void): Kind => ({
  name,
  count,
  expect: { [key]: 1 },
  async visit(scene) {
    const rogue = new RogueClient(new Wire(await scene.connect('https')));
    rogue.hello({ protocols: ['http/1.1'], serverName: 'localhost' });
    await rogue.serverFlight();
    say(rogue);
    await rogue.ending();
    rogue.wire.end();
  },
});

const asks = (name: string, count: number, key: FailureKey, request: string): Kind => ({
  name,
  count,
  expect: { [key]: 1 },
  visit: (scene) => saying(scene, 'http', utf8ToBytes(request)),
});

/** Says it, and listens until the other side has left. */
export async function saying(scene: Scene, door: Door, bytes: Uint8Array): Promise<void> {
  const socket: Socket = await scene.connect(door);
  socket.write(bytes);
  await scene.left(socket);
  socket.end();
}

export const kindsOfTheSite: readonly Kind[] = [
  readsThePage,
  readsItOverTls,
  shakesHands('tests that it speaks TLS', 300, 'website.handshake', (rogue) => {
    rogue.finished();
    rogue.sealWithApplicationKeys();
    rogue.alert(1, 0);
  }),
  asks('looks for WordPress', 900, 'http.404', get('/wp-login.php', true, 'python-requests/2.32')),
  asks('looks for secrets', 900, 'http.404', get('/.env', true, 'Go-http-client/1.1')),
  asks(
    'posts to a router',
    120,
    'http.405',
    'POST /cgi-bin/luci HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  ),
  asks(
    'uses the page as a proxy',
    60,
    'http.405',
    'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n',
  ),
  asks('lists a WebDAV folder', 30, 'http.501', 'PROPFIND / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
  asks('speaks HTTP/2 at once', 40, 'http.505', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  asks('speaks TLS to the port of HTTP', 120, 'http.400', '\x16\x03\x01\x00\x9b\x01\x00\x00\x97\x03\x03'),
  asks('asks for a path without end', 10, 'http.414', `GET /${'a'.repeat(8000)} HTTP/1.1\r\n\r\n`),
  asks('sends cookies without end', 10, 'http.431', `GET / HTTP/1.1\r\nCookie: ${'a'.repeat(9000)}\r\n\r\n`),
  asks('sends content with GET', 10, 'http.413', 'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody'),
];

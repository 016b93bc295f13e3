import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readdirSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RogueClient } from '../support/rogue/client.ts';
import { liveService } from './live-service.ts';

/*
 * threats.md J3: what Node hands over may lie in memory that it uses again. Here it does so at once: every byte that comes
 * in is overwritten as soon as whoever listens was told, and what still waits for its turn then must be a copy.
 */

function overwriteWhatComesIn(): void {
  const accepted = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('socket' in message)) return;
    const { socket } = message;
    // Node tells of a socket once the service has it, so that the service listens before us.
    if (socket instanceof Socket) socket.on('data', (chunk) => chunk.fill(0xff));
  };
  subscribe('net.server.socket', accepted);
  onTestFinished(() => void unsubscribe('net.server.socket', accepted));
}

it.each([
  ['server', {}, true],
  ['https', { protocols: ['http/1.1'], serverName: 'localhost' }, false],
] as const)('the port %s hears what was said, and nothing later', async (port, hello, requested) => {
  const { service } = await liveService();
  overwriteWhatComesIn();
  // Of many who speak at once, all but the first wait for their turn.
  const rogues = await Promise.all(Array.from({ length: 8 }, () => RogueClient.connect(service.ports[port])));
  for (const rogue of rogues) rogue.hello(hello);
  for (const rogue of rogues) {
    expect((await rogue.serverFlight()).requested).toBe(requested);
    rogue.wire.end();
  }
});

it('nothing of the bundle keeps bytes in a pool, or takes memory as it was left', () => {
  const service = resolve(import.meta.dirname, '../../service');
  const files = readdirSync(service, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith('tools/'));
  expect(sources.length).toBeGreaterThan(100);
  // Text made of a Buffer is a copy: nothing of the pool goes with it.
  const pooled = /\ballocUnsafe|\bBuffer\.(?:concat|of|copyBytesFrom|from\((?!.*\)\.toString\())/;
  expect(sources.filter((file) => pooled.test(readFileSync(join(service, file), 'utf8')))).toEqual([]);
});

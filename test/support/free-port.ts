import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { PeerProcess } from './peer-process.ts';

/*
 * Ports for programs that cannot be told to take any, and for those that must be known before anybody listens. Whoever can
 * listen on port 0 and ask what it got does that instead.
 *
 * The kernel takes ports for outgoing connections and for port 0 from 32768 upward (Linux) or 49152 (RFC 6335 §6), never
 * from these, unless it is configured otherwise. So nothing that names no port takes one between our look and its use.
 */
const lowest = 20_000;
const count = 32_768 - lowest;

/** A TCP port that is free on every address, and that no other caller of this function gets while this process lives. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * count);
    if ((await reserved(port)) && (await unused(port))) return port;
  }
  throw new Error(`no free TCP port found from ${lowest} to ${lowest + count - 1} in 200 attempts; see ss -ltn`);
}

/** The UDP port of the same number says, to every process of this machine, that the TCP port has been handed out. */
async function reserved(port: number): Promise<boolean> {
  const token = createSocket('udp4');
  try {
    const bound = once(token, 'listening');
    token.bind({ port, address: '127.0.0.1', exclusive: true });
    await bound;
    token.unref();
    return true;
  } catch {
    token.close();
    return false;
  }
}

/** On every address, of both families where there are two: some programs can be told no address. */
async function unused(port: number): Promise<boolean> {
  const server = createServer();
  try {
    const listening = once(server, 'listening');
    server.listen({ port, exclusive: true });
    await listening;
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/**
 * Starts a program on a port that it is told, and waits until it has said that it listens. The port may still be lost to
 * somebody who was told the same number: then it is stopped, and started on another.
 */
export async function startOnFreePort(
  start: (port: number) => PeerProcess,
  listens: RegExp,
): Promise<{ port: number; peer: PeerProcess }> {
  const taken = /address (?:is|already) in use/i;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const peer = start(port);
    try {
      await peer.until(new RegExp(`${listens.source}|${taken.source}`, 'i'));
    } catch (error) {
      if (!taken.test(peer.output)) throw error;
    }
    if (!taken.test(peer.output)) return { port, peer };
    await peer.stop();
    if (attempt === 5)
      throw new Error(`${peer.commandLine}\nfound its port taken, like 4 others before:\n${peer.output}`);
  }
}

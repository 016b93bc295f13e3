import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ports } from './target.ts';

/* What every attacker has: addresses to come from, a number that bounds him, and a count of what became of his connections. */

export type Door = keyof Ports;

export interface Tally {
  opened: number;
  refused: number;
  /** By how a connection ended. */
  closed: number;
  reset: number;
  /** Bytes that came back. */
  answered: number;
}

export interface Means {
  readonly ports: Ports;
  readonly tally: Tally;
  readonly signal: AbortSignal;
  /** Where the dial-back of 10001 calls. */
  readonly target: number;
}

let addresses = 0;

/** From the next of 64 prefixes in eight networks, unless somebody has fewer. */
export const nextAddress = (prefixes = 64): string => {
  const next = addresses++ % prefixes;
  return `127.${10 + (next % 8)}.${1 + Math.floor(next / 8)}.${1 + (addresses % 200)}`;
};

/** Undefined where nobody let it in. */
export function open(
  { ports, tally, signal }: Means,
  door: Door,
  localAddress = nextAddress(),
): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined);
    const socket = connect({ host: '127.0.0.1', port: ports[door], localAddress, allowHalfOpen: true });
    let connected = false;
    socket.on('connect', () => {
      connected = true;
      tally.opened += 1;
      resolve(socket);
    });
    socket.on('data', (bytes) => {
      tally.answered += bytes.length;
    });
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', (hadError) => {
      if (!connected) tally.refused += 1;
      else if (hadError) tally.reset += 1;
      else tally.closed += 1;
      resolve(undefined);
    });
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });
}

/** `act` so many times a second, however long each takes, and never more than `atOnce` at the same time. */
export async function atRate(
  { signal }: Means,
  perSecond: number,
  atOnce: number,
  act: () => Promise<void>,
): Promise<void> {
  const began = performance.now();
  let done = 0;
  let running = 0;
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
    for (; done < due; done += 1) {
      if (running >= atOnce) continue;
      running += 1;
      void act().finally(() => {
        running -= 1;
      });
    }
    await pause(10);
  }
}

/** `atOnce` of them, each begun again when it ended. */
export async function always({ signal }: Means, atOnce: number, act: () => Promise<void>): Promise<void> {
  const one = async (): Promise<void> => {
    while (!signal.aborted) {
      await act();
      await pause(1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });

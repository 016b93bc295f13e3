import type { Socket } from 'node:net';
import { bytesToHex } from '@noble/hashes/utils.js';
import { BridgeCapture } from './bridge-capture.ts';
import type { BridgeOptions } from './bridge-options.ts';
import { accept, ConnectFailure, connect, listen } from './connect.ts';
import type { Negotiated } from './hello-facts.ts';
import { lookUpPair } from './pairs.ts';
import { type Direction, RecordObserver, type Sighting } from './record-observer.ts';
import { type Ends, relay } from './relay.ts';

/* The short-circuit (features.md A8): a server port of the piñata joined to a client port of the same piñata. */

/** What happens, as it happens; `at` in milliseconds since both connections stood. */
export type BridgeEvent =
  | {
      readonly type: 'joined';
      readonly at: number;
      readonly server: string;
      readonly client: string;
      readonly bridge: string;
    }
  | { readonly type: 'seen'; readonly at: number; readonly direction: Direction; readonly sighting: Sighting }
  | { readonly type: 'end'; readonly at: number; readonly direction: Direction; readonly unfinished: number }
  | { readonly type: 'broken'; readonly at: number; readonly direction: Direction; readonly reason: string };

export interface BridgeReport {
  /** `confirmed`: the host lists both ends as its own. `unknown`: bytes went through, and that is all one can say. */
  readonly outcome: 'confirmed' | 'unknown' | 'failed';
  /** Why it is not confirmed. */
  readonly reason?: string;
  readonly clientRandom?: string;
  readonly negotiated?: Negotiated;
  readonly bytes: Readonly<Record<Direction, number>>;
}

const nothing = { to_server: 0, to_client: 0 } as const;
/** How long the host is asked for the pair after the bridge has ended. */
const LOOK_UP_MILLISECONDS = 3000;

/** Joins the two ports until both directions have ended, then asks the host what it was. `signal`: somebody lost patience. */
export async function bridge(
  options: BridgeOptions,
  watch: (event: BridgeEvent) => void,
  signal: AbortSignal,
): Promise<BridgeReport> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutSeconds * 1000)]);
  const capture = options.captureFile === undefined ? undefined : new BridgeCapture(options.captureFile);
  try {
    const ends = await openEnds(options, deadline);
    const host = ends.server.remoteAddress ?? options.host;
    capture?.joined(ends, options.client.kind === 'dialback');
    const { observer, bytes, broken } = await watchedRelay(ends, watch, capture, deadline);
    const ended = broken ?? (deadline.aborted ? interruption(signal, options.timeoutSeconds) : undefined);
    const { clientRandom, negotiated } = observer.overheard;
    const told = { bytes, ...(negotiated === undefined ? {} : { negotiated }) };
    if (clientRandom === undefined) {
      const reason = `the client port sent no ClientHello${ended === undefined ? '' : `: ${ended}`}`;
      return { outcome: 'unknown', reason, ...told };
    }
    const id = bytesToHex(clientRandom);
    const url = new URL(`http://${host.includes(':') ? `[${host}]` : host}:${options.httpPort}/pairs.json`);
    const lookup = await lookUpPair(url, id, negotiated === undefined ? 0 : LOOK_UP_MILLISECONDS);
    if (lookup.known) return { outcome: 'confirmed', clientRandom: id, ...told };
    const reason = ended === undefined ? lookup.reason : `${ended}; ${lookup.reason}`;
    return { outcome: 'unknown', reason, clientRandom: id, ...told };
  } catch (error) {
    if (!(error instanceof ConnectFailure)) throw error;
    return { outcome: 'failed', reason: error.message, bytes: nothing };
  } finally {
    capture?.close();
  }
}

const interruption = (signal: AbortSignal, seconds: number): string =>
  signal.aborted ? 'the bridge was interrupted' : `the bridge was cut after ${seconds} s`;

/** The server first: it waits to be spoken to, while the client speaks at once. */
async function openEnds(options: BridgeOptions, signal: AbortSignal): Promise<Ends> {
  const server = await connect(options.host, options.serverPort, "the bounty's TLS server", signal);
  try {
    // The same machine for both, where a name has several addresses.
    return { server, client: await openClient(options, server, signal) };
  } catch (error) {
    server.destroy();
    throw error;
  }
}

async function openClient({ client, host }: BridgeOptions, server: Socket, signal: AbortSignal): Promise<Socket> {
  const { remoteAddress = host, localAddress = '::' } = server;
  if (client.kind === 'reverse') return connect(remoteAddress, client.port, "the bounty's TLS client", signal);
  const listener = await listen(localAddress, client.listenOn);
  try {
    const called = accept(listener, remoteAddress, signal);
    called.catch(() => undefined); // it is awaited below, unless the call itself fails first
    const trigger = await connect(remoteAddress, client.port, 'which makes the bounty call back', signal);
    trigger.on('error', () => undefined); // it is closed at once, in whatever way
    trigger.resume();
    trigger.end();
    return await called;
  } finally {
    listener.close();
  }
}

interface Relayed {
  readonly observer: RecordObserver;
  readonly bytes: Readonly<Record<Direction, number>>;
  readonly broken: string | undefined;
}

async function watchedRelay(
  ends: Ends,
  watch: (event: BridgeEvent) => void,
  capture: BridgeCapture | undefined,
  signal: AbortSignal,
): Promise<Relayed> {
  const observer = new RecordObserver();
  const bytes: Record<Direction, number> = { ...nothing };
  let broken: string | undefined;
  const start = performance.now();
  const at = (): number => performance.now() - start;
  watch({
    type: 'joined',
    at: 0,
    server: farEnd(ends.server),
    client: farEnd(ends.client),
    bridge: ends.server.localAddress ?? 'here',
  });
  await relay(
    ends,
    {
      data(direction, chunk) {
        bytes[direction] += chunk.length;
        capture?.data(direction, chunk);
        for (const sighting of observer.observe(direction, chunk))
          watch({ type: 'seen', at: at(), direction, sighting });
      },
      end(direction) {
        capture?.end(direction);
        watch({ type: 'end', at: at(), direction, unfinished: observer.unfinished(direction) });
      },
      broken(direction, reason) {
        capture?.broken(direction);
        broken ??= `${direction === 'to_server' ? 'the client' : 'the server'} broke the connection off (${reason})`;
        watch({ type: 'broken', at: at(), direction, reason });
      },
    },
    signal,
  );
  return { observer, bytes, broken };
}

const farEnd = ({ remoteAddress = '?', remotePort = 0 }: Socket): string =>
  remoteAddress.includes(':') ? `[${remoteAddress}]:${remotePort}` : `${remoteAddress}:${remotePort}`;

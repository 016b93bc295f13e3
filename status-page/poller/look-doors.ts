import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { bountyProtocol, probeAlert, probeProtocol, roleNames } from '../../service/bounty/endpoints.ts';
import { authorityShown } from '../../service/tools/challenge-authority.ts';
import { ask } from '../../service/tools/challenge-http.ts';
import { connect } from '../../service/tools/connect.ts';
import { pollerAgent } from './agent.ts';
import { withoutAdvice } from './finding.ts';
import { probeContext } from './probe-context.ts';

/*
 * The doors of a host, from outside, by Node's TLS, which is not the host's. Each says that it is a
 * probe: the host counts it apart, and gives it no more than anybody.
 */

/** `authority`: SHA-256 of the one whose certificate it showed; undefined where that is none of those it publishes. */
export interface DoorSeen {
  readonly state: 'up' | 'down';
  readonly sentence: string;
  readonly authority?: string | undefined;
}

export interface Door {
  readonly host: string;
  readonly port: number;
}

/** Up where anything answers as it should, whatever its documents say. */
export async function lookAtHttp(base: URL, signal: AbortSignal): Promise<DoorSeen> {
  try {
    const { status } = await ask(new URL('/healthz', base), undefined, signal, { agent: pollerAgent });
    if (status === 200) return { state: 'up', sentence: 'The page answers.' };
    return { state: 'down', sentence: `It answers ${status}, as no piñata does.` };
  } catch (error) {
    return down(error);
  }
}

export const lookAtServer = (door: Door, pem: string, signal: AbortSignal): Promise<DoorSeen> =>
  shown(door, { what: 'the TLS server of the bounty', name: roleNames.server, protocol: probeProtocol, pem }, signal);

/** An older host does not know the probe's protocol here, and takes the page's. */
export const lookAtHttps = (door: Door, pem: string, signal: AbortSignal): Promise<DoorSeen> =>
  shown(door, { what: 'the page over HTTPS', name: undefined, protocol: [probeProtocol, 'http/1.1'], pem }, signal);

type Showing = Omit<Parameters<typeof authorityShown>[0], 'host' | 'port'>;

async function shown(door: Door, showing: Showing, signal: AbortSignal): Promise<DoorSeen> {
  try {
    const authority = await authorityShown({ ...door, ...showing }, signal);
    if (/^[0-9a-f]{64}$/.test(authority)) {
      return { state: 'up', sentence: 'A handshake, under the authority that the page publishes.', authority };
    }
    if (!authority.startsWith('another')) return { state: 'down', sentence: `No handshake: ${authority}.` };
    return { state: 'up', sentence: `A handshake, and not under the authority that the page publishes: ${authority}.` };
  } catch (error) {
    return down(error);
  }
}

/**
 * It closes at once and calls back, where nobody listens. That this is a probe is said beforehand, in the words of the other
 * port: the host counts both calls as such.
 */
export async function lookAtDialback({ host, port }: Door, signal: AbortSignal): Promise<DoorSeen> {
  let socket: Socket;
  try {
    socket = await connect(host, port, 'the port that calls back', signal);
  } catch (error) {
    return down(error);
  }
  try {
    const first = await new Promise<'closed' | 'bytes' | 'late'>((resolve) => {
      socket.once('data', () => resolve('bytes'));
      for (const name of ['end', 'close', 'error'] as const) socket.once(name, () => resolve('closed'));
      signal.addEventListener('abort', () => resolve('late'), { once: true });
      socket.write(probeAlert);
      socket.resume();
    });
    if (first === 'closed') return { state: 'up', sentence: 'It took the call and closed it, to call back.' };
    const did = first === 'bytes' ? 'says something' : 'does not close';
    return { state: 'down', sentence: `It takes the call and ${did}, as no piñata does.` };
  } finally {
    socket.on('error', () => undefined);
    // Not a reset, which could take with it what was said.
    socket.destroySoon();
  }
}

/**
 * It plays the TLS client: its whole ClientHello has to be one that OpenSSL reads, with the name of the server it looks for
 * and the bounty's protocol and no other. What answers it speaks that of probes alone, and so has to decline (RFC 7301 §3.2):
 * that alert is what the host counts as a probe.
 */
export async function lookAtReverse({ host, port }: Door, signal: AbortSignal): Promise<DoorSeen> {
  let socket: Socket;
  try {
    socket = await connect(host, port, 'the TLS client of the bounty', signal);
  } catch (error) {
    return down(error);
  }
  let offered: Offer | undefined;
  const tls = new TLSSocket(socket, {
    isServer: true,
    secureContext: probeContext(),
    ALPNCallback: (offer) => {
      offered = offer;
      return undefined;
    },
  });
  try {
    await new Promise<void>((resolve) => {
      for (const event of ['error', 'end', 'close', 'secure'] as const) tls.once(event, () => resolve());
      tls.resume(); // or a FIN in the middle of a hello is not heard
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    return judged(offered);
  } finally {
    tls.on('error', () => undefined); // what still comes of a connection that is over
    await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 250).unref())]).catch(
      () => undefined,
    );
    socket.destroy();
  }
}

interface Offer {
  readonly servername: string;
  readonly protocols: readonly string[];
}

function judged(offered: Offer | undefined): DoorSeen {
  if (offered === undefined) {
    return { state: 'down', sentence: 'It takes the call and sends no ClientHello that could be read.' };
  }
  const { servername, protocols } = offered;
  if (servername !== roleNames.server) {
    return { state: 'down', sentence: 'It takes the call and sends a ClientHello that looks for another name.' };
  }
  if (protocols.join() !== bountyProtocol) {
    return { state: 'down', sentence: 'It takes the call and sends a ClientHello that offers another protocol.' };
  }
  return { state: 'up', sentence: `It sends a ClientHello that looks for ${servername} and offers ${bountyProtocol}.` };
}

const down = (error: unknown): DoorSeen => ({
  state: 'down',
  sentence: `No connection: ${withoutAdvice(error).slice(0, 280)}.`,
});

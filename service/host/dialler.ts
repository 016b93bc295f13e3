import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type DialBackRefusal, dialBackRefusal } from '../bounty/dial-back-policy.ts';
import { type IpAddress, parseIpAddress, unmapped } from '../bounty/ip-address.ts';

/* Connects to where a visitor came from. It takes an address and never a name: nothing is resolved, nobody is asked. */

export type DialResult =
  | { readonly type: 'connected'; readonly socket: Socket }
  /** RST, or no way there. */
  | { readonly type: 'refused' }
  | { readonly type: 'timeout' }
  /** By whoever dials for us, who judges the address as well. */
  | { readonly type: 'blocked' };

export interface DialRequest {
  readonly address: IpAddress;
  readonly port: number;
  readonly milliseconds: number;
  /** Gives the attempt up, as when the process is to stop. */
  readonly signal: AbortSignal;
  /** Reads nothing yet: the socket is for another process. */
  readonly unread?: boolean;
}

/** Who connects: this process, or another where this one may not (docs/sandbox.md). */
export interface Dialler {
  /** Why `address` is not to be called, as far as this process can tell. */
  refusal(address: IpAddress, allowPrivate: boolean): DialBackRefusal | undefined;
  dial(request: DialRequest): Promise<DialResult>;
}

/** Why `address` is not to be called, as things are now: our own addresses may change while we run. */
export const callRefusal = (address: IpAddress, allowPrivate: boolean): DialBackRefusal | undefined =>
  dialBackRefusal(address, { allowPrivate, ownAddresses: ownAddresses() });

/** For an address that `callRefusal` has nothing against. */
export function dial(request: DialRequest): Promise<DialResult> {
  return new Promise((resolve) => {
    const { family, text } = hostOf(request.address);
    const socket = connect({ host: text, port: request.port, family, allowHalfOpen: true });
    if (request.unread === true) socket.pause();
    const giveUp = (result: DialResult): void => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(result);
    };
    const abort = (): void => giveUp({ type: 'timeout' });
    const timer = setTimeout(abort, request.milliseconds);
    request.signal.addEventListener('abort', abort);
    const refused = (): void => giveUp({ type: 'refused' });
    socket.once('error', refused);
    socket.once('connect', () => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', abort);
      socket.removeListener('error', refused);
      resolve({ type: 'connected', socket });
    });
  });
}

export const ownDialler: Dialler = { refusal: callRefusal, dial };

function ownAddresses(): readonly IpAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ address }) => parseIpAddress(address) ?? []);
}

export function hostOf(address: IpAddress): { readonly family: 4 | 6; readonly text: string } {
  const { family, bytes } = unmapped(address);
  if (family === 4) return { family, text: bytes.join('.') };
  const groups = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return { family, text: groups.join(':') };
}

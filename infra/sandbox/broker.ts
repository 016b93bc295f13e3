import type { ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import * as v from 'valibot';
import { parseIpAddress } from '../../service/bounty/ip-address.ts';
import { TokenBuckets } from '../../service/bounty/limits.ts';
import type { BrokerAnswer } from '../../service/host/brokered-dialler.ts';
import { callRefusal, type DialResult, dial } from '../../service/host/dialler.ts';

/*
 * Dials for the service, which cannot. It is told an address and nothing else: the port is that of the manifest, forbidden
 * ranges are refused here again, and who asks for more than a piñata would is refused too. Whoever broke the service can have
 * visitors' dial-back ports called, and no more.
 */

export interface BrokerOptions {
  readonly port: number;
  readonly milliseconds: number;
  readonly privateAddresses: boolean;
}

/**
 * Twice as many as the service itself has under way (service/host/admission.ts), since those that it gave up for others go on
 * here; and twice what it would ask for in a second.
 */
const atOnce = 256;
const rate = { burst: 128, perSecond: 32, keys: 1 } as const;

/** Answers that wait for the service to take them. */
const mostUnsent = 4096;

const requestSchema = v.variant('type', [
  v.strictObject({ type: v.literal('begun') }),
  v.strictObject({
    type: v.literal('dial'),
    call: v.pipe(v.number(), v.safeInteger()),
    address: v.pipe(v.string(), v.maxLength(64)),
  }),
]);

/** `begun`: the service listens to signals. */
export function serveDials(child: ChildProcess, options: BrokerOptions, begun: () => void): void {
  const closing = new AbortController();
  const calls = new TokenBuckets(rate);
  let dialling = 0;
  let unsent = 0;
  let hasBegun = false;
  const answer = (message: BrokerAnswer, socket?: Socket): void => {
    socket?.on('error', () => undefined);
    if (!child.connected) {
      socket?.destroy();
      return;
    }
    unsent += 1;
    // Asks and asks, and takes no answer: that is no piñata.
    if (unsent > mostUnsent) child.kill('SIGKILL');
    child.send(message, socket, {}, () => {
      unsent -= 1;
      socket?.destroy();
    });
  };
  child.once('disconnect', () => closing.abort());
  child.on('message', (message, handle) => {
    // Nothing is ever handed out to here; and what may come is of more kinds than one would think.
    if (handle instanceof Socket) handle.destroy();
    else handle?.close();
    const request = v.safeParse(requestSchema, message);
    if (!request.success) return;
    if (request.output.type === 'begun') {
      if (!hasBegun) begun();
      hasBegun = true;
      return;
    }
    const { call, address: text } = request.output;
    const address = parseIpAddress(text);
    const blocked =
      dialling >= atOnce ||
      !calls.take('', performance.now()) ||
      address === undefined ||
      callRefusal(address, options.privateAddresses) !== undefined;
    if (blocked) return answer({ call, outcome: 'blocked' });
    dialling += 1;
    const { port, milliseconds } = options;
    void dial({ address, port, milliseconds, signal: closing.signal, unread: true })
      .catch((): DialResult => ({ type: 'refused' }))
      .then((result) => {
        dialling -= 1;
        answer({ call, outcome: result.type }, result.type === 'connected' ? result.socket : undefined);
      });
  });
}

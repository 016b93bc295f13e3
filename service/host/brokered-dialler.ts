import { Socket } from 'node:net';
import * as v from 'valibot';
import { dialBackRefusal } from '../bounty/dial-back-policy.ts';
import { type Dialler, type DialRequest, type DialResult, hostOf } from './dialler.ts';
import { Unstartable } from './unstartable.ts';

/*
 * In a sandbox this process can make no connection. It says an address to the process that started it, which judges the
 * address again, dials its own port of choice, and hands the connection over (infra/sandbox/broker.ts).
 */

/** What goes over the channel to the parent. `call` is given back with the answer. */
export type BrokerRequest =
  | { readonly type: 'begun' }
  | { readonly type: 'dial'; readonly call: number; readonly address: string };

export const brokerAnswer = v.strictObject({
  call: v.pipe(v.number(), v.integer()),
  outcome: v.picklist(['connected', 'refused', 'timeout', 'blocked']),
});
export type BrokerAnswer = v.InferOutput<typeof brokerAnswer>;

/** A process that was started with a channel to its parent (`child_process.fork`, or NODE_CHANNEL_FD). */
export interface Channel {
  send(message: BrokerRequest): void;
  onMessage(receive: (message: unknown, handle: unknown) => void): void;
}

/** Beyond what a dial takes: a parent that does not answer is none. */
const graceMilliseconds = 5000;

export function brokeredDialler(channel: Channel): Dialler {
  const calls = new Map<number, (answer: BrokerAnswer['outcome'], handle: unknown) => void>();
  let latest = 0;
  channel.onMessage((message, handle) => {
    const answer = v.safeParse(brokerAnswer, message);
    const settle = answer.success ? calls.get(answer.output.call) : undefined;
    // Nobody waits for it any more, or it is no answer.
    if (!answer.success || settle === undefined) return hangUp(handle);
    return settle(answer.output.outcome, handle);
  });
  channel.send({ type: 'begun' });
  return {
    // The addresses of this machine are the parent's to know.
    refusal: (address, allowPrivate) => dialBackRefusal(address, { allowPrivate, ownAddresses: [] }),
    dial: ({ address, milliseconds, signal }: DialRequest) =>
      new Promise<DialResult>((resolve) => {
        latest += 1;
        const call = latest;
        const end = (result: DialResult): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          calls.delete(call);
          resolve(result);
        };
        const giveUp = (): void => end({ type: 'timeout' });
        const timer = setTimeout(giveUp, milliseconds + graceMilliseconds);
        signal.addEventListener('abort', giveUp);
        calls.set(call, (outcome, handle) => end(resultOf(outcome, handle)));
        channel.send({ type: 'dial', call, address: hostOf(address).text });
      }),
  };
}

function resultOf(outcome: BrokerAnswer['outcome'], handle: unknown): DialResult {
  if (outcome !== 'connected') {
    hangUp(handle);
    return { type: outcome };
  }
  // The caller hung up while it was on its way: then there is no handle.
  if (!(handle instanceof Socket)) return { type: 'refused' };
  handle.allowHalfOpen = true;
  return { type: 'connected', socket: handle };
}

function hangUp(handle: unknown): void {
  if (!(handle instanceof Socket)) return;
  handle.on('error', () => undefined);
  handle.destroy();
}

/** The channel that this process was started with. Throws an Unstartable where there is none. */
export function parentChannel(): Channel {
  if (process.send === undefined) {
    throw new Unstartable('--dialler: nobody who could dial started this process; `btc-pinata run --sandbox` does');
  }
  return {
    // A parent that is gone ends this process as well; until then nothing comes back.
    send: (message) => void process.send?.(message, undefined, undefined, () => undefined),
    onMessage: (receive) => void process.on('message', receive),
  };
}

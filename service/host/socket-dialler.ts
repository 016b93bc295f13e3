import { connect, type Socket } from 'node:net';
import { dialBackRefusal } from '../bounty/dial-back-policy.ts';
import { type Dialler, type DialRequest, type DialResult, hostOf } from './dialler.ts';
import { joinedBytes } from './joined-bytes.ts';

/*
 * Under systemd this process has no network: it asks a dialler of its own unit over a Unix socket (infra/sandbox/dialler.ts).
 * One connection for each call: an address and a line's end go out, one of four words and a line's end come back, and after
 * `connected` the rest is the stream.
 */

/** Beyond what a dial takes: a dialler that does not answer is none. */
const graceMilliseconds = 5000;
const longestAnswer = 16;

export function socketDialler(path: string): Dialler {
  return {
    // The addresses of this machine are the dialler's to know.
    refusal: (address, allowPrivate) => dialBackRefusal(address, { allowPrivate, ownAddresses: [] }),
    dial: ({ address, milliseconds, signal }: DialRequest) =>
      new Promise<DialResult>((resolve) => {
        const socket = connect({ path, allowHalfOpen: true });
        let said = Buffer.alloc(0);
        const end = (result: DialResult): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          // By their names: after a bare removeAllListeners() Node reads on for nobody, and what comes first is lost.
          socket.off('readable', take).off('error', refused).off('end', refused);
          if (result.type !== 'connected') {
            socket.on('error', () => undefined);
            socket.destroy();
          }
          resolve(result);
        };
        const giveUp = (): void => end({ type: 'timeout' });
        const refused = (): void => end({ type: 'refused' });
        const take = (): void => {
          const piece: Buffer | null = socket.read();
          if (piece === null) return;
          said = joinedBytes(said, piece);
          const line = said.indexOf(0x0a);
          if (line === -1 && said.length <= longestAnswer) return;
          end(resultOf(said.subarray(0, Math.max(0, line)).toString('latin1'), socket, said.subarray(line + 1)));
        };
        const timer = setTimeout(giveUp, milliseconds + graceMilliseconds);
        signal.addEventListener('abort', giveUp);
        socket.once('error', refused);
        socket.once('end', refused);
        socket.on('readable', take);
        socket.write(`${hostOf(address).text}\n`);
      }),
  };
}

function resultOf(word: string, socket: Socket, rest: Buffer): DialResult {
  switch (word) {
    case 'connected':
      // What the caller said at once came in the same piece.
      if (rest.length > 0) socket.unshift(rest);
      return { type: 'connected', socket };
    case 'timeout':
    case 'blocked':
      return { type: word };
    default:
      return { type: 'refused' };
  }
}

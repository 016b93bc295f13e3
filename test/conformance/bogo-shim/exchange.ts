import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { End } from './end.ts';
import type { Flags } from './flags.ts';

/** How long we go on reading after the last word is said, so that no reset overtakes it. */
const DRAIN_MS = 2000;

/** One connection with the runner, from its id to the end of TLS. Throws ExchangeFailed. */
export async function exchange(flags: Flags): Promise<void> {
  const end = new End(flags);
  const socket = connect({
    host: flags['-ipv6'] ? '::1' : '127.0.0.1',
    port: flags['-port'] ?? 0,
    allowHalfOpen: true,
    noDelay: true,
  });
  await once(socket, 'connect');
  socket.write(shimId(flags['-shim-id'] ?? '0'));
  await converse(socket, end);
  end.verdict();
}

function shimId(id: string): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(id), true);
  return bytes;
}

/** Until one of the two has said all; then reads on until the runner has, too. A defect of ours rejects. */
function converse(socket: Socket, end: End): Promise<void> {
  return new Promise((resolve, reject) => {
    const speak = () => {
      const out = end.harvest();
      if (out.length > 0 && socket.writable) socket.write(out);
      if (!end.over || !socket.writable) return;
      socket.end();
      setTimeout(() => socket.destroy(), DRAIN_MS).unref();
    };
    socket.on('data', (bytes) => {
      try {
        end.receive(new Uint8Array(bytes));
        speak();
      } catch (error) {
        socket.destroy();
        reject(error);
      }
    });
    socket.on('end', () => socket.end());
    // The runner may reset where it could close. What came before the reset decides.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve());
    speak();
  });
}

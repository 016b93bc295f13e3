import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Duplex } from 'node:stream';
import { joinedBytes } from './joined-bytes.ts';

/*
 * A websocket (RFC 6455) of a server that nobody trusts. Node's own reads whatever comes, as fast as it comes, and cannot be
 * hung up: a server that never stops talking has the main loop for itself. This one reads no faster than it wants to, keeps
 * no long message, and asks its caller once for all that came together. That the server knows the protocol is not verified:
 * all that it can say is "look now".
 */

export interface HintSocketOptions {
  /** ws or wss. */
  readonly url: string;
  /** Sent once it is open, a message each; short. */
  readonly greeting: readonly string[];
  readonly entropy: (length: number) => Uint8Array;
  /** Whether this message is one to tell of. */
  readonly says: (message: string) => boolean;
  readonly onSaid: () => void;
  readonly onClose: () => void;
}

export interface HintSocket {
  /** Short. Nothing is sent before it is open. */
  send(text: string): void;
  close(): void;
}

const limits = {
  /** Of a message that is looked at: one that is longer is passed over. */
  message: 256 * 1024,
  /** Bytes read in a second, in the long run. */
  bytesPerSecond: 256 * 1024,
  /** Milliseconds from one reading to the next, at least: who sends byte by byte has them read together. */
  pause: 20,
  /** Milliseconds for the connection and its upgrade. */
  opening: 20_000,
} as const;

const opcodes = { continuation: 0, text: 1, close: 8, ping: 9, pong: 10 } as const;

/** Throws a TypeError for what is no URL of a websocket. `onClose` is told once, whatever ended it. */
export function openHintSocket(options: HintSocketOptions): HintSocket {
  const url = new URL(options.url);
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') throw new TypeError(`${url.protocol} is no websocket`);
  const secure = url.protocol === 'wss:';
  url.protocol = secure ? 'https:' : 'http:';
  let socket: Duplex | undefined;
  let closed = false;
  const { entropy } = options;
  const asking = (secure ? requestHttps : requestHttp)(url, {
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.from(entropy(16)).toString('base64'),
    },
  });
  const patience = setTimeout(() => end(), limits.opening);
  patience.unref();
  const end = (): void => {
    if (closed) return;
    closed = true;
    clearTimeout(patience);
    asking.destroy();
    socket?.destroy();
    options.onClose();
  };
  const send = (opcode: number, payload: Uint8Array): void => {
    // Who does not read what little we send is not spoken to.
    if (closed || socket === undefined || socket.writableLength > 0) return;
    socket.write(masked(opcode, payload, entropy(4)));
  };
  asking.on('upgrade', (_, opened, head) => {
    clearTimeout(patience);
    socket = opened;
    opened.on('error', end);
    opened.on('close', end);
    opened.on('end', end);
    read(opened, head, options, send, end);
    for (const line of options.greeting) opened.write(masked(opcodes.text, new TextEncoder().encode(line), entropy(4)));
  });
  asking.on('response', end); // it speaks HTTP, and no websocket
  asking.on('error', end);
  asking.on('close', () => {
    if (socket === undefined) end();
  });
  asking.end();
  return { send: (text) => send(opcodes.text, new TextEncoder().encode(text)), close: end };
}

/** Frames from a server are not masked (RFC 6455 §5.1), and extensions were not agreed on. */
function read(
  socket: Duplex,
  head: Buffer,
  { says, onSaid }: HintSocketOptions,
  send: (opcode: number, payload: Uint8Array) => void,
  end: () => void,
): void {
  let held: Buffer = Buffer.alloc(0);
  /** Of a frame whose rest is passed over. */
  let skipped = 0;
  let message: Buffer[] | undefined;

  const take = (chunk: Buffer): void => {
    let said = false;
    let ping: Buffer | undefined;
    const passed = Math.min(skipped, chunk.length);
    skipped -= passed;
    held = joinedBytes(held, chunk.subarray(passed));
    for (let at = 0; ; ) {
      const frame = frameAt(held, at);
      if (frame === 'partial') {
        held = joinedBytes(held.subarray(at));
        break;
      }
      if (frame === 'malformed' || frame.opcode === opcodes.close) return end();
      const { opcode, final, start, length } = frame;
      if (length > limits.message) {
        skipped = Math.max(0, start + length - held.length);
        at = Math.min(held.length, start + length);
        message = undefined;
        continue;
      }
      if (start + length > held.length) {
        held = joinedBytes(held.subarray(at));
        break;
      }
      const payload = held.subarray(start, start + length);
      at = start + length;
      if (opcode === opcodes.ping) ping = payload;
      if (opcode === opcodes.text) message = [payload];
      else if (opcode === opcodes.continuation) message?.push(payload);
      if (opcode > opcodes.text || message === undefined) continue;
      if (message.length > 64 || message.reduce((sum, part) => sum + part.length, 0) > limits.message)
        message = undefined;
      else if (final) {
        // One is enough of what came together.
        said ||= says(joinedBytes(...message).toString('utf8'));
        message = undefined;
      }
    }
    message = message?.map((part) => joinedBytes(part));
    if (ping !== undefined) send(opcodes.pong, ping);
    if (said) onSaid();
  };

  const paced = (chunk: Buffer): void => {
    take(chunk);
    socket.pause();
    const wait = Math.max(limits.pause, (1000 * chunk.length) / limits.bytesPerSecond);
    setTimeout(() => socket.resume(), wait).unref();
  };
  socket.on('data', paced);
  if (head.length > 0) paced(head);
}

interface Frame {
  readonly opcode: number;
  readonly final: boolean;
  readonly start: number;
  readonly length: number;
}

function frameAt(bytes: Buffer, at: number): Frame | 'partial' | 'malformed' {
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (first === undefined || second === undefined) return 'partial';
  const opcode = first & 0x0f;
  const control = opcode >= opcodes.close;
  if ((first & 0x70) !== 0 || second > 127 || (control && (second > 125 || (first & 0x80) === 0))) return 'malformed';
  const wide = second === 126 ? 2 : second === 127 ? 8 : 0;
  const start = at + 2 + wide;
  if (bytes.length < start) return 'partial';
  const long = wide === 8 ? Number(bytes.readBigUInt64BE(at + 2)) : wide === 2 ? bytes.readUInt16BE(at + 2) : second;
  return { opcode, final: (first & 0x80) !== 0, start, length: long };
}

/** Of 125 bytes at most: a greeting, a ping, a pong. */
function masked(opcode: number, payload: Uint8Array, mask: Uint8Array): Buffer {
  if (payload.length > 125) throw new RangeError(`a frame of ${payload.length} bytes; no more than 125 are sent`);
  const body = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return joinedBytes(Uint8Array.of(0x80 | opcode, 0x80 | payload.length), mask, body);
}

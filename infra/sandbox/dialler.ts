import { createServer, type Socket } from 'node:net';
import { parseArgs } from 'node:util';
import { parseIpAddress } from '../../service/bounty/ip-address.ts';
import { callRefusal, dial } from '../../service/host/dialler.ts';

/*
 * Dials for a service that has no network, as a unit of its own: address in, stream out (service/host/socket-dialler.ts). It
 * holds no key. Forbidden ranges are refused here again, and the port is this process's own.
 */

const misused = 2;
const handedIn = 3; // sd_listen_fds(3)
const atOnce = 256;
/** An IPv6 address in full, a zone, and a line's end. */
const longestRequest = 64;

interface DiallerOptions {
  readonly port: number;
  readonly milliseconds: number;
  readonly allowPrivate: boolean;
}

/** Never resolves while it listens. */
export function diallerCommand(argv: readonly string[]): Promise<number> {
  const options = optionsOf(argv);
  if (typeof options === 'string') return refuse(options);
  if (process.env['LISTEN_FDS'] !== '1') {
    return refuse('LISTEN_FDS is not 1: start it by its socket unit, which hands the Unix socket over');
  }
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: false }, (asker) => serve(asker, options));
    server.maxConnections = atOnce;
    server.once('error', reject);
    server.listen({ fd: handedIn });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(0));
  }).then((status) => process.exit(Number(status)));
}

function optionsOf(argv: readonly string[]): DiallerOptions | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        port: { type: 'string', default: '40001' },
        seconds: { type: 'string', default: '10' },
        'allow-private': { type: 'boolean', default: false },
      },
    });
    const [port, seconds] = [Number(values.port), Number(values.seconds)];
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      return `--port: ${JSON.stringify(values.port)} is no port`;
    if (!Number.isInteger(seconds) || seconds < 1 || seconds > 60)
      return '--seconds: allowed: a whole number from 1 to 60';
    return { port, milliseconds: seconds * 1000, allowPrivate: values['allow-private'] };
  } catch (error) {
    return error instanceof Error ? error.message : 'not understood';
  }
}

function refuse(problem: string): Promise<number> {
  process.stderr.write(`btc-pinata dialler: ${problem}\n`);
  return Promise.resolve(misused);
}

/** One call, from the line that asks for it to the end of both streams. */
export function serve(asker: Socket, { port, milliseconds, allowPrivate }: DiallerOptions): void {
  const closing = new AbortController();
  const answer = (word: string): void => void asker.end(`${word}\n`);
  const patience = setTimeout(() => asker.destroy(), milliseconds);
  let said = '';
  asker.on('error', () => asker.destroy());
  asker.once('close', () => {
    clearTimeout(patience);
    closing.abort();
  });
  asker.on('data', function take(piece) {
    said += piece.toString('latin1');
    if (!said.includes('\n') && said.length <= longestRequest) return;
    clearTimeout(patience);
    asker.off('data', take);
    asker.pause();
    const address = said.endsWith('\n') ? parseIpAddress(said.slice(0, -1)) : undefined;
    if (address === undefined || callRefusal(address, allowPrivate) !== undefined) return answer('blocked');
    dial({ address, port, milliseconds, signal: closing.signal, unread: true }).then(
      (result) => {
        if (result.type !== 'connected') return answer(result.type);
        join(asker, result.socket);
      },
      () => answer('refused'),
    );
  });
}

function join(asker: Socket, called: Socket): void {
  for (const [one, other] of [
    [asker, called],
    [called, asker],
  ] as const) {
    one.on('error', () => other.destroy());
    one.once('close', () => other.destroySoon());
  }
  asker.write('connected\n');
  asker.pipe(called);
  called.pipe(asker);
}

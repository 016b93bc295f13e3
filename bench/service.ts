import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { hardeningFlags } from '../infra/hardening.ts';
import { type Child, type StartOptions, start } from './child.ts';

/* The whole bounty, started as `npm start` starts it. */

export interface Service {
  readonly child: Child;
  readonly ports: Readonly<Record<'http' | 'https' | 'server' | 'dialback' | 'reverse', number>>;
}

/** From its sources. */
export const source = new URL('../service/main.ts', import.meta.url);

/** On free ports of the loopback, with limits so high that one visitor may be all the load. */
const flags = [
  '--json',
  ...['http', 'https', 'server', 'dialback', 'reverse'].flatMap((port) => [`--${port}-port`, '0']),
  ...['--connections', '5000', '--connections-per-prefix', '5000', '--handshakes-per-second', '1000000'],
];

export interface ServiceStart extends Pick<StartOptions, 'probed' | 'crypto'> {
  /** Behind those above. */
  readonly more?: readonly string[];
  /** Loaded before the program, beside the probe. */
  readonly preload?: URL;
}

/** Resolves with its one line of JSON, which it prints once everything listens. */
export function startService(
  program: URL = source,
  { more = [], preload, ...options }: ServiceStart = {},
): Promise<Service> {
  const preloaded = preload === undefined ? [] : ['--import', fileURLToPath(preload)];
  const child = start(program, [...flags, ...more], { nodeFlags: [...preloaded, ...hardeningFlags], ...options });
  return new Promise((resolve, reject) => {
    child.process.once('exit', (code) => reject(new Error(`the service ended with ${code}: see its error above`)));
    const { stdout } = child.process;
    if (stdout === null) {
      throw new Error('the service was started without a pipe for its standard output');
    }
    createInterface(stdout).once('line', (line) => {
      const { ports } = JSON.parse(line) as Pick<Service, 'ports'>;
      resolve({ child, ports });
    });
  });
}

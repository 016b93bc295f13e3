import { parseArgs } from 'node:util';
import { defaultDialbackTargetPort } from '../bounty/endpoints.ts';
import { mostVisitors } from './simulate-crowd.ts';

export interface SimulateOptions {
  readonly visitors: number;
  readonly connections: number;
  readonly seconds: number;
  readonly concurrency: number;
  readonly seed: string;
  /** A piñata that runs already; undefined: one is started. */
  readonly target: { readonly host: string; readonly httpPort: number; readonly calledPort: number } | undefined;
  readonly keep: boolean;
  readonly json: boolean;
}

const preset = { visitors: 5_000, connections: 200_000, seconds: 900, concurrency: 32 } as const;

export const simulateUsage = `Usage: btc-pinata simulate [options]

Sends a crowd like that of 2015 through a piñata on this machine, and prints what it made of them beside what the article
had: visitors of the page, bridges, attacks, telnet, and the scanners of today in the place of what the article leaves
unexplained. Each comes from an address of its own in 127.0.0.0/8, over real sockets. It starts a piñata for that, on free
ports and with a worthless key, and stops it afterwards.

  --visitors N       how many come to the page, up to ${mostVisitors}; the others in proportion, and one of each kind at least (${preset.visitors})
  --connections N    no more than so many in all (${preset.connections})
  --seconds N        nobody is let in any more after so long (${preset.seconds})
  --concurrency N    so many visitors at once (${preset.concurrency})
  --seed TEXT        the same crowd in the same order (1)
  --keep             leaves the piñata running afterwards, so that you can look at its page, until Ctrl-C
  --target HOST:PORT a piñata that runs already, by the port of its page, instead of starting one. It must be on the
                     loopback, and nobody else's: what others do there is taken for a mistake of its counting
  --dialback-target-port N  where that one calls back to (${defaultDialbackTargetPort})
  --json             the counts as JSON

Ctrl-C ends it early, with the table so far. A piñata lets nobody wait longer than \`--handshake-seconds\`, 30 if it is not
told otherwise, and some of the crowd wait for that: no run is shorter.

Exit status: 0 every visitor was counted as what they were; 1 one was not, or there was no piñata; 2 wrong usage.`;

class Misuse extends Error {}

/** The options of a command line, or what is wrong with it. */
export function parseSimulateOptions(argv: readonly string[]): SimulateOptions | { readonly misuse: string } {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        visitors: { type: 'string' },
        connections: { type: 'string' },
        seconds: { type: 'string' },
        concurrency: { type: 'string' },
        seed: { type: 'string', default: '1' },
        target: { type: 'string' },
        'dialback-target-port': { type: 'string' },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const number = (name: keyof typeof preset, most: number): number =>
      wholeNumber(name, values[name] ?? String(preset[name]), most);
    if (values.keep && values.target !== undefined)
      throw new Misuse('--keep is for the piñata that is started here, and --target names another');
    const calledPort = values['dialback-target-port'];
    if (calledPort !== undefined && values.target === undefined)
      throw new Misuse('--dialback-target-port is for a --target: one that is started here is told');
    return {
      visitors: number('visitors', mostVisitors),
      connections: number('connections', 1_000_000),
      seconds: number('seconds', 86_400),
      concurrency: number('concurrency', 1_000),
      seed: values.seed,
      target:
        values.target === undefined
          ? undefined
          : {
              ...loopback(values.target),
              calledPort: wholeNumber('dialback-target-port', calledPort ?? String(defaultDialbackTargetPort), 65_535),
            },
      keep: values.keep,
      json: values.json,
    };
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.message };
    // What parseArgs throws says which option and why.
    if (error instanceof TypeError && 'code' in error) return { misuse: error.message };
    throw error;
  }
}

/** An address, not a name: where a name leads, others decide. The crowd comes by IPv4, so it goes there by IPv4. */
function loopback(text: string): { readonly host: string; readonly httpPort: number } {
  const [, host = '', port = ''] = /^(127(?:\.(?:0|[1-9]\d{0,2})){3}):(\d{1,5})$/.exec(text) ?? [];
  if (host === '' || host.split('.').some((octet) => Number(octet) > 255))
    throw new Misuse(
      `--target is ${JSON.stringify(text)}; allowed is an address of the loopback and a port, such as 127.0.0.1:8080: a crowd is sent to nobody else`,
    );
  return { host, httpPort: wholeNumber('target', port, 65_535) };
}

function wholeNumber(name: string, text: string, most: number): number {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= most) return value;
  throw new Misuse(`--${name} is ${JSON.stringify(text)}; allowed are whole numbers from 1 to ${most}`);
}

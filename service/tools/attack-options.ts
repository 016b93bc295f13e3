import { defaultDialbackTargetPort, type PortKey } from '../bounty/endpoints.ts';
import { defaultPort, hostAndPort, Misuse, parseWords, portNumber } from './command-words.ts';

export interface AttackOptions {
  /** What to do: play one attack (a name, `name:variant`, or a file), show its source, play the library, or list it. */
  readonly what:
    | { readonly kind: 'play'; readonly which: string; readonly variant: string | undefined }
    | { readonly kind: 'show'; readonly which: string }
    | { readonly kind: 'all' }
    | { readonly kind: 'list' };
  /** Without brackets. */
  readonly host: string;
  /** Undefined: the default of the role that the attack is for. */
  readonly port: number | undefined;
  readonly ports: Readonly<Record<PortKey, number>>;
  /** Where the piñata calls back to. */
  readonly calledPort: number;
  readonly credentials: string | undefined;
  readonly json: boolean;
}

export const attackUsage = `Usage: btc-pinata attack NAME|SCRIPT [HOST[:PORT]] [options]
       btc-pinata attack --all [HOST] | --list | NAME --show

Plays an attack, message by message, and draws what was said on both sides. NAME is one of the library, NAME:VARIANT one
of its variants alone, SCRIPT a TypeScript file of your own that exports \`attack({ … })\` (docs/workbench.md).

  --list                  the library, a line each
  --show                  the script's source instead of playing it: where your own begins
  --all                   play the library, a line each, but for what is meant to be let in
  --http-port N           of the website, which publishes /status.json and /certificates.pem (${defaultPort('http')})
  --https-port N          of the same over TLS (${defaultPort('https')})
  --server-port N         the port that plays the TLS server (${defaultPort('server')}), where no PORT is given
  --reverse-port N        the port that plays the TLS client on our connection (${defaultPort('reverse')}), likewise
  --dialback-port N       the port that closes at once and calls back (${defaultPort('dialback')}), likewise
  --dialback-target-port N  where it calls back to, on our side (${defaultDialbackTargetPort})
  --test-credentials DIR  what \`btc-pinata run --test-credentials DIR\` wrote: some attacks begin as a client that would
                          be let in
  --json                  a line of JSON for each connection instead of the diagram

HOST is 127.0.0.1 if you do not say. Attack piñatas alone: they have asked for it.

Exit status: 0 it was refused as the script says; 1 something else happened, or there was no connection; 2 wrong usage,
or the script wants something that is not there; 3 THE BAIT CAME OUT.`;

/** The options of a command line, or what is wrong with it. */
export function parseAttackOptions(argv: readonly string[]): AttackOptions | { readonly misuse: string } {
  try {
    const { values, positionals } = parseWords({
      args: [...argv],
      allowPositionals: true,
      options: {
        list: { type: 'boolean', default: false },
        show: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        'http-port': { type: 'string' },
        'https-port': { type: 'string' },
        'server-port': { type: 'string' },
        'reverse-port': { type: 'string' },
        'dialback-port': { type: 'string' },
        'dialback-target-port': { type: 'string' },
        'test-credentials': { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const kinds = (['list', 'all', 'show'] as const).filter((name) => values[name]);
    if (kinds.length > 1) throw new Misuse(`--${kinds.join(' and --')} exclude each other; allowed is one of them`);
    const named = !values.list && !values.all;
    const [which, target, ...more] = named ? positionals : [undefined, ...positionals];
    if (named && which === undefined) throw new Misuse('which attack? --list shows the library');
    if (more.length > 0) throw new Misuse(`${JSON.stringify(more[0])} is one word too many`);
    const port = (name: PortKey): number =>
      portNumber(`--${name}-port`, values[`${name}-port`] ?? String(defaultPort(name)));
    const options = {
      ...hostAndPort(target ?? '127.0.0.1'),
      ports: {
        http: port('http'),
        https: port('https'),
        server: port('server'),
        dialback: port('dialback'),
        reverse: port('reverse'),
      },
      calledPort: portNumber(
        '--dialback-target-port',
        values['dialback-target-port'] ?? String(defaultDialbackTargetPort),
      ),
      credentials: values['test-credentials'],
      json: values.json,
    };
    if (which === undefined) return { what: { kind: values.list ? 'list' : 'all' }, ...options };
    if (values.show) return { what: { kind: 'show', which }, ...options };
    const [, name = which, variant] = /^([a-z0-9-]+):([a-z0-9.-]+)$/.exec(which) ?? [];
    return { what: { kind: 'play', which: name, variant }, ...options };
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.message };
    throw error;
  }
}

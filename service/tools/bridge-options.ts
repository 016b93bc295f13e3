import { defaultDialbackTargetPort } from '../bounty/endpoints.ts';
import { defaultPort, hostAndPort, Misuse, parseWords, portNumber, wholeNumber } from './command-words.ts';

export interface BridgeOptions {
  /** Without brackets. */
  readonly host: string;
  readonly serverPort: number;
  /** Where our TLS client comes from: the port that plays it on our connection, or the one that calls us back. */
  readonly client:
    | { readonly kind: 'reverse'; readonly port: number }
    | { readonly kind: 'dialback'; readonly port: number; readonly listenOn: number };
  readonly httpPort: number;
  readonly timeoutSeconds: number;
  readonly captureFile: string | undefined;
  readonly json: boolean;
}

export const bridgeUsage = `Usage: btc-pinata bridge HOST [options]

Joins the port of HOST that plays the TLS server to the one that plays the TLS client, passes every byte on unchanged,
and draws what goes by. Both ends are the piñata's own, so they trust each other, and the key travels through this
machine. What is encrypted stays encrypted: this is where an attack would start, not one.

  --server-port N           the port that plays the TLS server (${defaultPort('server')})
  --reverse-port N          the port that plays the TLS client on our connection (${defaultPort('reverse')})
  --dialback                use the port that calls back instead (${defaultPort('dialback')} calls our ${defaultDialbackTargetPort})
  --dialback-port N         that port (${defaultPort('dialback')})
  --dialback-target-port N  where it calls us (${defaultDialbackTargetPort})
  --http-port N             where HOST publishes /pairs.json (${defaultPort('http')})
  --timeout SECONDS         give up after so long (30)
  --capture FILE.pcap       write both connections for Wireshark: they are TLS, which it has to be told:
                            tshark -d tcp.port==${defaultPort('server')},tls -d tcp.port==${defaultPort('reverse')},tls -r FILE.pcap
  --json                    one line of JSON at the end instead of the diagram

Exit status: 0 the host confirms that both ends were its own; 3 unknown; 1 the bridge failed; 2 wrong usage.`;

/** The options of a command line, or what is wrong with it. */
export function parseBridgeOptions(argv: readonly string[]): BridgeOptions | { readonly misuse: string } {
  try {
    const { values, positionals } = parseWords({
      args: [...argv],
      allowPositionals: true,
      options: {
        'server-port': { type: 'string' },
        'reverse-port': { type: 'string' },
        dialback: { type: 'boolean', default: false },
        'dialback-port': { type: 'string' },
        'dialback-target-port': { type: 'string' },
        'http-port': { type: 'string' },
        timeout: { type: 'string', default: '30' },
        capture: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    const [target, ...more] = positionals;
    if (target === undefined || more.length > 0)
      throw new Misuse(`one HOST is wanted, ${positionals.length} were given`);
    const port = (name: keyof typeof values, fallback: number): number =>
      portNumber(`--${name}`, String(values[name] ?? fallback));
    return {
      host: hostAlone(target),
      serverPort: port('server-port', defaultPort('server')),
      client: values.dialback
        ? {
            kind: 'dialback',
            port: port('dialback-port', defaultPort('dialback')),
            listenOn: port('dialback-target-port', defaultDialbackTargetPort),
          }
        : { kind: 'reverse', port: port('reverse-port', defaultPort('reverse')) },
      httpPort: port('http-port', defaultPort('http')),
      timeoutSeconds: wholeNumber('--timeout', values.timeout, 1, 3600),
      captureFile: values.capture,
      json: values.json,
    };
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.message };
    throw error;
  }
}

/** Two ports of HOST are joined: one behind its name would be either. */
function hostAlone(text: string): string {
  const { host, port } = hostAndPort(text);
  if (port === undefined) return host;
  throw new Misuse(
    `${JSON.stringify(text)} has a port; HOST is wanted alone, and its ports as --server-port and --reverse-port`,
  );
}

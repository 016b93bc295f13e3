import { defaultPort, hostAndPort, Misuse, parseWords, portNumber, wholeNumber } from './command-words.ts';

export interface AskOptions {
  /** Without brackets. */
  readonly host: string;
  readonly httpPort: number;
  /** Undefined: as the statement says. */
  readonly httpsPort: number | undefined;
  readonly serverPort: number | undefined;
  /** What the challenge commits to: a hash as people write it, whoever knows the newest, or nothing. */
  readonly block: { readonly hash: Uint8Array } | { readonly esplora: URL } | undefined;
  readonly timeoutSeconds: number;
  readonly outFile: string | undefined;
}

export interface ChallengeOptions {
  readonly act: ({ readonly kind: 'ask' } & AskOptions) | { readonly kind: 'verify'; readonly file: string };
  /** What ought to run there. */
  readonly build: string | undefined;
  /** Of a record that was made before. */
  readonly earlierFile: string | undefined;
  readonly json: boolean;
}

export const challengeUsage = `Usage: btc-pinata challenge HOST[:PORT] [options]
       btc-pinata challenge --verify FILE [options]

Has the piñata at HOST prove that it holds the key of its wallet: sends 32 bytes, waits for the statement that its key
signs over them, and checks it on this machine: text, signature, address, path, and the authorities that its TLS ports
show. PORT is that of its page over HTTP (${defaultPort('http')}).

  --block-hash HEX      the newest block, which the bytes then commit to: the signature is younger, for all to see
  --esplora URL         ask there for it: an Esplora REST API such as https://mempool.space/api
  --https-port N        where its page over HTTPS is, if not where the statement says
  --server-port N       where it plays the TLS server of the bounty, likewise
  --build SHA256        the build that ought to run there, as the release says
  --earlier FILE        what --out wrote another time: since then nothing may have gone back
  --out FILE            write the proof, its preimage and what the ports showed
  --verify FILE         check such a file, or a proof by itself, and ask nobody
  --timeout SECONDS     give up after so long (30)
  --json                one line of JSON instead of the table

Exit status: 0 every check that could be made passed; 1 one failed; 2 wrong usage; 3 HOST does not answer.`;

const sha256 = /^(?:source-)?[0-9a-f]{64}$/;

/** The options of a command line, or what is wrong with it. */
export function parseChallengeOptions(argv: readonly string[]): ChallengeOptions | { readonly misuse: string } {
  try {
    return readOptions(argv);
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.message };
    throw error;
  }
}

const asking = ['block-hash', 'esplora', 'https-port', 'server-port', 'timeout', 'out'] as const;

function readOptions(argv: readonly string[]): ChallengeOptions {
  const { values, positionals } = parseWords({
    args: [...argv],
    allowPositionals: true,
    options: {
      'block-hash': { type: 'string' },
      esplora: { type: 'string' },
      'https-port': { type: 'string' },
      'server-port': { type: 'string' },
      build: { type: 'string' },
      earlier: { type: 'string' },
      out: { type: 'string' },
      verify: { type: 'string' },
      timeout: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { build, earlier: earlierFile, json, verify } = values;
  if (build !== undefined && !sha256.test(build)) {
    throw new Misuse(`--build is ${JSON.stringify(build)}; wanted are 64 lower-case hex digits, or source- and 64`);
  }
  const common = { build, earlierFile, json };
  if (verify !== undefined) {
    const stray = asking.find((name) => values[name] !== undefined);
    if (positionals.length > 0) throw new Misuse('--verify asks nobody: it takes no HOST');
    if (stray !== undefined) throw new Misuse(`--${stray} is for asking, and --verify asks nobody`);
    return { act: { kind: 'verify', file: verify }, ...common };
  }
  const [target, ...more] = positionals;
  if (target === undefined || more.length > 0) throw new Misuse(`one HOST is wanted, ${positionals.length} were given`);
  const { host, port = defaultPort('http') } = hostAndPort(target);
  const other = (name: 'https-port' | 'server-port'): number | undefined => {
    const text = values[name];
    return text === undefined ? undefined : portNumber(`--${name}`, text);
  };
  return {
    act: {
      kind: 'ask',
      host,
      httpPort: port,
      httpsPort: other('https-port'),
      serverPort: other('server-port'),
      block: blockOf(values['block-hash'], values.esplora),
      timeoutSeconds: wholeNumber('--timeout', values.timeout ?? '30', 1, 3600),
      outFile: values.out,
    },
    ...common,
  };
}

/** What a challenge commits to. Throws a Misuse. */
export function blockOf(hash: string | undefined, esplora: string | undefined): AskOptions['block'] {
  if (hash !== undefined && esplora !== undefined) {
    throw new Misuse('--block-hash and --esplora both name the newest block; one is wanted');
  }
  if (hash !== undefined) {
    if (!/^[0-9a-f]{64}$/.test(hash)) {
      throw new Misuse(`--block-hash is ${JSON.stringify(hash)}; wanted are 64 lower-case hex digits`);
    }
    return { hash: Uint8Array.from(Buffer.from(hash, 'hex')) };
  }
  if (esplora === undefined) return undefined;
  const url = URL.canParse(esplora) ? new URL(esplora) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Misuse(`--esplora is ${JSON.stringify(esplora)}; wanted is a URL such as https://mempool.space/api`);
  }
  return { esplora: url };
}

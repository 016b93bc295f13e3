import { type Level, levels } from '../attest/levels.ts';
import type { AskOptions } from './challenge-options.ts';
import { blockOf } from './challenge-options.ts';
import { defaultPort, hostAndPort, Misuse, parseWords, portNumber, wholeNumber } from './command-words.ts';

export interface RunOptions extends AskOptions {
  readonly reversePort: number | undefined;
  /** What the wallet was funded by, as 64 hex digits, and an Esplora API that has it and the headers of blocks. */
  readonly funding: string | undefined;
  readonly explorer: URL | undefined;
  /** Files beside the release: a timestamp that is not at its side, an attestation of a rebuild, roots for tests. */
  readonly timestampFile: string | undefined;
  readonly rebuiltFile: string | undefined;
  readonly rootFiles: readonly string[];
}

export interface VerifyOptions {
  readonly act: ({ readonly kind: 'run' } & RunOptions) | { readonly kind: 'evidence'; readonly file: string };
  readonly releaseFile: string | undefined;
  readonly keyFile: string | undefined;
  /** What has to be reached. */
  readonly required: Level;
  readonly output: 'screen' | 'every check' | 'json';
}

export const verifyUsage = `Usage: btc-pinata verify HOST[:PORT] [options]
       btc-pinata verify --evidence FILE [options]

Says in one screen what is proven of the piñata at HOST, and what is not: that it holds the key of its wallet, that it
says it runs the published release, that a TPM or AWS says so too. It takes nothing for granted but the release and
the roots that it knows, and compares what was signed with what the ports show. PORT is that of its page over HTTP
(${defaultPort('http')}).

  --release FILE        the release that ought to run there; the newest in releases/ without it
  --key FILE            the minisign key of its owner: FILE.minisig has to be by it
  --rebuilt FILE        what \`btc-pinata rebuild --attest FILE\` wrote: L0, reproducible
  --ots FILE            its OpenTimestamps proof, if not FILE.ots
  --funding TXID        the transaction that funded the wallet, which may commit to the release (wants --esplora)
  --esplora URL         an Esplora REST API, asked for that, for the newest block, and for the block of the timestamp
  --trust-root FILE     a root (PEM) of a TPM for tests: says TEST ROOT, and L2 is all it can reach
  --require LEVEL       L1, L2, L3 or L4: what has to be reached for exit status 0 (L2)
  --save FILE           write all that was seen
  --evidence FILE       judge what --save wrote, and ask nobody
  --https-port N, --server-port N, --reverse-port N
                        where they are, if not where the statement says
  --block-hash HEX      the newest block, so that others see that the signature is younger
  --timeout SECONDS     give up after so long (30)
  --all                 every check, with what it proves and what not
  --json                the same as JSON, in one line

Exit status: 0 no check failed, and LEVEL was reached; 1 refused: a check failed; 2 wrong usage; 3 HOST does not
answer; 10 no check failed, and nothing was proven; 11, 12, 13: L1, L2, L3 was reached, which is less than LEVEL.`;

/** The options of a command line, or what is wrong with it. */
export function parseVerifyOptions(argv: readonly string[]): VerifyOptions | { readonly misuse: string } {
  try {
    return readOptions(argv);
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.message };
    throw error;
  }
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;
const asking = ['rebuilt', 'ots', 'funding', 'esplora', 'trust-root', 'save', 'https-port'] as const;
const alsoAsking = ['server-port', 'reverse-port', 'block-hash', 'timeout'] as const;

function readOptions(argv: readonly string[]): VerifyOptions {
  const { values, positionals } = parseWords({
    args: [...argv],
    allowPositionals: true,
    options: {
      release: text,
      key: text,
      rebuilt: text,
      ots: text,
      funding: text,
      esplora: text,
      'trust-root': { type: 'string', multiple: true },
      require: text,
      save: text,
      evidence: text,
      'https-port': text,
      'server-port': text,
      'reverse-port': text,
      'block-hash': text,
      timeout: text,
      all: flag,
      json: flag,
    },
  });
  const common = {
    releaseFile: values.release,
    keyFile: values.key,
    required: levelOf(values.require ?? 'L2'),
    output: values.json ? 'json' : values.all ? 'every check' : 'screen',
  } as const;
  if (values.evidence !== undefined) {
    const stray = [...asking, ...alsoAsking].find((name) => values[name] !== undefined);
    if (positionals.length > 0) throw new Misuse('--evidence asks nobody: it takes no HOST');
    if (stray !== undefined) throw new Misuse(`--${stray} is for asking, and --evidence asks nobody`);
    return { act: { kind: 'evidence', file: values.evidence }, ...common };
  }
  const [target, ...more] = positionals;
  if (target === undefined || more.length > 0) throw new Misuse(`one HOST is wanted, ${positionals.length} were given`);
  const { host, port = defaultPort('http') } = hostAndPort(target);
  const other = (name: 'https-port' | 'server-port' | 'reverse-port'): number | undefined => {
    const given = values[name];
    return given === undefined ? undefined : portNumber(`--${name}`, given);
  };
  const explorer = explorerOf(values.esplora);
  const funding = values.funding;
  if (funding !== undefined && !/^[0-9a-f]{64}$/.test(funding))
    throw new Misuse(`--funding is ${JSON.stringify(funding)}; wanted are 64 lower-case hex digits`);
  if (funding !== undefined && explorer === undefined)
    throw new Misuse('--funding names a transaction: --esplora URL says who has it');
  const hash = values['block-hash'];
  return {
    act: {
      kind: 'run',
      host,
      httpPort: port,
      httpsPort: other('https-port'),
      serverPort: other('server-port'),
      reversePort: other('reverse-port'),
      block: blockOf(hash, hash === undefined ? values.esplora : undefined),
      timeoutSeconds: wholeNumber('--timeout', values.timeout ?? '30', 1, 3600),
      outFile: values.save,
      funding,
      explorer,
      timestampFile: values.ots,
      rebuiltFile: values.rebuilt,
      rootFiles: values['trust-root'] ?? [],
    },
    ...common,
  };
}

function levelOf(given: string): Level {
  const level = levels.find((known) => known === given.toUpperCase());
  if (level !== undefined && level !== 'none') return level;
  throw new Misuse(`--require is ${JSON.stringify(given)}; allowed are L1, L2, L3 and L4`);
}

function explorerOf(given: string | undefined): URL | undefined {
  if (given === undefined) return undefined;
  const block = blockOf(undefined, given);
  return block !== undefined && 'esplora' in block ? block.esplora : undefined;
}

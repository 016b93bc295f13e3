import { Misuse, parseWords } from './command-words.ts';

export interface ReplayOptions {
  readonly file: string;
  /** This attempt alone, step by step. */
  readonly number: number | undefined;
  readonly json: boolean;
  /** Of a capture: who is trusted (PEM), what decrypts it, and as which end of it we judge. */
  readonly authority: string | undefined;
  readonly keyLog: string | undefined;
  readonly as: 'server' | 'client';
}

export const replayUsage = `Usage: btc-pinata trace replay FILE [options]

Runs every attempt of a file of traces (docs/traces.md) again through the TLS engine of this release, and says where it
differs from what is on record. Messages are decoded, judged by the state machine, certificates and signatures verified
anew, at the time that is on record. Whether a record opened or a Finished was right is taken from the record, for that
takes keys that nobody wrote down.

  --number N       attempt N alone, step by step: = computed anew, < taken from the record, k taken because of a key
  --json           a line of JSON for each attempt that differs, and one at the end with the sums

FILE may be a capture of other stacks (pcap, pcapng) too, where a key log opens it:

  --keylog FILE    what the other stack wrote to SSLKEYLOGFILE
  --authority FILE whom to trust, PEM: a certificate that what was shown has to lead to
  --as ROLE        as which end to judge the other one: server (default) or client. A server that was asked for more
                   than our own client asks for is refused, though its client was content

Exit status: 0 all was reproduced; 1 something differs or cannot be replayed; 2 wrong usage.`;

/** The options of a command line, or what is wrong with it. */
export function parseReplayOptions(argv: readonly string[]): ReplayOptions | { readonly misuse: string } {
  try {
    const { values, positionals } = parseWords({
      args: [...argv],
      allowPositionals: true,
      options: {
        number: { type: 'string' },
        json: { type: 'boolean', default: false },
        authority: { type: 'string' },
        keylog: { type: 'string' },
        as: { type: 'string', default: 'server' },
      },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new Misuse(`one FILE is wanted, ${positionals.length} were given`);
    const { number, json, authority, keylog, as } = values;
    if (as !== 'server' && as !== 'client')
      throw new Misuse(`--as is ${JSON.stringify(as)}; allowed are server and client`);
    if (number !== undefined && !/^[1-9]\d{0,14}$/.test(number))
      throw new Misuse(`--number is ${JSON.stringify(number)}; attempts are numbered from 1`);
    return {
      file,
      number: number === undefined ? undefined : Number(number),
      json,
      authority,
      keyLog: keylog,
      as,
    };
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.message };
    throw error;
  }
}

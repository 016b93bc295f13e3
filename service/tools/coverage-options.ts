import { Misuse, parseWords } from './command-words.ts';

export const coverageUsage = `Usage: btc-pinata trace coverage FILE [options]

Replays every attempt of a file of traces and says which lines of the engine (service/tls, service/x509) that exercised:
what attackers have tried, and what none of them came to. Lines in functions are counted, without comments and brackets.

  --svg FILE   write the cumulative curve, lines by attempts, as a picture
  --json       the figures, each file's lines that were not exercised, and the curve, instead of the table

Exit status: 0 well; 1 the file cannot be read; 2 wrong usage.`;

export interface CoverageOptions {
  readonly file: string;
  readonly svg: string | undefined;
  readonly json: boolean;
}

/** The options of a command line, or what is wrong with it. */
export function parseCoverageOptions(argv: readonly string[]): CoverageOptions | { readonly misuse: string } {
  try {
    const { values, positionals } = parseWords({
      args: [...argv],
      allowPositionals: true,
      options: { svg: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new Misuse(`one FILE is wanted, ${positionals.length} were given`);
    return { file, svg: values.svg, json: values.json };
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.message };
    throw error;
  }
}

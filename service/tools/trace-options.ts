import { nearest } from '../nearest.ts';
import { failureKeys, type PortKey, portKeys } from '../trace/index.ts';
import { Misuse, parseWords, wholeNumber } from './command-words.ts';

/** Which attempts; undefined is all. */
export interface AttemptFilter {
  readonly port: PortKey | undefined;
  /** A category, or the first part of some: `x509` is all that begin with `x509.`. */
  readonly category: string | undefined;
  readonly from: number | undefined;
  readonly to: number | undefined;
}

export type TraceOptions = { readonly source: string } & (
  | {
      readonly verb: 'list';
      readonly filter: AttemptFilter;
      readonly limit: number | undefined;
      readonly json: boolean;
    }
  | { readonly verb: 'show'; readonly number: number | undefined }
  | { readonly verb: 'explain'; readonly number: number | undefined }
  | { readonly verb: 'stats'; readonly filter: AttemptFilter; readonly json: boolean }
  | {
      readonly verb: 'export';
      readonly filter: AttemptFilter;
      /** Undefined: the lines go to the output. */
      readonly file: string | undefined;
      readonly capture: string | undefined;
    }
  | { readonly verb: 'verify'; readonly against: string | undefined; readonly bodies: boolean }
);

export const traceUsage = `Usage: btc-pinata trace list SOURCE [options]
       btc-pinata trace show SOURCE [NUMBER]
       btc-pinata trace explain SOURCE [NUMBER]
       btc-pinata trace stats SOURCE [options]
       btc-pinata trace export SOURCE [options]
       btc-pinata trace verify SOURCE [options]
       btc-pinata trace replay FILE [options]
       btc-pinata trace coverage FILE [options]

Reads what a piñata recorded of the attempts on it (docs/traces.md). SOURCE is a file of traces (.jsonl), - for one that
comes in, http://HOST:PORT of a piñata, or the folder in which one keeps its traces.

  list      a line for each attempt
  show      one attempt as a sequence diagram; NUMBER may be left out where there is only one
  explain   every byte of one attempt, field by field, with the section of the RFC
  stats     how many were in each category, beside those of the article of 2015
  export    attempts and the certificates of their generations, as a file of traces or for Wireshark
  verify    the chain: was any attempt changed, added or taken away since the days' digests were published?
  replay    every attempt once more through the engine: \`btc-pinata trace replay --help\`
  coverage  which lines of the engine that exercised: \`btc-pinata trace coverage --help\`

Options of list, stats and export:
  --port PORT         attempts on one port alone: ${portKeys.join(', ')}
  --category KEY      in one category alone (docs/failures.md); a first part, as x509, is all that begin so
  --numbers N-M       attempts N to M alone, or N alone
  --limit N           list: the newest N alone (50 of a piñata, all of a file)
  --json              list: heads as they stand in the chain, a line each; stats: the counts
Options of export:
  --out FILE          write to FILE instead of the output
  --pcap FILE         packets for Wireshark instead of lines: tshark -d tcp.port==10000,tls -r FILE
                      What was not recorded, application data above all, is as many bytes of zero
Options of verify:
  --against URL       compare with the days that this piñata publishes
  --bodies            of a piñata: fetch every attempt, and check its body too

Exit status: 0 well; 1 the source is no trace or does not answer, has no such attempt, or (verify) is not what was
published; 2 wrong usage, or there is no such file.`;

/** The options of a command line, or what is wrong with it. */
export function parseTraceOptions(argv: readonly string[]): TraceOptions | { readonly misuse: string } {
  try {
    return parse(argv);
  } catch (error) {
    if (error instanceof Misuse) return { misuse: error.message };
    throw error;
  }
}

const verbs = ['list', 'show', 'explain', 'stats', 'export', 'verify'] as const;

function parse([word, ...args]: readonly string[]): TraceOptions {
  const verb = verbs.find((name) => name === word);
  switch (verb) {
    case undefined:
      throw new Misuse(wrongVerb(word));
    case 'list': {
      const { values, positionals } = parseWords({
        args,
        allowPositionals: true,
        options: { ...filtering, limit: { type: 'string' }, json: { type: 'boolean', default: false } },
      });
      const limit = values.limit === undefined ? undefined : wholeNumber('--limit', values.limit, 1, 99_999);
      return { verb, source: onlySource(positionals), filter: filterOf(values), limit, json: values.json };
    }
    case 'stats': {
      const { values, positionals } = parseWords({
        args,
        allowPositionals: true,
        options: { ...filtering, json: { type: 'boolean', default: false } },
      });
      return { verb, source: onlySource(positionals), filter: filterOf(values), json: values.json };
    }
    case 'export': {
      const { values, positionals } = parseWords({
        args,
        allowPositionals: true,
        options: { ...filtering, out: { type: 'string' }, pcap: { type: 'string' } },
      });
      if (values.out !== undefined && values.pcap !== undefined)
        throw new Misuse('--out and --pcap exclude each other; allowed is one of them');
      return {
        verb,
        source: onlySource(positionals),
        filter: filterOf(values),
        file: values.out,
        capture: values.pcap,
      };
    }
    case 'verify': {
      const { values, positionals } = parseWords({
        args,
        allowPositionals: true,
        options: { against: { type: 'string' }, bodies: { type: 'boolean', default: false } },
      });
      return { verb, source: onlySource(positionals), against: values.against, bodies: values.bodies };
    }
    case 'show':
    case 'explain': {
      const { positionals } = parseWords({ args, allowPositionals: true, options: {} });
      const [source, text, ...more] = positionals;
      if (more.length > 0) throw new Misuse(`${JSON.stringify(more[0])} is one word too many`);
      return { verb, source: sourceOf(source), number: text === undefined ? undefined : attemptNumber('NUMBER', text) };
    }
  }
}

function wrongVerb(word: string | undefined): string {
  if (word === undefined) return `what to do is missing; allowed are ${verbs.join(', ')}, replay and coverage`;
  const meant = nearest(word, [...verbs, 'replay', 'coverage']);
  return `${JSON.stringify(word)} is nothing that can be done with traces; allowed are ${verbs.join(', ')}, replay and coverage.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

const filtering = {
  port: { type: 'string' },
  category: { type: 'string' },
  numbers: { type: 'string' },
} as const;

interface FilterWords {
  readonly port?: string | undefined;
  readonly category?: string | undefined;
  readonly numbers?: string | undefined;
}

function filterOf({ port, category, numbers }: FilterWords): AttemptFilter {
  const key = portKeys.find((name) => name === port);
  if (port !== undefined && key === undefined)
    throw new Misuse(`--port is ${JSON.stringify(port)}; allowed are ${portKeys.join(', ')}`);
  if (category !== undefined && !failureKeys.some((name) => isIn(name, category))) {
    const meant = nearest(category, failureKeys);
    throw new Misuse(
      `--category is ${JSON.stringify(category)}, and none is called so or begins so (docs/failures.md).${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    );
  }
  return { port: key, category, ...rangeOf(numbers) };
}

export const isIn = (key: string, category: string): boolean => key === category || key.startsWith(`${category}.`);

function rangeOf(text: string | undefined): Pick<AttemptFilter, 'from' | 'to'> {
  if (text === undefined) return { from: undefined, to: undefined };
  const [first = '', last = first, ...more] = text.split('-');
  const from = attemptNumber('--numbers', first);
  const to = attemptNumber('--numbers', last);
  if (more.length > 0 || to < from)
    throw new Misuse(`--numbers is ${JSON.stringify(text)}; allowed is a number, or two as 3-9`);
  return { from, to };
}

function attemptNumber(name: string, text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new Misuse(`${name} is ${JSON.stringify(text)}; attempts are numbered from 1`);
}

function onlySource([source, ...more]: readonly string[]): string {
  if (more.length > 0) throw new Misuse(`${JSON.stringify(more[0])} is one word too many: there is one SOURCE`);
  return sourceOf(source);
}

function sourceOf(source: string | undefined): string {
  if (source !== undefined && source !== '') return source;
  throw new Misuse('SOURCE is missing; allowed are a file of traces, - and http://HOST:PORT of a piñata');
}

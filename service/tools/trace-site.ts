import * as v from 'valibot';
import {
  type AttemptHead,
  type AttemptLine,
  type DayChain,
  type FailureKey,
  failureKeys,
  type GenerationLine,
  parseTraceLine,
  readAttemptHead,
  type TraceLine,
} from '../trace/index.ts';
import { Misuse } from './command-words.ts';
import { connectionFault } from './connect.ts';
import { codeOf } from './trace-file.ts';
import { type AttemptFilter, isIn } from './trace-options.ts';
import { noSuchAttempt, passes, TraceFailure, type TraceSource } from './trace-source.ts';

/* What a piñata publishes of its own attempts (docs/website.md): heads by the page, one attempt at a time. */

const pageLength = 100;
const longestDocument = 4 * 1024 * 1024;
const patience = 30_000;

const pageSchema = v.looseObject({ attempts: v.array(v.unknown()), next: v.nullable(v.string()) });
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const chainSchema = v.object({
  first: count,
  last: count,
  digest: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  closed: v.boolean(),
});
const daysSchema = v.looseObject({
  days: v.array(v.looseObject({ day: v.string(), chain: v.nullable(chainSchema) })),
  next: v.nullable(v.string()),
});
const statisticsSchema = v.looseObject({ byCategory: v.record(v.picklist(failureKeys), count) });

export interface PublishedDay {
  readonly day: string;
  readonly chain: DayChain | undefined;
}

export class SiteSource implements TraceSource {
  readonly name: string;
  readonly #site: URL;

  private constructor(name: string, site: URL) {
    this.name = name;
    this.#site = site;
  }

  /** Throws a Misuse for what is no address of a piñata's site. */
  static open(text: string): SiteSource {
    const site = URL.canParse(text) ? new URL(text) : undefined;
    const whole = site !== undefined && site.pathname === '/' && site.search === '' && site.username === '';
    if (site === undefined || !whole || !/^https?:$/.test(site.protocol))
      throw new Misuse(
        `${JSON.stringify(text)} is no piñata's address; allowed is http://HOST:PORT, PORT from 1 to 65535, and nothing behind it`,
      );
    return new SiteSource(site.origin, site);
  }

  async *heads(filter: AttemptFilter, newest: number | undefined): AsyncGenerator<AttemptHead> {
    const found: AttemptHead[] = [];
    for await (const head of this.#newestFirst(filter)) {
      if (newest !== undefined && found.length >= newest) break;
      found.push(head);
    }
    yield* found.reverse();
  }

  async attempt(number: number | undefined): Promise<AttemptLine> {
    if (number === undefined)
      throw new Misuse(`which attempt? \`btc-pinata trace list ${this.name}\` shows the newest`);
    const line = await this.#attempt(number);
    if (line === undefined) throw noSuchAttempt(this.name, number);
    return line;
  }

  async *lines(filter: AttemptFilter): AsyncGenerator<TraceLine> {
    yield* await this.#generations();
    const numbers: number[] = [];
    for await (const { number } of this.#newestFirst(filter)) numbers.push(number);
    for (const number of numbers.reverse()) {
      const line = await this.#attempt(number);
      if (line !== undefined) yield line;
    }
  }

  /** From attempt `first` to attempt `last`, in the order of the chain. */
  async *chain(first: number, last: number): AsyncGenerator<AttemptHead> {
    for (let from = first; from <= last; from += pageLength) {
      const { heads } = await this.#page(
        `/attempts.json?before=${Math.min(from + pageLength, last + 1)}&limit=${pageLength}`,
      );
      const found = heads.filter(({ number }) => number >= from);
      if (found.length === 0) return;
      yield* found.reverse();
    }
  }

  /** Oldest first. */
  async days(): Promise<readonly PublishedDay[]> {
    const days: PublishedDay[] = [];
    let before: string | undefined;
    for (let path: string | null = '/days.json'; path !== null; ) {
      const document: v.InferOutput<typeof daysSchema> = this.#document(daysSchema, path, await this.#json(path));
      for (const { day, chain } of document.days) {
        if (before !== undefined && day >= before) throw this.#strange(path, goesInCircles);
        before = day;
        days.push({ day, chain: chain ?? undefined });
      }
      if (document.days.length === 0) break;
      path = document.next;
    }
    return days.reverse();
  }

  /** Of every connection that ended, those that are no attempts among them. */
  async statistics(): Promise<Readonly<Partial<Record<FailureKey, number>>>> {
    return this.#document(statisticsSchema, '/statistics.json', await this.#json('/statistics.json')).byCategory;
  }

  async *#newestFirst(filter: AttemptFilter): AsyncGenerator<AttemptHead> {
    const { port, category, from, to } = filter;
    const exact = failureKeys.find((key) => key === category && !failureKeys.some((k) => k !== key && isIn(k, key)));
    const query = [
      ...(to === undefined ? [] : [`before=${to + 1}`]),
      `limit=${pageLength}`,
      ...(port === undefined ? [] : [`port=${port}`]),
      ...(exact === undefined ? [] : [`category=${exact}`]),
    ].join('&');
    let before = Number.POSITIVE_INFINITY;
    for (let path: string | null = `/attempts.json?${query}`; path !== null; ) {
      const { heads, next }: Page = await this.#page(path);
      for (const head of heads) {
        if (head.number >= before) throw this.#strange(path, goesInCircles);
        before = head.number;
        if (passes(filter, head)) yield head;
      }
      path = heads.length === 0 || before <= (from ?? 1) ? null : next;
    }
  }

  async #page(path: string): Promise<Page> {
    const { attempts, next } = this.#document(pageSchema, path, await this.#json(path));
    const heads = attempts.map((head) => {
      const parsed = readAttemptHead(head);
      if (parsed.ok) return parsed.value;
      throw this.#strange(path, parsed.problem);
    });
    return { heads, next };
  }

  async #attempt(number: number): Promise<AttemptLine | undefined> {
    const path = `/attempts/${number}.jsonl`;
    const text = await this.#text(path);
    if (text === undefined) return undefined;
    const parsed = parseTraceLine(text);
    if (!parsed.ok) throw this.#strange(path, parsed.problem);
    if (parsed.line.type !== 'attempt' || parsed.line.head.number !== number)
      throw this.#strange(path, `it holds no attempt ${number}`);
    return parsed.line;
  }

  async #generations(): Promise<readonly GenerationLine[]> {
    const path = '/generations.jsonl';
    const text = await this.#text(path);
    return (text ?? '').split('\n').flatMap((line) => {
      if (line === '') return [];
      const parsed = parseTraceLine(line);
      if (!parsed.ok) throw this.#strange(path, parsed.problem);
      return parsed.line.type === 'generation' ? [parsed.line] : [];
    });
  }

  #document<Schema extends v.GenericSchema>(schema: Schema, path: string, value: unknown): v.InferOutput<Schema> {
    const parsed = v.safeParse(schema, value);
    if (parsed.success) return parsed.output;
    throw this.#strange(path, parsed.issues[0].message);
  }

  async #json(path: string): Promise<unknown> {
    const text = await this.#text(path);
    if (text === undefined)
      throw new TraceFailure(`${this.name} has no ${path}: it is no piñata, or one that publishes no attempts`);
    try {
      return JSON.parse(text);
    } catch {
      throw this.#strange(path, 'it is no JSON');
    }
  }

  /** Undefined where it is answered that there is none. */
  async #text(path: string): Promise<string | undefined> {
    const url = URL.parse(path, this.#site.href);
    if (url === null) throw this.#strange(path, 'it is no address');
    if (url.origin !== this.#site.origin) throw this.#strange(path, 'it leads to another host');
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(patience) });
      if (response.status === 404) {
        await response.body?.cancel();
        return undefined;
      }
      if (response.status !== 200) throw this.#strange(path, `it answers ${response.status}`);
      return await bounded(response, () => this.#strange(path, `it is longer than ${longestDocument} bytes`));
    } catch (error) {
      if (error instanceof TraceFailure) throw error;
      throw new TraceFailure(`${url.href} cannot be read (${reasonOf(error)}): ${adviceOn(error)}`);
    }
  }

  #strange(path: string, problem: string): TraceFailure {
    return new TraceFailure(`${this.name}${path} is not what a piñata publishes: ${problem}`);
  }
}

const goesInCircles = 'its rows are not in their order, the newest first';

interface Page {
  readonly heads: readonly AttemptHead[];
  readonly next: string | null;
}

async function bounded(response: Response, tooLong: () => TraceFailure): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true });
    if (text.length > longestDocument) throw tooLong();
  }
  return text;
}

/** The page's authority is the piñata's own, which no system trusts. */
const adviceOn = (error: unknown): string =>
  /^UNABLE_TO_|SELF_SIGNED/.test(reasonOf(error))
    ? 'to trust its own authority, save its /site-ca.pem and name that file in NODE_EXTRA_CA_CERTS'
    : "is a piñata's page there?";

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return connectionFault(cause) ?? codeOf(cause);
}

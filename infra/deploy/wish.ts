import { Misuse } from '../../service/tools/command-words.ts';
import { askWith, publicSources } from '../../status-page/chain/index.ts';
import type { Deployment } from './deployment.ts';
import type { DeployOptions, Wish } from './options.ts';
import { answered, flagName, type Known, type Question, questions } from './questions.ts';
import type { Terminal } from './verb.ts';

/** The wish, complete: by its flags, by a deployment that is there, by answers, and with --yes by what is usual. */
export async function completeWish(
  { wish: given, yes }: Pick<DeployOptions, 'wish' | 'yes'>,
  { existing, terminal, environment }: WishSources,
): Promise<Wish> {
  if (existing !== undefined) return { ...given, name: existing.name };
  let wish = given;
  const skipped = new Set<Question['key']>();
  const region = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  let known: Known = { region, aYearFromNow: undefined };
  for (;;) {
    if (wish.network !== undefined && wish.refundHeight === undefined && known.aYearFromNow === undefined) {
      known = { region, aYearFromNow: await aYearFromNow(wish) };
    }
    const open = questions(wish, known, skipped);
    const [question] = open;
    if (question === undefined) return wish;
    if (yes || terminal.ask === undefined) nothingUnsaid(open, yes);
    const answer = yes ? '' : await answerTo(question, terminal);
    const next = understood(wish, question, answer, terminal);
    if (next === 'again') continue;
    if (next === undefined) skipped.add(question.key);
    else wish = next;
  }
}

/** Where nobody can be asked. Throws a Misuse that names all that has to be said: what is usual needs a --yes, so that nobody deploys by accident. */
function nothingUnsaid(open: readonly Question[], yes: boolean): void {
  const unsaid = open.filter(({ fallback }) => (yes ? fallback === undefined : fallback !== null));
  if (unsaid.length === 0) return;
  const lines = unsaid.map(({ key, words, fallback }) => {
    const usual = typeof fallback === 'string' ? `; --yes takes ${fallback}` : '';
    return `\n  ${flagName(key)}: ${words}${usual}`;
  });
  throw new Misuse(`${yes ? 'this is wanted' : 'nobody can be asked here, and this is not said'}:${lines.join('')}`);
}

/** A slip of the finger costs one answer, and not all of them. */
function understood(wish: Wish, question: Question, answer: string, { stderr }: Terminal): Wish | undefined | 'again' {
  try {
    return answered(wish, question, answer);
  } catch (error) {
    if (!(error instanceof Misuse) || answer.trim() === '') throw error;
    stderr.write(`${error.message}\n`);
    return 'again';
  }
}

export interface WishSources {
  readonly existing: Deployment | undefined;
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
}

async function answerTo({ words, fallback }: Question, { ask }: Terminal): Promise<string> {
  return ask === undefined ? '' : ask(`${words}${typeof fallback === 'string' ? ` [${fallback}]` : ''}: `);
}

const blocksOfAYear = 52_560;

/** Undefined where no explorer can be asked, or none answers. */
async function aYearFromNow({ network, sources }: Wish): Promise<number | undefined> {
  if (network === undefined) return undefined;
  const ask = askWith({ fetch, timeout: (milliseconds) => AbortSignal.timeout(milliseconds) });
  for (const url of sources ?? publicSources[network]) {
    const { status, body } = await ask(`${url.replace(/\/+$/, '')}/blocks/tip/height`).catch(() => ({
      status: 0,
      body: '',
    }));
    if (status === 200 && /^\d{1,8}$/.test(body.trim())) {
      return Math.ceil((Number(body.trim()) + blocksOfAYear) / 1000) * 1000;
    }
  }
  return undefined;
}

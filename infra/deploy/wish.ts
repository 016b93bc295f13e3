import { Misuse } from '../../service/tools/command-words.ts';
import { askWith, publicSources } from '../../status-page/chain/index.ts';
import type { Deployment } from './deployment.ts';
import type { DeployOptions, Wish } from './options.ts';
import { answered, type Known, nextQuestion, type Question } from './questions.ts';
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
    const question = nextQuestion(wish, known, skipped);
    if (question === undefined) return wish;
    const next = answered(wish, question, yes ? '' : await answerTo(question, terminal));
    if (next === undefined) skipped.add(question.key);
    else wish = next;
  }
}

export interface WishSources {
  readonly existing: Deployment | undefined;
  readonly terminal: Terminal;
  readonly environment: NodeJS.ProcessEnv;
}

async function answerTo({ key, words, fallback }: Question, { ask }: Terminal): Promise<string> {
  const usual = typeof fallback === 'string' ? ` [${fallback}]` : '';
  if (ask !== undefined) return ask(`${words}${usual}: `);
  // Nobody is there: what is usual needs a --yes, so that nobody deploys by accident.
  if (fallback === null) return '';
  throw new Misuse(
    `nobody can be asked here, and this is not said: ${words} (${key}). Give its option${usual === '' ? '' : ', or --yes'}`,
  );
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

import { loadAttack } from '../../service/tools/attack-library.ts';
import { runAttack, type Target } from '../../service/tools/attack-run.ts';
import { type Attempt, replay } from '../../service/tools/replay.ts';
import { type Generations, type ReplayGeneration, readGeneration } from '../../service/tools/replay-session.ts';
import { SiteSource } from '../../service/tools/trace-site.ts';
import { everything } from '../../service/tools/trace-source.ts';
import { type FailureKey, failureTable } from '../../service/trace/index.ts';
import { startService } from '../service.ts';

/* CPU µs to replay a failed attempt, of a population as the article of 2015 counted it. Its one message is a ReplaySamples. */

export interface ReplaySamples {
  /** Each the mean over the whole population. */
  readonly population: readonly number[];
  /** Of the population, by category. */
  readonly shares: Readonly<Partial<Record<FailureKey, number>>>;
  /** The mean of the attempts of one category. */
  readonly byCategory: Readonly<Partial<Record<FailureKey, number>>>;
}

/** What brings about the categories that the article has a number for. */
const attacks = [
  'not-tls',
  'heartbleed',
  'finished-alone',
  'old-versions',
  'cut-hello',
  'nothing-in-common',
  'tls12-weak-suites',
  'tls12-no-renegotiation-signal',
  'empty-certificate',
  'tls12-empty-certificate',
  'borrowed-certificate',
  'own-authority',
  'certificate-not-der',
];

const rounds = Number(process.argv[2]);
const { attempts, generations } = await recorded();
const byCategory = Map.groupBy(attempts, ({ head }) => head.category);
const population = [...byCategory].flatMap(([category, of]) => {
  const { article, nature } = failureTable[category];
  const count = nature === 'failed' ? Math.round((article?.count ?? 0) / 10) : 0;
  return Array.from({ length: count }, (_, index) => of[index % of.length]).filter((one) => one !== undefined);
});

const microseconds = (batch: readonly Attempt[]): number => {
  const before = process.cpuUsage();
  for (const attempt of batch) {
    const { verdict, differences } = replay(attempt, generations);
    if (verdict !== 'reproduced') throw new Error(`attempt ${attempt.head.number}: ${JSON.stringify(differences)}`);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / batch.length;
};
microseconds(population); // until the optimizing compiler is done
const samples = Array.from({ length: rounds }, () => microseconds(population));
const counts = Map.groupBy(population, ({ head }) => head.category);
const outcome: ReplaySamples = {
  population: samples,
  shares: Object.fromEntries([...counts].map(([category, some]) => [category, some.length / population.length])),
  byCategory: Object.fromEntries([...counts].map(([category, some]) => [category, microseconds(some.slice(0, 100))])),
};
process.send?.(outcome);

async function recorded(): Promise<{ readonly attempts: readonly Attempt[]; readonly generations: Generations }> {
  const { child, ports } = await startService();
  try {
    const site = new URL(`http://127.0.0.1:${ports.http}/`);
    const target: Omit<Target, 'port'> = {
      host: '127.0.0.1',
      ports,
      calledPort: 0,
      site,
      credentials: undefined,
      counted: false,
    };
    for (const { attack } of await Promise.all(attacks.map(loadAttack)))
      for (const variant of attack.variants)
        await runAttack(variant, { ...target, port: attack.port }, () => undefined);
    const found: Attempt[] = [];
    const known = new Map<string, ReplayGeneration>();
    for await (const line of SiteSource.open(site.href).lines(everything)) {
      if (line.type === 'attempt') found.push(line);
      const generation = line.type === 'generation' ? readGeneration(line) : undefined;
      if (line.type === 'generation' && generation !== undefined) known.set(line.generation, generation);
    }
    return { attempts: found, generations: known };
  } finally {
    await child.stop();
  }
}

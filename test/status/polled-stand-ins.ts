import type { TraceStep } from '../../service/trace/index.ts';
import type { StatusDocument } from '../../status-page/document/index.ts';
import type { Patience } from '../../status-page/poller/look.ts';
import { MemoryStore } from '../../status-page/poller/memory-store.ts';
import { run } from '../../status-page/poller/run.ts';
import { explorer, genesisTime, type ModelState, mined, modelChain, sent, transaction } from '../chain/model.ts';
import { attempt, memoryStore, StoreClock } from '../host/trace-store.ts';
import { type Misbehaving, misbehaving } from './misbehaving.ts';
import { assets, Polled, patient, settingsWith } from './polled.ts';
import { type StandInHost, startStandIn } from './stand-in-host.ts';

/* A host, two explorers and a poller, by one clock that stands still until it is set. */

export const satoshis = 10_000_000;

export interface Scene {
  readonly host: StandInHost;
  readonly explorers: readonly [Misbehaving, Misbehaving];
  /** What each explorer knows of the chain. */
  readonly chains: [ModelState, ModelState];
  readonly store: MemoryStore;
  /** By the poller's clock. */
  now: number;
  /** One run, `seconds` after the one before, by the clocks of all. */
  poll(seconds?: number, patience?: Partial<Patience>): Promise<StatusDocument>;
  /** So many attempts at the host. */
  attempts(count: number, steps?: readonly TraceStep[]): Promise<void>;
  /** An attempt, and a day that is closed by another on the next. */
  dayWithAttempt(): Promise<void>;
  /** The host's traces are gone, as those in memory are when it stops. */
  forgetTraces(): void;
}

/** A funded wallet, at its newest block, and a closed day of traces. */
export async function startScene(parts: Readonly<Record<string, unknown>> = {}): Promise<Scene> {
  const bait = transaction({ pays: [satoshis] });
  const chain = mined(sent(modelChain(200), bait), 10);
  const now = genesisTime + 600 * chain.blocks.length;
  const host = await startStandIn(now);
  const { address } = host.fields;
  const clock = new StoreClock();
  let traces = memoryStore(clock);
  host.archive = traces;
  const chains: [ModelState, ModelState] = [chain, chain];
  const explorerOf = (index: 0 | 1): Promise<Misbehaving> => {
    const ask = explorer(() => chains[index], address);
    return misbehaving((request) => ask(`http://explorer${request.url}`));
  };
  const explorers = [await explorerOf(0), await explorerOf(1)] as const;
  const settings = settingsWith({
    network: 'mainnet',
    ports: host.ports,
    sources: explorers.map(({ origin }) => `${origin}/api`),
    address,
    release: { version: '0.1.0', sha256: host.fields.buildSha256 },
    ...parts,
  });
  const store = new MemoryStore();
  const polled = new Polled(settings, store);
  const scene: Scene = {
    host,
    explorers,
    chains,
    store,
    now,
    poll: async (seconds = 60, patience = {}) => {
      scene.now += seconds;
      host.now += seconds;
      const world = { clock: () => scene.now, patience: { ...patient, ...patience } };
      await run({ settings, store, assets, world });
      return polled.status();
    },
    attempts: async (count, steps) => {
      for (let made = 0; made < count; made += 1) attempt(traces, clock, {}, steps);
      await traces.flush();
    },
    dayWithAttempt: async () => {
      await scene.attempts(1);
      clock.now += 86_400;
      // A day is closed by what comes after it.
      await scene.attempts(1);
    },
    forgetTraces: () => {
      traces = memoryStore(clock);
      host.archive = traces;
    },
  };
  await scene.dayWithAttempt();
  return scene;
}

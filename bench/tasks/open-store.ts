import { openStore } from '../trace-store.ts';

/* A process of its own for T2 (`open-store.ts <folder>`): opens a store, and asks it what the pages ask. Milliseconds. */

export interface Opening {
  readonly open: number;
  readonly statistics: number;
  readonly newest: number;
  readonly attempt: number;
}

const [folder = ''] = process.argv.slice(2);

async function timed<Value>(act: () => Promise<Value> | Value): Promise<readonly [number, Value]> {
  const start = performance.now();
  const value = await act();
  return [performance.now() - start, value];
}

const [open, store] = await timed(() => openStore(folder));
const [statistics, number] = await timed(() => {
  store.days();
  return store.summary().attempts;
});
const [newest] = await timed(() => store.newest({ limit: 50, category: 'record.not_tls', port: 'server' }));
const [attempt] = await timed(() => store.attempt(number));
await store.close();
process.send?.({ open, statistics, newest, attempt } satisfies Opening);

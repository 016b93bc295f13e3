import { attempt, diskStore, generation, long } from './trace-store.ts';

/* Writes into a store for as long as it lives, and says after each batch how many attempts are written: for whoever kills it. */

const [data = ''] = process.argv.slice(2);
const clock = { seconds: () => Math.floor(Date.now() / 1000), monotonic: () => performance.now() };
const { store, logged } = await diskStore(data, clock, { segmentBytes: 1024 * 1024 });
process.stdout.write(`opened ${logged.join(' ')}\n`);
store.generation(generation);
for (let batch = 0; ; batch += 1) {
  for (let i = 0; i < 1 + (batch % 7); i += 1) {
    attempt(store, clock, { visitor: `4:10.0.${batch % 200}` }, i === 3 ? long(8) : undefined);
    store.count({ at: Date.now(), port: 'http', visitor: '4:10.1.1', category: 'website.page' });
  }
  await store.flush();
  process.stdout.write(`written ${store.summary().attempts}\n`);
}

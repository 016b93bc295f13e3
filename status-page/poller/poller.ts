import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';
import { S3Store } from './s3-store.ts';
import { settingsOf } from './settings.ts';
import { decodeSiteFiles } from './site-files.ts';

/*
 * The poller as a Lambda (nodejs24.x, handler `poller.handler`): one run for each event, whatever the event says. What it is
 * told is in its environment, and whoever deploys it sees to its role: its bucket, and nothing else.
 */

const { bucket, settings } = settingsOf(process.env);
const store = new S3Store({ bucket, endpoint: process.env['PINATA_S3_ENDPOINT'] });
const assets = decodeSiteFiles(readFileSync(join(import.meta.dirname, 'site-files.json'), 'utf8'));
const clock = (): number => Math.floor(Date.now() / 1000);

/** Milliseconds that are left for saying that it was too late. */
const last = 1500;

export async function handler(
  _event: unknown,
  context: { readonly getRemainingTimeInMillis: () => number },
): Promise<unknown> {
  if (settings === undefined) return { outcome: 'waiting', because: 'PINATA_WATCHED names no host yet' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const left = context.getRemainingTimeInMillis() - last;
    timer = setTimeout(() => reject(new Error(`the run was not over after ${left} ms, and is given up`)), left);
  });
  try {
    const report = await Promise.race([run({ settings, store, assets, world: { clock } }), late]);
    console.log(JSON.stringify({ event: 'polled', ...report }));
    return report;
  } finally {
    clearTimeout(timer);
  }
}

import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { photographed } from './browser.ts';
import { Story } from './story.ts';
import { installCloud } from './venv.ts';

/*
 * `npm run demo [-- FOLDER]`: the life of a deployment for a person who watches, on an emulated AWS and a chain of this machine's
 * own, with a picture of the page for each of its states. Nothing leaves the machine but what is installed first.
 */

const folder = resolve(process.argv[2] ?? '.tmp/demo');
const began = performance.now();
const chapter = (words: string): void => {
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(`\n== ${words} (${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')})`);
};

function program(name: string): string {
  const found = (process.env['PATH'] ?? '').split(delimiter).find((place) => existsSync(join(place, name)));
  if (found === undefined) throw new Error(`${name} is not installed: the demo needs chromium and litecoind`);
  return join(found, name);
}

async function main(): Promise<void> {
  const chromium = program('chromium');
  program('litecoind');
  mkdirSync(folder, { recursive: true });
  await installCloud((line) => console.log(line));
  chapter('a cloud and a chain are started');
  await using story = await Story.start({
    say: (line) => console.log(`   ${line}`),
    look: async (name, url) => {
      await photographed(url, folder, name, chromium);
      console.log(`   ${folder}/${name}-light.png, ${name}-dark.png`);
    },
  });
  chapter('btc-pinata deploy');
  succeeded(await story.deploy());
  chapter('the wallet is funded, and the page says so');
  await story.fund();
  await story.shows('live');
  chapter('btc-pinata bridge: its two ends talk to each other, and the key goes by encrypted');
  const { status, output } = await story.bridge();
  console.log(output.replace(/^/gm, '   '));
  succeeded(Number(status));
  chapter('somebody breaks in, with test credentials, and claims');
  const claimed = await story.breakInAndClaim();
  console.log(claimed.output.replace(/^/gm, '   '));
  succeeded(Number(claimed.status));
  chapter('the page says so');
  await story.shows('claimed');
  chapter('btc-pinata destroy');
  succeeded(await story.destroy());
  chapter('the end');
}

function succeeded(status: number): void {
  if (status !== 0) throw new Error(`it ended with status ${status}`);
}

await main();

import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { photographed } from './browser.ts';
import { Story } from './story.ts';
import { installCloud } from './venv.ts';
import { whyNoMachine } from './vps-host.ts';

/*
 * `npm run demo [-- [--machine] FOLDER]`: the life of a deployment for a person who watches, on an emulated AWS and a chain of
 * this machine's own, with a picture of the page for each of its states. `--machine`, for root: its host is a machine of
 * systemd-nspawn, made of the user-data of a deployment at Hetzner; without, a program. Nothing leaves the machine but what is
 * installed first.
 */

const { values, positionals } = parseArgs({
  options: { machine: { type: 'boolean', default: false }, help: { type: 'boolean', default: false, short: 'h' } },
  allowPositionals: true,
});
if (values.help) {
  console.log(`npm run demo [-- [--machine] [FOLDER]]
The life of a deployment, from the plan to its end, on an emulated AWS and a chain of this machine's own, with a picture
of the page for each of its states in FOLDER (.tmp/demo). Some three minutes of two idle cores (docs/deploy.md).

  --machine    as root: its host is a machine of systemd-nspawn, as at Hetzner; without it a program`);
  process.exit(0);
}
const folder = resolve(positionals[0] ?? '.tmp/demo');
const began = performance.now();
const elapsed = (): string => {
  const seconds = Math.round((performance.now() - began) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};
const chapter = (words: string): void => console.log(`\n== ${words} (${elapsed()})`);
const indented = (text: string): string => text.trimEnd().replace(/^/gm, '   ');

function program(name: string): string {
  const found = (process.env['PATH'] ?? '').split(delimiter).find((place) => existsSync(join(place, name)));
  if (found === undefined) throw new Error(`${name} is not installed: the demo needs chromium, litecoind and openssl`);
  return join(found, name);
}

async function main(): Promise<void> {
  const chromium = program('chromium');
  for (const name of ['litecoind', 'openssl']) program(name);
  const noMachine = whyNoMachine();
  if (values.machine && noMachine !== undefined) throw new Error(`--machine: ${noMachine}`);
  mkdirSync(folder, { recursive: true });
  await installCloud((line) => console.log(line));
  chapter('a cloud and a chain are started');
  await using story: Story = await Story.start(values.machine ? 'machine' : 'program', {
    say: (line) => console.log(`   ${line}`),
    look: async (name, url) => {
      await photographed(url, story.edge, folder, name, chromium);
      console.log(`   ${folder}/${name}-light.png, ${name}-dark.png`);
    },
  });
  chapter('btc-pinata deploy');
  succeeded(await story.deploy());
  chapter(
    'the wallet is funded; meanwhile btc-pinata bridge: its two ends talk to each other, and the key goes by encrypted',
  );
  await story.fund();
  const [bridged] = await Promise.all([story.bridge(), story.shows('live')]);
  console.log(indented(bridged.output));
  succeeded(Number(bridged.status));
  chapter('somebody breaks in, with test credentials, and claims');
  const claimed = await story.breakInAndClaim();
  console.log(indented(claimed.output));
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

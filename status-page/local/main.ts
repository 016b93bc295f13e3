import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { statusSchema } from '../document/index.ts';
import { FolderStore } from '../poller/folder-store.ts';
import { type RunReport, run } from '../poller/run.ts';
import type { Store } from '../poller/store.ts';
import { buildAssets } from '../site/build.ts';
import { Bell } from './bell.ts';
import { holdFolder } from './folder-lock.ts';
import { localSettings, number, usage, usualExplorer, type Words, wantedNode, words } from './options.ts';
import { OwnChain } from './own-chain.ts';
import { installedNode, startNode } from './regtest-node.ts';
import { createStatusServer, listenOn } from './serve.ts';
import { invitation, nobodyAnswers, withoutNode } from './words.ts';

/*
 * `npm run status`: the page of the piñata that runs on this machine, by the code that runs in the cloud. A poller on a timer,
 * its objects in a folder, a small server of the loopback for them, and on regtest a chain to look at.
 */

const say = (line: string): void => void process.stdout.write(`${line}\n`);

export const reportLine = ({ verdict, unknown }: RunReport): string => {
  const parts = Object.entries(unknown).map(([part, reason]) => `  ${part} is unknown: ${reason}`);
  return [`${new Date().toISOString()} ${verdict}`, ...parts].join('\n');
};

/** What is to be undone at the end, the last first. */
type Ends = (() => unknown)[];

async function main(argv: readonly string[], ends: Ends): Promise<void> {
  const values = words(argv);
  if (values.help) return say(usage);
  const settings = localSettings(values);
  const wanted = wantedNode(values);
  const blockSeconds = number('block-seconds', values['block-seconds'], 0, 86_400);
  const own = await wantsOwnChain(values, wanted);
  const store = new FolderStore(folderFor(values, own, ends));
  const server = createStatusServer(store);
  const port = values.once ? 0 : await listenOn(server, number('port', values.port, 0, 65_535));
  ends.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  const chain = own
    ? await ownChain(wanted === undefined || wanted === 'none' ? installedNode() : wanted, ends)
    : undefined;
  const sources = [...(chain?.explorers ?? settings.sources)];
  const watched = { ...settings, sources, ...(values.once ? {} : { pageUrl: `http://127.0.0.1:${port}` }) };
  const assets = await buildAssets();
  const world = { clock: () => Math.floor(Date.now() / 1000), ownExplorers: chain !== undefined };
  const poll = async (): Promise<void> => say(reportLine(await run({ settings: watched, store, assets, world })));
  if (values.once) {
    await twice(poll, store);
    if ((await addressIn(store)) === undefined) say(nobodyAnswers(settings.host, settings.ports.http));
    return;
  }
  say(`the status page is at http://127.0.0.1:${port}/`);
  const bell = chain === undefined ? new Bell() : bellForBlocks(blockSeconds, ends);
  const page = `http://127.0.0.1:${port}/`;
  let known = chain === undefined ? await addressIn(store) : undefined;
  for (let looks = 1; ; looks += 1) {
    await poll().catch(complain('this look came to nothing'));
    const address = await addressIn(store);
    if (address === undefined && looks === 1)
      say(`${nobodyAnswers(settings.host, settings.ports.http)} The page sees it at the next look.`);
    if (address !== undefined && address !== known) {
      known = await filled(chain, address);
      if (chain !== undefined && known !== undefined)
        say(invitation({ page, chain, address, blockSeconds, port: values['server-port'] }));
      // Of the coins at an address that was just heard, the next look tells.
      if (known !== undefined) {
        await nextSecond();
        continue;
      }
    }
    // Between two looks: an explorer whose tip moves while it is asked contradicts itself.
    if (await bell.wait(settings.interval * 1000)) await chain?.mine(1).catch(complain('there was no block'));
  }
}

/** The first look hears the address, the one after it looks there. */
async function twice(poll: () => Promise<void>, store: Store): Promise<void> {
  const before = await addressIn(store);
  await poll();
  if ((await addressIn(store)) === before) return;
  await nextSecond();
  await poll();
}

/** Two looks have two times, in seconds. */
const nextSecond = (): Promise<void> => delay(1000);

/** The address, once what is to be there is there; undefined where that cannot be done, which is said. */
async function filled(chain: OwnChain | undefined, address: string): Promise<string | undefined> {
  if (chain === undefined) return address;
  return chain.fill(address).then(() => address, complain('the address cannot be filled'));
}

const complain =
  (what: string) =>
  (error: unknown): undefined =>
    void process.stderr.write(`${what}: ${error instanceof Error ? error.message : String(error)}\n`);

/** On regtest, where nobody named an explorer and none answers where one is usually found. */
async function wantsOwnChain(values: Words, wanted: ReturnType<typeof wantedNode>): Promise<boolean> {
  if (values.network !== 'regtest' || values.chain.length > 0 || wanted === 'none' || values.once) return false;
  if (wanted !== undefined) return true;
  const height = fetch(`${usualExplorer.url}/blocks/tip/height`, { signal: AbortSignal.timeout(5000) })
    .then((answer) => answer.text())
    .catch(() => '');
  return !/^\d{1,9}$/.test(await height);
}

/** Held until the end. A chain that is gone with the process leaves nothing for the next to go on with. */
function folderFor({ data }: Words, own: boolean, ends: Ends): string {
  const temporary = own && data === undefined;
  const folder = temporary ? mkdtempSync(join(tmpdir(), 'pinata-status-')) : resolve(data ?? '.tmp/status');
  if (temporary) ends.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  ends.push(holdFolder(folder));
  if (own && readdirSync(folder).some((name) => name === 'public' || name === 'state')) {
    throw new Error(`${folder} has what was seen of another chain: name an empty folder with --data, or none`);
  }
  return folder;
}

/** Undefined where there is none to be had, which is said. */
async function ownChain(name: Parameters<typeof startNode>[0], ends: Ends): Promise<OwnChain | undefined> {
  const starting = startNode(name, say).then((node) => OwnChain.of(node, usualExplorer.port));
  // A signal may come while it starts.
  ends.push(() => starting.then((chain) => chain.stop()).catch(() => undefined));
  try {
    return await starting;
  } catch (error) {
    say(withoutNode(name, error));
    return undefined;
  }
}

/** Rings where a block is due. */
function bellForBlocks(seconds: number, ends: Ends): Bell {
  const bell = new Bell();
  if (seconds > 0) {
    const timer = setInterval(() => bell.ring(), seconds * 1000);
    ends.push(() => clearInterval(timer));
  }
  if (process.stdin.isTTY) process.stdin.on('data', () => bell.ring());
  return bell;
}

async function addressIn(store: Store): Promise<string | undefined> {
  const stored = await store.get('public/status.json');
  if (stored === undefined) return undefined;
  const read = v.safeParse(statusSchema, JSON.parse(new TextDecoder().decode(stored.bytes)));
  return read.success ? (read.output.watched.address ?? undefined) : undefined;
}

async function undo(ends: Ends): Promise<void> {
  for (const end of ends.splice(0).toReversed()) await end();
}

if (import.meta.main) {
  const ends: Ends = [];
  // A terminal that is closed hangs up, and takes no more words. A node of Core takes that signal for something else, and stays.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
      void undo(ends).finally(() => process.exit(0));
    });
  }
  main(process.argv.slice(2), ends).then(
    () => undo(ends),
    async (error: unknown) => {
      process.stderr.write(`npm run status: ${error instanceof Error ? error.message : String(error)}\n`);
      await undo(ends);
      process.exitCode = 2;
    },
  );
}

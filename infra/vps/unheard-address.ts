import { join } from 'node:path';
import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import { readNote, removeNote, writeNote } from '../deploy/note.ts';
import type { Cloud } from './cloud.ts';
import { type EngineState, holds, readState, type StateHolder } from './state.ts';

/*
 * A reserved address of DigitalOcean can have no tag. So before one is made, it is written down which the account has: what a
 * run made and never heard of is then the one that is new. An address that was there before is never touched.
 */

const format = 'btc-pinata/vps-sought-address/v1';
const noteName = 'sought-address.json';
const address = v.pipe(v.string(), v.ipv4());
const schema = v.strictObject({
  format: v.literal(format),
  /** Seconds since 1970. */
  at: v.pipe(v.number(), v.integer(), v.minValue(0)),
  region: v.string(),
  /** All of the account, at that time. */
  before: v.array(address),
  /** The run came to its end without the address: perhaps its answer was lost. */
  unheard: v.boolean(),
  /** Between which a person has to choose, and was told so. */
  doubted: v.array(address),
});
type Sought = v.InferOutput<typeof schema>;

/** Longer ago, the one that is new may as well be somebody else's. */
const freshSeconds = 3600;
const addressType = 'digitalocean:index/reservedIp:ReservedIp';

const isAsked = ({ pending_operations: pending }: EngineState): boolean =>
  pending?.some(({ type, resource }) => type === 'creating' && resource.type === addressType) === true;

const now = (): number => Math.floor(Date.now() / 1000);

/** Before a run that may make an address in this region. `folder`: that of the state. */
export async function seekAddress(stack: StateHolder, cloud: Cloud, folder: string, region: string): Promise<void> {
  if (holds(await readState(stack), 'address')) return;
  const before = (await cloud.unlabelled()).map(({ ip }) => ip);
  writeNote(folder, noteName, { format, at: now(), region, before, unheard: false, doubted: [] } satisfies Sought);
}

/** After a run that failed by itself: what it made, if anything, is there now, and is looked for now or by the next run. */
export async function mendFailedRun(stack: StateHolder, cloud: Cloud, folder: string): Promise<readonly string[]> {
  const sought = readNote(folder, noteName, schema);
  if (sought === undefined) return [];
  writeNote(folder, noteName, { ...sought, unheard: true } satisfies Sought);
  return await clearUnheardAddress(stack, cloud, folder);
}

/**
 * Deletes the address of a run that never heard of it: nobody ever used it. Before the pending operations of the state are
 * cleared, which say whether one was asked for. Returns a sentence if there was one. Throws a Refusal where it cannot be known
 * which it is; then nothing was deleted.
 */
export async function clearUnheardAddress(
  stack: StateHolder,
  cloud: Cloud,
  folder: string,
): Promise<readonly string[]> {
  const sought = readNote(folder, noteName, schema);
  if (sought === undefined) return [];
  const state = await readState(stack);
  const mayBe = !holds(state, 'address') && (sought.unheard || isAsked(state));
  const found = mayBe ? await unheard(cloud, sought) : undefined;
  const [first, ...more] = found ?? [];
  if (first === undefined) {
    forgetAddress(folder);
    return [];
  }
  if (more.length > 0 || sought.doubted.length > 0 || now() - sought.at > freshSeconds) {
    const doubted = [first, ...more];
    writeNote(folder, noteName, { ...sought, doubted } satisfies Sought);
    throw doubt(doubted, join(folder, noteName));
  }
  await cloud.remove({ kind: 'address', id: first, name: first, attached: false, owner: undefined });
  forgetAddress(folder);
  return [`address ${first} of the run that was interrupted is deleted: nobody ever used it`];
}

/** Of the region, without a server, and not there before; none, once a person who was asked has deleted one of them. */
async function unheard(cloud: Cloud, { region, before, doubted }: Sought): Promise<readonly string[]> {
  const there = await cloud.unlabelled();
  if (doubted.some((ip) => there.every((one) => one.ip !== ip))) return [];
  return there
    .filter((one) => !one.attached && one.region === region && !before.includes(one.ip))
    .map(({ ip }) => ip)
    .filter((ip) => doubted.length === 0 || doubted.includes(ip));
}

function doubt(addresses: readonly string[], path: string): Refusal {
  const one = addresses.length === 1;
  return new Refusal(
    `the run that was interrupted may have made ${one ? 'the address' : 'one of the addresses'} ${addresses.join(', ')}, which no server has: if it did, delete ${one ? 'it' : 'that one'} by \`doctl compute reserved-ip delete\`, if not, delete ${path}, and run this again`,
  );
}

/** When it is known, or no longer wanted. */
export const forgetAddress = (folder: string): void => removeNote(folder, noteName);

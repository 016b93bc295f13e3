import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '@pulumi/pulumi/automation/index.js';
import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import type { Cloud, Found, Kind } from './cloud.ts';
import { cloudName } from './failures.ts';
import type { Owner } from './labels.ts';
import {
  changeState,
  type EngineState,
  type PendingOperation,
  readState,
  resourceName,
  type StateHolder,
  type StateResource,
  without,
} from './state.ts';
import { lockFolder, type Place } from './workspace.ts';

/*
 * A run that was killed leaves two things: the engine's lock, and what it was just asking the cloud for, of which nobody knows
 * whether the cloud did it. Neither may stop the next run, nor make a second one of anything.
 */

const lock = v.object({ pid: v.number(), hostname: v.string(), username: v.string(), timestamp: v.string() });

/** Takes the lock of a run that is no more. Throws a Refusal while its run goes on, or may go on on another machine. */
export async function clearDeadLock(stack: Stack, place: Place): Promise<void> {
  const locks = locksIn(lockFolder(place));
  if (locks.length === 0) return;
  for (const { pid, hostname: where, timestamp } of locks) {
    if (where !== hostname()) {
      throw new Refusal(
        `this deployment is locked by a run on ${where}, since ${timestamp}: let it end, or if it is no more, delete ${lockFolder(place)}`,
      );
    }
    if (isAlive(pid)) throw new Refusal(`this deployment is locked by another run here (process ${pid}): let it end`);
  }
  await stack.cancel();
}

function locksIn(folder: string): v.InferOutput<typeof lock>[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => v.parse(lock, JSON.parse(readFileSync(join(folder, name), 'utf8'))));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** By the type of Pulumi. An attachment is made, or undone, again as well (joints.ts). */
const kinds: Readonly<Record<string, Kind>> = {
  'hcloud:index/server:Server': 'server',
  'hcloud:index/primaryIp:PrimaryIp': 'address',
  'hcloud:index/volume:Volume': 'volume',
  'hcloud:index/firewall:Firewall': 'firewall',
  'digitalocean:index/droplet:Droplet': 'server',
  'digitalocean:index/reservedIp:ReservedIp': 'address',
  'digitalocean:index/volume:Volume': 'volume',
  'digitalocean:index/firewall:Firewall': 'firewall',
  'digitalocean:index/tag:Tag': 'tag',
};

/**
 * What was being created when a run was killed, and did come to be, is deleted, so that it is made once: nobody ever used it.
 * It is known by the id of this deployment in its label, never by its name alone; what can have no label is not looked at here
 * (unheard-address.ts). A volume that a server has is none of these, and is refused. What was being deleted, and is gone, is
 * forgotten: DigitalOcean's plugin takes what is not there for an error. Returns a sentence of each that was deleted.
 */
export async function clearPending(stack: StateHolder, cloud: Cloud, owner: Owner): Promise<readonly string[]> {
  const state = await readState(stack);
  const operations = state.pending_operations ?? [];
  if (operations.length === 0) return [];
  const known = new Set((state.resources ?? []).map(({ id }) => id));
  const created = operations.filter(({ type }) => type === 'creating');
  const there = created.length === 0 ? [] : await cloud.labelled(owner.name);
  const notes: string[] = [];
  for (const found of there) {
    if (found.owner !== owner.id || known.has(found.id)) continue;
    if (!created.some((operation) => isOf(operation, found, owner.name))) continue;
    if (found.kind === 'volume' && found.attached) {
      throw new Refusal(
        `volume ${found.name} (${found.id}) at ${cloudName(cloud.provider)} is not of this deployment's state, and a server has it: look at it in the console`,
      );
    }
    await cloud.remove(found);
    notes.push(`${found.kind} ${found.name} of the run that was interrupted is deleted: nobody ever used it`);
  }
  const gone = await goneOf(state, cloud);
  await changeState(stack, (before) => ({
    ...without(before, ({ urn, id }) => gone.some((one) => one.urn === urn && one.id === id)),
    pending_operations: [],
  }));
  return notes;
}

/** What was being deleted, and is. */
async function goneOf(state: EngineState, cloud: Cloud): Promise<readonly StateResource[]> {
  const operations = state.pending_operations ?? [];
  const deleted = new Set(operations.filter(({ type }) => type === 'deleting').map(({ resource }) => resource.urn));
  const gone: StateResource[] = [];
  for (const resource of state.resources ?? []) {
    const kind = kinds[resource.type];
    if (!deleted.has(resource.urn) || kind === undefined || resource.id === undefined) continue;
    if (!(await cloud.isThere(kind, resource.id))) gone.push(resource);
  }
  return gone;
}

/** A server is called after what it is made of, a tag after the deployment and its id; everything else after the deployment. */
function isOf({ resource }: PendingOperation, found: Found, name: string): boolean {
  if (kinds[resource.type] !== found.kind) return false;
  if (found.kind === 'tag') return true;
  const called = resourceName(resource.urn);
  return found.name === (found.kind === 'server' ? called.replace('server', name) : name);
}

import { CommandError, type OutputMap, type Stack } from '@pulumi/pulumi/automation/index.js';
import * as v from 'valibot';
import { Refusal } from '../claim/refusal.ts';
import type { Cloud, Waiting } from './cloud.ts';
import { digitalOceanCloud } from './digitalocean-api.ts';
import { errorOf, type Step, stepOf, type VpsEvent, vpsEventOf } from './events.ts';
import { refusalOf } from './failures.ts';
import { hetznerCloud } from './hetzner-api.ts';
import { type ParsedVpsInputs, parseVpsInputs, serverMark, type VpsInputs, type VpsProvider } from './inputs.ts';
import { clearDeadLock, clearPending } from './interrupted.ts';
import { mendJoints } from './joints.ts';
import { type VpsOutputs, vpsOutputsSchema } from './outputs.ts';
import { forgetOwnId, ownId } from './own.ts';
import { vpsProgram } from './program.ts';
import { atTheCloud, changeState, holds, otherServers, readState, resourceName, servers } from './state.ts';
import { clearUnheardAddress, forgetAddress, mendFailedRun, seekAddress } from './unheard-address.ts';
import { openStack, type Place } from './workspace.ts';

/*
 * A VPS is made, changed and removed by the engine of Pulumi, on a state in a folder. Each function can be run again after
 * whatever happened to the last run. All of them throw a Refusal, whose message is one sentence for a person.
 */

export interface RunOptions extends Omit<Place, 'provider' | 'name'> {
  readonly onEvent?: (event: VpsEvent) => void;
  readonly signal?: AbortSignal;
  readonly waiting?: Waiting;
}

export interface UpOptions extends RunOptions {
  /** Whether a server that is there may give way to another. False: that is refused, before anything is done. */
  readonly replaceServer: boolean;
}

/** The cloud's own API, with the token. */
export function cloudOf(
  { provider, endpoint }: { readonly provider: VpsProvider; readonly endpoint?: string | undefined },
  { token, waiting }: Pick<RunOptions, 'token' | 'waiting'>,
): Cloud {
  return provider === 'hetzner' ? hetznerCloud(token, endpoint, waiting) : digitalOceanCloud(token, endpoint, waiting);
}

/**
 * Makes what is missing. Where the server is to be another: the old one is stopped, which writes out and lets go of the volume,
 * the new one is made with the address, the volume moves, and the old one is deleted last. If the new one cannot be made, the
 * old one goes on.
 */
export async function up(given: VpsInputs, options: UpOptions): Promise<VpsOutputs> {
  const inputs = parseVpsInputs(given);
  const place = { ...options, provider: inputs.provider, name: inputs.name };
  const cloud = cloudOf(inputs, options);
  const note = (text: string) => options.onEvent?.({ kind: 'note', text });
  await cloud.checkToken();
  return await engineRun(inputs.provider, options, async (heard) => {
    const stack = await openStack(place, () => vpsProgram(inputs, ownId(place.folder)));
    await clearInterrupted(stack, cloud, place, note);
    refuseMove(inputs, await outputsOf(stack));
    const mark = serverMark(inputs);
    const others = otherServers(await readState(stack), mark);
    const names = others.map(({ name }) => name).join(', ');
    if (others.length > 0 && !options.replaceServer) {
      throw new Refusal(
        `this would replace ${names} by server-${mark}, since what a server is made of has changed: that is \`btc-pinata upgrade\``,
      );
    }
    await mendJoints(stack, cloud, note);
    if (others.length > 0) note(`stopping ${names}, so that the volume and the address are let go`);
    for (const other of others) await cloud.standDown(other);
    await seekAddress(stack, cloud, place.folder, inputs.region);
    let outputs: VpsOutputs;
    try {
      outputs = parsedOutputs((await stack.up(heard)).outputs);
      forgetAddress(place.folder);
    } catch (error) {
      // What went wrong is what is told; the next run looks again.
      for (const text of await mendFailedRun(stack, cloud, place.folder).catch(() => [])) note(text);
      const last = others.at(-1);
      if (last !== undefined && !holds(await readState(stack), `server-${mark}`)) {
        note(`the new server could not be made: starting ${last.name} again`);
        await cloud.standUp(last);
      }
      throw error;
    }
    // A run before this one may have stopped it, and then been interrupted.
    await cloud.standUp(outputs);
    return outputs;
  });
}

export interface Preview {
  readonly steps: readonly Step[];
  /** The same in the engine's own words, as it shows it to a person. */
  readonly text: string;
}

/** What `up` would do, without doing any of it. */
export async function preview(given: VpsInputs, options: RunOptions): Promise<Preview> {
  const inputs = parseVpsInputs(given);
  const place = { ...options, provider: inputs.provider, name: inputs.name };
  // Nothing is begun here: of the engine's events, its errors alone are heard.
  const quiet = { ...options, onEvent: () => undefined };
  return await engineRun(inputs.provider, quiet, async (heard) => {
    const stack = await openStack(place, () => vpsProgram(inputs, ownId(place.folder)));
    await clearDeadLock(stack, place);
    refuseMove(inputs, await outputsOf(stack));
    const steps: Step[] = [];
    const { stdout } = await stack.preview({
      ...heard,
      color: 'never',
      diff: true,
      onEvent(event) {
        const step = event.resourcePreEvent === undefined ? undefined : stepOf(event.resourcePreEvent.metadata);
        if (step !== undefined) steps.push(step);
        heard.onEvent(event);
      },
    });
    return { steps, text: stdout };
  });
}

export interface Removed {
  /** By the name that the program has for it; empty when all is gone. */
  readonly kept: readonly string[];
}

/** Removes the server, then everything else; the volume, with the sealed key on it, only when it is asked for. */
export async function destroy(
  { provider, name, endpoint }: Pick<VpsInputs, 'provider' | 'name' | 'endpoint'>,
  options: RunOptions & { readonly deleteVolume: boolean },
): Promise<Removed> {
  const place = { ...options, provider, name };
  const cloud = cloudOf({ provider, endpoint }, options);
  const note = (text: string) => options.onEvent?.({ kind: 'note', text });
  await cloud.checkToken();
  return await engineRun(provider, options, async (heard) => {
    const stack = await openStack(place, async () => ({}));
    await clearInterrupted(stack, cloud, place, note);
    await mendJoints(stack, cloud, note);
    for (const server of servers(await readState(stack))) await cloud.standDown(server);
    if (options.deleteVolume) {
      await changeState(stack, (state) => ({
        ...state,
        resources: (state.resources ?? []).map((one) => ({ ...one, protect: false })),
      }));
    }
    await stack.destroy({ ...heard, excludeProtected: true });
    const kept = ((await readState(stack)).resources ?? []).filter(atTheCloud).map(({ urn }) => resourceName(urn));
    if (kept.length === 0) {
      await stack.workspace.removeStack(name);
      forgetOwnId(place.folder);
    }
    return { kept };
  });
}

/** Whatever the last run left half done. */
async function clearInterrupted(stack: Stack, cloud: Cloud, place: Place, note: (text: string) => void): Promise<void> {
  await clearDeadLock(stack, place);
  const owner = { name: place.name, id: ownId(place.folder) };
  for (const text of await clearUnheardAddress(stack, cloud, place.folder)) note(text);
  for (const text of await clearPending(stack, cloud, owner)) note(text);
}

interface Heard {
  readonly onEvent: (event: Parameters<typeof vpsEventOf>[0]) => void;
  readonly signal?: AbortSignal;
}

/** Runs with the engine's events passed on, and turns what went wrong into one sentence. */
async function engineRun<Result>(
  provider: VpsProvider,
  { onEvent, signal }: RunOptions,
  run: (heard: Heard) => Promise<Result>,
): Promise<Result> {
  const errors: string[] = [];
  const heard: Heard = {
    onEvent(event) {
      const error = errorOf(event);
      if (error !== undefined) errors.push(error);
      const told = vpsEventOf(event);
      if (told !== undefined) onEvent?.(told);
    },
    ...(signal === undefined ? {} : { signal }),
  };
  try {
    return await run(heard);
  } catch (error) {
    if (error instanceof Refusal || signal?.aborted === true) throw error;
    if (!(error instanceof CommandError) && errors.length === 0) throw error;
    throw refusalOf(provider, [...errors, error instanceof Error ? error.message : ''], error);
  }
}

/** Undefined: there is none yet, or not all of it. */
async function outputsOf(stack: Stack): Promise<VpsOutputs | undefined> {
  const parsed = v.safeParse(vpsOutputsSchema, plain(await stack.outputs()));
  return parsed.success ? parsed.output : undefined;
}

const parsedOutputs = (outputs: OutputMap): VpsOutputs => v.parse(vpsOutputsSchema, plain(outputs));

const plain = (outputs: OutputMap): Record<string, unknown> =>
  Object.fromEntries(Object.entries(outputs).map(([key, { value }]): [string, unknown] => [key, value]));

function refuseMove(inputs: ParsedVpsInputs, old: VpsOutputs | undefined): void {
  if (old === undefined || old.region === inputs.region) return;
  throw new Refusal(
    `this deployment is in ${old.region}, and its volume and its address cannot move to ${inputs.region}: give --region ${old.region}, or make another deployment`,
  );
}

import type { Stack } from '@pulumi/pulumi/automation/index.js';
import * as v from 'valibot';
import type { Placed } from './cloud.ts';

/* What of the engine's own state is read here, and changed. The rest is passed on as it is. */

const resource = v.looseObject({
  urn: v.string(),
  type: v.string(),
  id: v.optional(v.string()),
  protect: v.optional(v.boolean()),
  /** It is deleted, and what comes in its place is not yet there. */
  pendingReplacement: v.optional(v.boolean()),
  dependencies: v.nullish(v.array(v.string())),
  propertyDependencies: v.nullish(v.record(v.string(), v.nullable(v.array(v.string())))),
});

const pending = v.looseObject({
  type: v.picklist(['creating', 'updating', 'deleting', 'reading', 'importing']),
  resource: v.looseObject({ urn: v.string(), type: v.string() }),
});

const deployment = v.looseObject({
  resources: v.nullish(v.array(resource)),
  pending_operations: v.nullish(v.array(pending)),
});

export type EngineState = v.InferOutput<typeof deployment>;
export type StateResource = v.InferOutput<typeof resource>;
export type PendingOperation = v.InferOutput<typeof pending>;

/** What holds the state: it is read out of it, and put into it, as a whole. */
export type StateHolder = Pick<Stack, 'exportStack' | 'importStack'>;

export async function readState(stack: StateHolder): Promise<EngineState> {
  const exported = await stack.exportStack();
  return v.parse(deployment, exported.deployment);
}

/** Throws what the engine throws. */
export async function changeState(stack: StateHolder, change: (state: EngineState) => EngineState): Promise<void> {
  const exported = await stack.exportStack();
  await stack.importStack({ ...exported, deployment: change(v.parse(deployment, exported.deployment)) });
}

/**
 * Without the resources that `isGone`, which are nobody's parents. The engine takes no state in which something depends on what
 * is not there, so that is cut as well.
 */
export function without(state: EngineState, isGone: (one: StateResource) => boolean): EngineState {
  const resources = (state.resources ?? []).filter((one) => !isGone(one));
  // Of what is replaced there are two of one URN.
  const there = new Set(resources.map(({ urn }) => urn));
  const left = (urns: readonly string[] | null | undefined) => urns?.filter((urn) => there.has(urn)) ?? [];
  return {
    ...state,
    resources: resources.map((one) => ({
      ...one,
      dependencies: left(one.dependencies),
      propertyDependencies: Object.fromEntries(
        Object.entries(one.propertyDependencies ?? {}).map(([property, urns]) => [property, left(urns)]),
      ),
    })),
  };
}

/** The last part of a URN: what the program calls the resource. */
export const resourceName = (urn: string): string => urn.slice(urn.lastIndexOf('::') + 2);

/** Whether there is such a thing already. */
export const holds = (state: EngineState, name: string): boolean =>
  state.resources?.some(({ urn }) => resourceName(urn) === name) === true;

const serverTypes = ['hcloud:index/server:Server', 'digitalocean:index/droplet:Droplet'];

export interface PlacedServer extends Placed {
  readonly name: string;
}

/** Each with the address of the deployment; the newest is the last. */
export function servers({ resources }: EngineState): readonly PlacedServer[] {
  const addressId = resources?.find(({ urn }) => resourceName(urn) === 'address')?.id ?? '';
  return (resources ?? []).flatMap(({ urn, type, id }) => {
    const isServer = serverTypes.includes(type) && id !== undefined;
    return isServer ? [{ name: resourceName(urn), serverId: id, addressId }] : [];
  });
}

/** Those that are not the one of this mark. */
export const otherServers = (state: EngineState, mark: string): readonly PlacedServer[] =>
  servers(state).filter(({ name }) => name !== `server-${mark}`);

/** Of the cloud: neither the stack, nor a component, nor a provider. */
export const atTheCloud = ({ type }: StateResource): boolean =>
  !type.startsWith('pulumi:') && !type.startsWith('btc-pinata:');

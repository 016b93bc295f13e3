import type { Stack } from '@pulumi/pulumi/automation/index.js';
import * as v from 'valibot';
import type { Placed } from './cloud.ts';

/* What of the engine's own state is read here, and changed. The rest is passed on as it is. */

const resource = v.looseObject({
  urn: v.string(),
  type: v.string(),
  id: v.optional(v.string()),
  protect: v.optional(v.boolean()),
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

export async function readState(stack: Stack): Promise<EngineState> {
  const exported = await stack.exportStack();
  return v.parse(deployment, exported.deployment);
}

/** Throws what the engine throws. */
export async function changeState(stack: Stack, change: (state: EngineState) => EngineState): Promise<void> {
  const exported = await stack.exportStack();
  await stack.importStack({ ...exported, deployment: change(v.parse(deployment, exported.deployment)) });
}

/** The last part of a URN: what the program calls the resource. */
export const resourceName = (urn: string): string => urn.slice(urn.lastIndexOf('::') + 2);

/** Whether there is such a thing already. */
export const holds = (state: EngineState, name: string): boolean =>
  state.resources?.some(({ urn }) => resourceName(urn) === name) === true;

const serverTypes = ['hcloud:index/server:Server', 'digitalocean:index/droplet:Droplet'];

/** The servers that are not the one of this mark, each with the address of the deployment; the newest is the last. */
export function otherServers(
  { resources }: EngineState,
  mark: string,
): readonly (Placed & { readonly name: string })[] {
  const addressId = resources?.find(({ urn }) => resourceName(urn) === 'address')?.id ?? '';
  return (resources ?? []).flatMap(({ urn, type, id }) => {
    const name = resourceName(urn);
    const isOther = serverTypes.includes(type) && name !== `server-${mark}` && id !== undefined;
    return isOther ? [{ name, serverId: id, addressId }] : [];
  });
}

/** Of the cloud: neither the stack, nor a component, nor a provider. */
export const atTheCloud = ({ type }: StateResource): boolean =>
  !type.startsWith('pulumi:') && !type.startsWith('btc-pinata:');

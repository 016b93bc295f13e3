import type { Cloud, Joined } from './cloud.ts';
import type { VpsProvider } from './inputs.ts';
import { changeState, readState, resourceName, type StateHolder, servers, without } from './state.ts';

/*
 * What joins a volume or an address to a server is made by one request, and undone by one. A run that was killed, or lost its
 * way to the cloud, at such a request leaves a state that says otherwise than the cloud.
 */

/** What a joint is of, and its type. (Hetzner's server is made with its address.) */
const joints: Record<VpsProvider, readonly { readonly of: Joined; readonly type: string }[]> = {
  hetzner: [{ of: 'volume', type: 'hcloud:index/volumeAttachment:VolumeAttachment' }],
  digitalocean: [
    { of: 'volume', type: 'digitalocean:index/volumeAttachment:VolumeAttachment' },
    { of: 'address', type: 'digitalocean:index/reservedIpAssignment:ReservedIpAssignment' },
  ],
};

/**
 * Makes the state and the cloud say the same of what is joined, by parting. What a server of this deployment has, and the state
 * knows nothing of, is taken from it, since no cloud joins what is joined; the server is stopped first, as it may write to the
 * volume. What the state has, and the cloud has not, is forgotten: DigitalOcean's plugin cannot take it apart once more. (It
 * looks for the droplet of an address that has none, and falls over.) `note` is told before a server is stopped.
 */
export async function mendJoints(stack: StateHolder, cloud: Cloud, note: (text: string) => void): Promise<void> {
  const state = await readState(stack);
  const resources = state.resources ?? [];
  const parted: string[] = [];
  for (const { of, type } of joints[cloud.provider]) {
    const id = resources.find(({ urn }) => resourceName(urn) === of)?.id;
    const holder = id === undefined ? undefined : await cloud.holderOf(of, id);
    const known = resources.filter((one) => one.type === type);
    if (id !== undefined && holder !== undefined) {
      // One that is to be replaced was taken apart already: what the cloud has is its successor.
      if (known.some(({ pendingReplacement }) => pendingReplacement !== true)) continue;
      const server = servers(state).find(({ serverId }) => serverId === holder);
      // Somebody else's, who joined it by hand: the cloud will say that it is taken.
      if (server === undefined) continue;
      note(`stopping ${server.name}: a run that was interrupted gave it the ${of} unheard, so it is given anew`);
      await cloud.standDown(server);
      await cloud.part(of, id);
    }
    if (known.length > 0) parted.push(type);
  }
  if (parted.length > 0) await changeState(stack, (before) => without(before, ({ type }) => parted.includes(type)));
}

import * as v from 'valibot';
import { vpsProviders } from './inputs.ts';

/** What of a VPS is known once it is made: all of it may be shown to anybody. */
export const vpsOutputsSchema = v.object({
  provider: v.picklist(vpsProviders),
  region: v.string(),
  /** The reserved one, which outlives the server. */
  address: v.pipe(v.string(), v.ipv4()),
  /** As the cloud's API names the address: a number at Hetzner, the address itself at DigitalOcean. */
  addressId: v.string(),
  serverId: v.string(),
  /** Says what the server was made of (`serverName`). */
  serverName: v.string(),
  volumeId: v.string(),
});

export type VpsOutputs = v.InferOutput<typeof vpsOutputsSchema>;

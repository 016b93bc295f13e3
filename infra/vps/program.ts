import type * as pulumi from '@pulumi/pulumi';
import { DigitalOceanHost } from './digitalocean.ts';
import { HetznerHost } from './hetzner.ts';
import type { ParsedVpsInputs } from './inputs.ts';
import type { VpsOutputs } from './outputs.ts';

/** The Pulumi program: what `inputs` are made into, with the id of the deployment in its labels, and the outputs of the stack. */
export async function vpsProgram(
  inputs: ParsedVpsInputs,
  ownId: string,
): Promise<{ [Key in keyof VpsOutputs]: pulumi.Input<string> }> {
  const { address, addressId, serverId, serverName, volumeId } = hostOf(inputs, ownId);
  return { provider: inputs.provider, region: inputs.region, address, addressId, serverId, serverName, volumeId };
}

function hostOf(inputs: ParsedVpsInputs, ownId: string): HetznerHost | DigitalOceanHost {
  switch (inputs.provider) {
    case 'hetzner':
      return new HetznerHost(inputs, ownId);
    case 'digitalocean':
      return new DigitalOceanHost(inputs, ownId);
    default:
      return inputs satisfies never;
  }
}

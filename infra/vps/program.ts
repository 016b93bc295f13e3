import type * as pulumi from '@pulumi/pulumi';
import { DigitalOceanHost } from './digitalocean.ts';
import { HetznerHost } from './hetzner.ts';
import type { ParsedVpsInputs } from './inputs.ts';
import type { VpsOutputs } from './outputs.ts';

/** The Pulumi program: what `inputs` are made into, and the outputs of the stack. */
export async function vpsProgram(
  inputs: ParsedVpsInputs,
): Promise<{ [Key in keyof VpsOutputs]: pulumi.Input<string> }> {
  const { address, addressId, serverId, serverName, volumeId } = hostOf(inputs);
  return { provider: inputs.provider, region: inputs.region, address, addressId, serverId, serverName, volumeId };
}

function hostOf(inputs: ParsedVpsInputs): HetznerHost | DigitalOceanHost {
  switch (inputs.provider) {
    case 'hetzner':
      return new HetznerHost(inputs);
    case 'digitalocean':
      return new DigitalOceanHost(inputs);
    default:
      return inputs satisfies never;
  }
}

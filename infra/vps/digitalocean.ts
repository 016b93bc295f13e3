import * as digitalocean from '@pulumi/digitalocean';
import * as pulumi from '@pulumi/pulumi';
import { anywhere, rulesOf } from './firewall.ts';
import { type DigitalOceanInputs, imageOf, serverMark, serverName } from './inputs.ts';
import { tagOf } from './labels.ts';
import { plugins } from './pinned.ts';

/* A host at DigitalOcean. Reserved address and volume stand beside the droplet, each joined to it by a resource of its own. */

export class DigitalOceanHost extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;
  readonly addressId: pulumi.Output<string>;
  readonly serverId: pulumi.Output<string>;
  readonly serverName: pulumi.Output<string>;
  readonly volumeId: pulumi.Output<string>;

  constructor(inputs: DigitalOceanInputs, ownId: string, options: pulumi.ComponentResourceOptions = {}) {
    super('btc-pinata:vps:DigitalOceanHost', 'host', {}, options);
    const { name, region, serverType, userData, ports, volumeGigabytes, endpoint } = inputs;
    // No token: the plugin takes it from its own environment, so that no state holds it, not even sealed.
    const provider = new digitalocean.Provider(
      'digitalocean',
      endpoint === undefined ? {} : { apiEndpoint: endpoint },
      { parent: this, version: plugins.digitalocean.version },
    );
    const own = { parent: this, provider, version: plugins.digitalocean.version };

    const tag = new digitalocean.Tag('tag', { name: tagOf({ name, id: ownId }) }, own);
    const firewall = new digitalocean.Firewall(
      'firewall',
      {
        name,
        // By tag, not by droplet: it holds for a new droplet from its first moment.
        tags: [tag.name],
        inboundRules: rulesOf(ports).flatMap(({ direction, protocol, port }) =>
          direction === 'in' ? [{ protocol, portRange: String(port), sourceAddresses: anywhere }] : [],
        ),
        outboundRules: rulesOf(ports).flatMap(({ direction, protocol, port }) =>
          direction === 'out' ? [{ protocol, portRange: String(port), destinationAddresses: anywhere }] : [],
        ),
      },
      own,
    );
    // `dropletId` is the assignment's, which the cloud shows here too.
    const address = new digitalocean.ReservedIp('address', { region }, { ...own, ignoreChanges: ['dropletId'] });
    // The host makes the file system, when it first finds the volume bare.
    const volume = new digitalocean.Volume(
      'volume',
      { name, region, size: volumeGigabytes, description: `the data of ${name}`, tags: [tag.name] },
      { ...own, protect: true },
    );
    const server = new digitalocean.Droplet(
      `server-${serverMark(inputs)}`,
      {
        name: serverName(inputs),
        size: serverType,
        image: imageOf(inputs),
        region,
        userData,
        ipv6: false,
        monitoring: false,
        // The agent is a root shell for the web console.
        dropletAgent: false,
        tags: [tag.name],
      },
      { ...own, dependsOn: [firewall] },
    );
    // Both are at one droplet at a time.
    const moved = { ...own, deleteBeforeReplace: true };
    const dropletId = server.id.apply(Number);
    const attachment = new digitalocean.VolumeAttachment('attachment', { dropletId, volumeId: volume.id }, moved);
    new digitalocean.ReservedIpAssignment(
      'assignment',
      { dropletId, ipAddress: address.ipAddress },
      // The cloud refuses a second event of one droplet while the first runs.
      { ...moved, dependsOn: [attachment] },
    );

    this.address = address.ipAddress;
    this.addressId = address.id;
    this.serverId = server.id;
    this.serverName = server.name;
    this.volumeId = volume.id;
    this.registerOutputs({ address: this.address });
  }
}

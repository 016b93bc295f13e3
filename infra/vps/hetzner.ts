import * as hcloud from '@pulumi/hcloud';
import * as pulumi from '@pulumi/pulumi';
import { anywhere, rulesOf } from './firewall.ts';
import { type HetznerInputs, imageOf, serverMark, serverName } from './inputs.ts';
import { labelsOf } from './labels.ts';
import { plugins } from './pinned.ts';

/*
 * A host at Hetzner. The address (a primary IP) and the volume stand beside the server, so both outlive it: a primary IP is
 * free of its server by itself, costs a fraction of a floating one, and the host needs to know nothing of it.
 */

export class HetznerHost extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;
  readonly addressId: pulumi.Output<string>;
  readonly serverId: pulumi.Output<string>;
  readonly serverName: pulumi.Output<string>;
  readonly volumeId: pulumi.Output<string>;

  constructor(inputs: HetznerInputs, ownId: string, options: pulumi.ComponentResourceOptions = {}) {
    super('btc-pinata:vps:HetznerHost', 'host', {}, options);
    const { name, region: location, serverType, userData, ports, volumeGigabytes, reverseName, endpoint } = inputs;
    const labels = labelsOf({ name, id: ownId });
    // No token: the plugin takes it from its own environment, so that no state holds it, not even sealed.
    const provider = new hcloud.Provider('hetzner', endpoint === undefined ? {} : { endpoint, pollInterval: '100ms' }, {
      parent: this,
      version: plugins.hetzner.version,
    });
    const own = { parent: this, provider, version: plugins.hetzner.version };

    const address = new hcloud.PrimaryIp('address', { name, type: 'ipv4', location, autoDelete: false, labels }, own);
    if (reverseName !== undefined) {
      new hcloud.Rdns(
        'reverse-name',
        { primaryIpId: numeric(address.id), ipAddress: address.ipAddress, dnsPtr: reverseName },
        own,
      );
    }
    const firewall = new hcloud.Firewall(
      'firewall',
      {
        name,
        labels,
        rules: rulesOf(ports).map(({ direction, protocol, port, why }) => ({
          direction,
          protocol,
          port: String(port),
          description: why,
          ...(direction === 'in' ? { sourceIps: anywhere } : { destinationIps: anywhere }),
        })),
      },
      own,
    );
    // The host makes the file system, when it first finds the volume bare.
    const volume = new hcloud.Volume(
      'volume',
      { name, size: volumeGigabytes, location, labels },
      { ...own, protect: true },
    );
    const server = new hcloud.Server(
      `server-${serverMark(inputs)}`,
      {
        name: serverName(inputs),
        serverType,
        image: imageOf(inputs),
        location,
        userData,
        // In the request that makes it: there is no moment without a firewall.
        firewallIds: [numeric(firewall.id)],
        publicNets: [{ ipv4Enabled: true, ipv4: numeric(address.id), ipv6Enabled: false }],
        labels,
      },
      own,
    );
    new hcloud.VolumeAttachment(
      'attachment',
      { serverId: numeric(server.id), volumeId: numeric(volume.id), automount: false },
      // A volume is at one server at a time.
      { ...own, deleteBeforeReplace: true },
    );

    this.address = address.ipAddress;
    this.addressId = address.id;
    this.serverId = server.id;
    this.serverName = server.name;
    this.volumeId = volume.id;
    this.registerOutputs({ address: this.address });
  }
}

/** Hetzner's ids are numbers, Pulumi's are text. */
const numeric = (id: pulumi.Output<string>): pulumi.Output<number> => id.apply(Number);

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { CfnOutput, Fn, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import {
  CfnEIP,
  CfnEIPAssociation,
  CfnInstance,
  CfnInternetGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSecurityGroup,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCGatewayAttachment,
} from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { canonicalConfiguration } from '../../service/attest/machine-configuration.ts';
import { defaultDialbackTargetPort, endpoints } from '../../service/bounty/endpoints.ts';
import { acknowledged } from './acknowledged.ts';
import type { StackConfig } from './config.ts';

/** Where a measured image has its disk, as it is registered. */
export const rootDevice = '/dev/xvda';

/** What the machine listens on: its image has the ports of the web where a service without privileges has 8080 and 8443. */
const publicPorts = { http: 80, https: 443 } as const;

export const inboundPorts: readonly { readonly port: number; readonly summary: string }[] = endpoints.map(
  ({ key, defaultPort, summary }) => ({
    port: key === 'http' || key === 'https' ? publicPorts[key] : defaultPort,
    summary,
  }),
);

const everybody = '0.0.0.0/0';

/**
 * One machine of the measured image, alone in a network of its own. No role, no key pair, no way in but the five ports, no way
 * out but the dial-back. What an instance may be told is in its user-data: the public configuration that PCR 8 holds.
 */
export class HostStack extends Stack {
  constructor(scope: Construct, id: string, config: StackConfig & { readonly imageId: string }, props: StackProps) {
    super(scope, id, props);
    Tags.of(this).add('btc-pinata:deployment', config.name);
    Tags.of(this).add('Name', config.name);

    const { vpc, subnet, route } = this.#network(config.zone);
    const group = this.#securityGroup(vpc);
    const address = new CfnEIP(this, 'ReservedAddress', { domain: 'vpc' });
    address.addResourceDependency(route);

    const instance = new CfnInstance(this, hostId(config), {
      imageId: config.imageId,
      instanceType: config.instanceType,
      subnetId: subnet.ref,
      securityGroupIds: [group.attrGroupId],
      userData: Fn.base64(machineConfiguration(config, address.attrPublicIp)),
      // Of the machine, not of the stack: a stack whose first deployment failed has to be deleted before there is a second one.
      disableApiTermination: config.protected,
      // The image asks for its configuration and for nothing else; there is no container behind it, so one hop is all.
      metadataOptions: {
        httpEndpoint: 'enabled',
        httpTokens: 'required',
        httpPutResponseHopLimit: 1,
        instanceMetadataTags: 'disabled',
      },
      // Above its share a T3 is slower, and not dearer: nobody runs up a bill by handshakes.
      creditSpecification: { cpuCredits: 'standard' },
      blockDeviceMappings: [
        {
          deviceName: rootDevice,
          ebs: { encrypted: true, deleteOnTermination: true, volumeType: 'gp3', volumeSize: 1 },
        },
      ],
    });
    instance.addResourceDependency(route);
    new CfnEIPAssociation(this, 'AddressOfHost', { allocationId: address.attrAllocationId, instanceId: instance.ref });

    new CfnOutput(this, 'InstanceId', { value: instance.ref });
    new CfnOutput(this, 'Address', { value: address.attrPublicIp });
    acknowledged(this, {
      ...hostReasons,
      ...(config.zone === null ? {} : reasonsOfZone),
      ...(config.protected ? {} : reasonsBeforeTheEnd),
    });
  }

  /** One public subnet. No NAT, no name service of the host's own, nothing else in it. */
  #network(zone: string | null) {
    const vpc = new CfnVPC(this, 'Network', {
      cidrBlock: '10.40.0.0/28',
      enableDnsHostnames: false,
      enableDnsSupport: false,
    });
    const subnet = new CfnSubnet(this, 'Subnet', {
      vpcId: vpc.ref,
      cidrBlock: '10.40.0.0/28',
      mapPublicIpOnLaunch: false,
      // Not every zone has every machine: in us-east-1 one of them has none with a TPM.
      ...(zone === null ? {} : { availabilityZone: zone }),
    });
    const gateway = new CfnInternetGateway(this, 'Gateway');
    const attached = new CfnVPCGatewayAttachment(this, 'GatewayOfNetwork', {
      vpcId: vpc.ref,
      internetGatewayId: gateway.ref,
    });
    const table = new CfnRouteTable(this, 'Routes', { vpcId: vpc.ref });
    const route = new CfnRoute(this, 'RouteOut', {
      routeTableId: table.ref,
      destinationCidrBlock: everybody,
      gatewayId: gateway.ref,
    });
    route.addResourceDependency(attached);
    new CfnSubnetRouteTableAssociation(this, 'RoutesOfSubnet', { routeTableId: table.ref, subnetId: subnet.ref });
    return { vpc, subnet, route };
  }

  #securityGroup(vpc: CfnVPC): CfnSecurityGroup {
    return new CfnSecurityGroup(this, 'Ports', {
      groupDescription: 'The five ports of a pinata in, the dial-back out',
      vpcId: vpc.ref,
      securityGroupIngress: inboundPorts.map(({ port, summary }) => rule(port, summary)),
      securityGroupEgress: [rule(defaultDialbackTargetPort, 'dial-back to whoever asked for it')],
    });
  }
}

const rule = (port: number, summary: string) => ({
  ipProtocol: 'tcp',
  fromPort: port,
  toPort: port,
  cidrIp: everybody,
  // EC2 takes these signs and 255 of them.
  description: summary.replace(/[^A-Za-z0-9 ._\-:/()#,@[\]+=&;{}!$*]/g, '').slice(0, 255),
});

/**
 * Another image, or another configuration, is another machine with another key: it is told apart by the name of the resource,
 * because CloudFormation would restart a machine whose user-data changed, and keep its disk.
 */
const hostId = ({ imageId, network, refundKey, lockHeight, hostName }: StackConfig): string => {
  const text = JSON.stringify([imageId, network, refundKey, lockHeight, hostName]);
  return `Host${bytesToHex(sha256(utf8ToBytes(text))).slice(0, 8)}`;
};

/** The canonical text, with the address of the machine where it has no name. EC2 puts the address in while it deploys. */
function machineConfiguration(config: StackConfig, address: string): string {
  const { network, refundKey, lockHeight, hostName } = config;
  if (refundKey === null) throw new Error('refundKey: null. A measured host needs it: its wallet is a vault.');
  const written = (name: string) =>
    new TextDecoder().decode(canonicalConfiguration({ network, refundKey, lockHeight, name }));
  if (hostName !== null) return written(hostName);
  const [before = '', after = ''] = written('ADDRESS').split('ADDRESS');
  return Fn.join('', [before, address, after]);
}

const hostReasons = {
  'CloudFormation-Validate::W9010':
    'The image is named by its id because it is the measured one: a name that somebody moves would be another machine.',
  'AwsSolutions-EC23':
    'The five ports are open to everybody because whoever can break in is invited to: it is what the machine is for.',
  'AwsSolutions-EC28':
    'Detailed monitoring costs more than a fifth of the machine; the status page looks at it from outside each minute.',
  'AwsSolutions-VPC7':
    'Flow logs would keep the addresses of callers. What is said on the ports is traced by the host itself, without them.',
} as const;

const reasonsOfZone = {
  'CloudFormation-Validate::W3010':
    'The zone is named because it was asked whether it has this machine; another zone would be another machine, with another key.',
} as const;

const reasonsBeforeTheEnd = {
  'AwsSolutions-EC29': 'The protection of this machine was taken away on purpose, because it is to be destroyed.',
} as const;

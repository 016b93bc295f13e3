import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateInternetGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSecurityGroupCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DetachInternetGatewayCommand,
  DisassociateRouteTableCommand,
  EC2Client,
  type IpPermission,
  ModifyVpcAttributeCommand,
  RevokeSecurityGroupEgressCommand,
} from '@aws-sdk/client-ec2';
import * as v from 'valibot';
import { present, type ResourceType } from './resource-type.ts';
import { flag, number, tagged, tags } from './template-values.ts';

/** The network of the host, each resource by the call of EC2 that CloudFormation makes for it. */
export const networkTypes = {
  'AWS::EC2::VPC': {
    async create(settings, properties) {
      const given = v.parse(
        v.strictObject({
          CidrBlock: v.string(),
          EnableDnsHostnames: v.optional(flag),
          EnableDnsSupport: v.optional(flag),
          Tags: tags,
        }),
        properties,
      );
      const client = new EC2Client(settings);
      const { Vpc } = await client.send(
        new CreateVpcCommand({ CidrBlock: given.CidrBlock, TagSpecifications: tagged('vpc', given.Tags) }),
      );
      const VpcId = present(Vpc?.VpcId, 'Vpc.VpcId');
      for (const name of ['EnableDnsHostnames', 'EnableDnsSupport'] as const) {
        const Value = given[name];
        if (Value !== undefined) await client.send(new ModifyVpcAttributeCommand({ VpcId, [name]: { Value } }));
      }
      return { physicalId: VpcId, attributes: { VpcId } };
    },
    async delete(settings, VpcId) {
      await new EC2Client(settings).send(new DeleteVpcCommand({ VpcId }));
    },
  },

  'AWS::EC2::Subnet': {
    async create(settings, properties) {
      const { Tags, MapPublicIpOnLaunch, ...given } = v.parse(
        v.strictObject({
          CidrBlock: v.string(),
          VpcId: v.string(),
          MapPublicIpOnLaunch: v.optional(flag),
          AvailabilityZone: v.optional(v.string()),
          Tags: tags,
        }),
        properties,
      );
      if (MapPublicIpOnLaunch === true)
        throw new Error('MapPublicIpOnLaunch: the host has one address, a reserved one');
      const { Subnet } = await new EC2Client(settings).send(
        new CreateSubnetCommand({ ...given, TagSpecifications: tagged('subnet', Tags) }),
      );
      const SubnetId = present(Subnet?.SubnetId, 'Subnet.SubnetId');
      return { physicalId: SubnetId, attributes: { SubnetId } };
    },
    async delete(settings, SubnetId) {
      await new EC2Client(settings).send(new DeleteSubnetCommand({ SubnetId }));
    },
  },

  'AWS::EC2::InternetGateway': {
    async create(settings, properties) {
      const { Tags } = v.parse(v.strictObject({ Tags: tags }), properties);
      const { InternetGateway } = await new EC2Client(settings).send(
        new CreateInternetGatewayCommand({ TagSpecifications: tagged('internet-gateway', Tags) }),
      );
      const id = present(InternetGateway?.InternetGatewayId, 'InternetGateway.InternetGatewayId');
      return { physicalId: id, attributes: { InternetGatewayId: id } };
    },
    async delete(settings, InternetGatewayId) {
      await new EC2Client(settings).send(new DeleteInternetGatewayCommand({ InternetGatewayId }));
    },
  },

  'AWS::EC2::VPCGatewayAttachment': {
    async create(settings, properties) {
      const given = v.parse(attachment, properties);
      await new EC2Client(settings).send(new AttachInternetGatewayCommand(given));
      return { physicalId: `IGW|${given.VpcId}`, attributes: { AttachmentType: 'IGW' } };
    },
    async delete(settings, _, properties) {
      await new EC2Client(settings).send(new DetachInternetGatewayCommand(v.parse(attachment, properties)));
    },
  },

  'AWS::EC2::RouteTable': {
    async create(settings, properties) {
      const { Tags, VpcId } = v.parse(v.strictObject({ VpcId: v.string(), Tags: tags }), properties);
      const { RouteTable } = await new EC2Client(settings).send(
        new CreateRouteTableCommand({ VpcId, TagSpecifications: tagged('route-table', Tags) }),
      );
      const id = present(RouteTable?.RouteTableId, 'RouteTable.RouteTableId');
      return { physicalId: id, attributes: { RouteTableId: id } };
    },
    async delete(settings, RouteTableId) {
      await new EC2Client(settings).send(new DeleteRouteTableCommand({ RouteTableId }));
    },
  },

  'AWS::EC2::Route': {
    async create(settings, properties) {
      const given = v.parse(route, properties);
      await new EC2Client(settings).send(new CreateRouteCommand(given));
      const id = `${given.RouteTableId}|${given.DestinationCidrBlock}`;
      return { physicalId: id, attributes: { CidrBlock: given.DestinationCidrBlock } };
    },
    async delete(settings, _, properties) {
      const { RouteTableId, DestinationCidrBlock } = v.parse(route, properties);
      await new EC2Client(settings).send(new DeleteRouteCommand({ RouteTableId, DestinationCidrBlock }));
    },
  },

  'AWS::EC2::SubnetRouteTableAssociation': {
    async create(settings, properties) {
      const given = v.parse(v.strictObject({ RouteTableId: v.string(), SubnetId: v.string() }), properties);
      const { AssociationId } = await new EC2Client(settings).send(new AssociateRouteTableCommand(given));
      const id = present(AssociationId, 'AssociationId');
      return { physicalId: id, attributes: { Id: id } };
    },
    async delete(settings, AssociationId) {
      await new EC2Client(settings).send(new DisassociateRouteTableCommand({ AssociationId }));
    },
  },

  'AWS::EC2::SecurityGroup': {
    async create(settings, properties, { stack, logicalId }) {
      const given = v.parse(securityGroup, properties);
      const client = new EC2Client(settings);
      const { GroupId } = await client.send(
        new CreateSecurityGroupCommand({
          GroupName: given.GroupName ?? `${stack}-${logicalId}-${given.VpcId}`,
          Description: given.GroupDescription,
          VpcId: given.VpcId,
          TagSpecifications: tagged('security-group', given.Tags),
        }),
      );
      // EC2 lets everything out of a new group; what a template says takes the place of that.
      const everything = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
      await client.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [everything] }));
      const inbound = { GroupId, IpPermissions: given.SecurityGroupIngress.map(permission) };
      const outbound = { GroupId, IpPermissions: given.SecurityGroupEgress.map(permission) };
      await client.send(new AuthorizeSecurityGroupIngressCommand(inbound));
      await client.send(new AuthorizeSecurityGroupEgressCommand(outbound));
      const id = present(GroupId, 'GroupId');
      return { physicalId: id, attributes: { GroupId: id, VpcId: given.VpcId } };
    },
    async delete(settings, GroupId) {
      await new EC2Client(settings).send(new DeleteSecurityGroupCommand({ GroupId }));
    },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;

const attachment = v.strictObject({ VpcId: v.string(), InternetGatewayId: v.string() });

const route = v.strictObject({ RouteTableId: v.string(), DestinationCidrBlock: v.string(), GatewayId: v.string() });

const rule = v.strictObject({
  IpProtocol: v.string(),
  FromPort: number,
  ToPort: number,
  CidrIp: v.string(),
  Description: v.string(),
});

/** Both lists are asked for: without `SecurityGroupEgress` a group lets everything out. */
const securityGroup = v.strictObject({
  GroupDescription: v.string(),
  GroupName: v.optional(v.string()),
  VpcId: v.string(),
  SecurityGroupIngress: v.array(rule),
  SecurityGroupEgress: v.pipe(v.array(rule), v.minLength(1)),
  Tags: tags,
});

const permission = ({ CidrIp, Description, ...range }: v.InferOutput<typeof rule>): IpPermission => ({
  ...range,
  IpRanges: [{ CidrIp, Description }],
});

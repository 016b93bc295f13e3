import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  ReleaseAddressCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import * as v from 'valibot';
import { present, type ResourceType } from './resource-type.ts';
import { flag, number, tagged, tags } from './template-values.ts';

const disk = v.strictObject({
  DeviceName: v.string(),
  Ebs: v.strictObject({
    Encrypted: flag,
    DeleteOnTermination: flag,
    VolumeType: v.picklist(['gp3']),
    VolumeSize: v.optional(number),
  }),
});

const instance = v.strictObject({
  ImageId: v.string(),
  InstanceType: v.picklist(['t3.micro', 't3.small']),
  SubnetId: v.string(),
  SecurityGroupIds: v.array(v.string()),
  UserData: v.string(),
  DisableApiTermination: flag,
  MetadataOptions: v.strictObject({
    HttpEndpoint: v.picklist(['enabled']),
    HttpTokens: v.picklist(['required']),
    HttpPutResponseHopLimit: number,
    InstanceMetadataTags: v.optional(v.picklist(['disabled'])),
  }),
  CreditSpecification: v.strictObject({ CPUCredits: v.picklist(['standard']) }),
  BlockDeviceMappings: v.array(disk),
  InstanceInitiatedShutdownBehavior: v.optional(v.picklist(['stop', 'terminate'])),
  Tags: tags,
});

/** The host and its address, each by the call of EC2 that CloudFormation makes for it. */
export const instanceTypes = {
  'AWS::EC2::Instance': {
    async create(settings, properties) {
      const { CreditSpecification, Tags, ...given } = v.parse(instance, properties);
      const { Instances } = await new EC2Client(settings).send(
        new RunInstancesCommand({
          ...given,
          CreditSpecification: { CpuCredits: CreditSpecification.CPUCredits },
          MinCount: 1,
          MaxCount: 1,
          TagSpecifications: tagged('instance', Tags),
        }),
      );
      const made = Instances?.[0];
      const id = present(made?.InstanceId, 'Instances[0].InstanceId');
      return { physicalId: id, attributes: { InstanceId: id, PrivateIp: made?.PrivateIpAddress ?? '' } };
    },
    /** Protection is switched in place. What else there is to change of a host makes a new one: see infra/stacks/host.ts. */
    async update(settings, InstanceId, properties) {
      const { DisableApiTermination: Value } = v.parse(instance, properties);
      const command = new ModifyInstanceAttributeCommand({ InstanceId, DisableApiTermination: { Value } });
      await new EC2Client(settings).send(command);
      return { physicalId: InstanceId, attributes: { InstanceId } };
    },
    async delete(settings, InstanceId) {
      await new EC2Client(settings).send(new TerminateInstancesCommand({ InstanceIds: [InstanceId] }));
    },
  },

  'AWS::EC2::EIP': {
    async create(settings, properties) {
      const { Domain, Tags } = v.parse(v.strictObject({ Domain: v.literal('vpc'), Tags: tags }), properties);
      const { PublicIp, AllocationId } = await new EC2Client(settings).send(
        new AllocateAddressCommand({ Domain, TagSpecifications: tagged('elastic-ip', Tags) }),
      );
      const address = present(PublicIp, 'PublicIp');
      const attributes = { PublicIp: address, AllocationId: present(AllocationId, 'AllocationId') };
      return { physicalId: address, attributes };
    },
    async delete(settings, PublicIp) {
      const client = new EC2Client(settings);
      const { Addresses } = await client.send(new DescribeAddressesCommand({ PublicIps: [PublicIp] }));
      await client.send(new ReleaseAddressCommand({ AllocationId: Addresses?.[0]?.AllocationId }));
    },
  },

  'AWS::EC2::EIPAssociation': {
    async create(settings, properties) {
      const given = v.parse(v.strictObject({ AllocationId: v.string(), InstanceId: v.string() }), properties);
      const { AssociationId } = await new EC2Client(settings).send(new AssociateAddressCommand(given));
      const id = present(AssociationId, 'AssociationId');
      return { physicalId: id, attributes: { Id: id } };
    },
    async delete(settings, AssociationId) {
      await new EC2Client(settings).send(new DisassociateAddressCommand({ AssociationId }));
    },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;

import {
  ACMClient,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import {
  type ChangeAction,
  ChangeResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import * as v from 'valibot';
import type { ClientSettings } from './emulated-cloud.ts';
import { present, type ResourceType } from './resource-type.ts';
import { tags } from './template-values.ts';

const certificate = v.strictObject({
  DomainName: v.string(),
  ValidationMethod: v.literal('DNS'),
  DomainValidationOptions: v.tuple([v.strictObject({ DomainName: v.string(), HostedZoneId: v.string() })]),
  Tags: tags,
});

const recordSet = v.strictObject({
  HostedZoneId: v.string(),
  Name: v.string(),
  Type: v.picklist(['A', 'AAAA']),
  AliasTarget: v.strictObject({ DNSName: v.string(), HostedZoneId: v.string() }),
});

/** A domain of one's own: ministack's certificates are proven by no record, and its zones take any name. moto has both. */
export const domainTypes = {
  /**
   * As CloudFormation does it: the record that proves the name is written over where it is there already, since certificates of
   * one account for one name share it, and stays when the certificate goes (issue 1603 of CloudFormation's public roadmap).
   */
  'AWS::CertificateManager::Certificate': {
    async create(settings, properties) {
      const { DomainName, ValidationMethod, DomainValidationOptions, Tags } = v.parse(certificate, properties);
      const [{ DomainName: proven, HostedZoneId }] = DomainValidationOptions;
      if (proven !== DomainName) throw new Error(`the certificate is for ${DomainName}, and ${proven} is proven`);
      const acm = new ACMClient(settings);
      // Those of CloudFormation are its own to give: the API takes none of them.
      const given = Tags.filter(({ Key }) => !Key.startsWith('aws:'));
      const { CertificateArn } = await acm.send(
        new RequestCertificateCommand({ DomainName, ValidationMethod, Tags: given }),
      );
      const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
      const record = present(Certificate?.DomainValidationOptions?.[0]?.ResourceRecord, 'ResourceRecord');
      const { Name, Type, Value } = record;
      const proof = { Name, Type, TTL: 300, ResourceRecords: [{ Value }] };
      await change(settings, 'UPSERT', HostedZoneId, proof).catch(async (error: unknown) => {
        await acm.send(new DeleteCertificateCommand({ CertificateArn }));
        throw error;
      });
      return { physicalId: present(CertificateArn, 'CertificateArn'), attributes: {} };
    },
    /** Its tags alone are changed in place, and ours never are. */
    async update(settings, CertificateArn, properties) {
      const { DomainName } = v.parse(certificate, properties);
      const { Certificate } = await new ACMClient(settings).send(new DescribeCertificateCommand({ CertificateArn }));
      return Certificate?.DomainName === DomainName ? { physicalId: CertificateArn, attributes: {} } : 'replace';
    },
    async delete(settings, CertificateArn) {
      await new ACMClient(settings).send(new DeleteCertificateCommand({ CertificateArn }));
    },
  },

  /** One that is there already is refused, by whomever it was made. */
  'AWS::Route53::RecordSet': {
    async create(settings, properties) {
      const { HostedZoneId, ...record } = recordOf(properties);
      await change(settings, 'CREATE', HostedZoneId, record);
      return { physicalId: record.Name, attributes: {} };
    },
    async delete(settings, _, properties) {
      const { HostedZoneId, ...record } = recordOf(properties);
      await change(settings, 'DELETE', HostedZoneId, record);
    },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;

/** What the template may leave out, and the API has no default for. */
function recordOf(properties: unknown) {
  const { AliasTarget, ...record } = v.parse(recordSet, properties);
  return { ...record, AliasTarget: { ...AliasTarget, EvaluateTargetHealth: false } };
}

async function change(
  settings: ClientSettings,
  Action: ChangeAction,
  HostedZoneId: string,
  ResourceRecordSet: ResourceRecordSet,
): Promise<void> {
  const ChangeBatch = { Changes: [{ Action, ResourceRecordSet }] };
  await new Route53Client(settings).send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch }));
}

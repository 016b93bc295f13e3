import { randomUUID } from 'node:crypto';
import { ACMClient, DescribeCertificateCommand, ListCertificatesCommand } from '@aws-sdk/client-acm';
import { CloudFrontClient, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import {
  CreateHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { expect } from 'vitest';
import type { ClientSettings } from './emulated-cloud.ts';

/* A domain of one's own for the page, by the word of the services that have its parts: ACM, Route 53 and CloudFront. */

export const zoneName = 'example.org.';
export const pageDomain = 'status.example.org';

/** Of every distribution (Amazon Route 53 API Reference, AliasTarget). */
const zoneOfCloudFront = 'Z2FDTNDATAQYW2';

/** Its id, as an operator names it. */
export async function hostedZone(settings: ClientSettings): Promise<string> {
  const { HostedZone } = await new Route53Client(settings).send(
    new CreateHostedZoneCommand({ Name: zoneName, CallerReference: randomUUID() }),
  );
  return idOf(HostedZone?.Id);
}

const idOf = (id = ''): string => id.replace('/hostedzone/', '');

export async function recordsIn(settings: ClientSettings, zone: string): Promise<readonly ResourceRecordSet[]> {
  const { ResourceRecordSets = [] } = await new Route53Client(settings).send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zone }),
  );
  return ResourceRecordSets;
}

/** Of whichever zone has it; undefined: none. */
export async function recordOf(settings: ClientSettings, name: string, type: 'A' | 'AAAA') {
  const { HostedZones = [] } = await new Route53Client(settings).send(new ListHostedZonesCommand({}));
  const all = await Promise.all(HostedZones.map(({ Id }) => recordsIn(settings, idOf(Id))));
  return all.flat().find(({ Name, Type }) => Name === name && Type === type);
}

export async function certificates(settings: ClientSettings): Promise<readonly string[]> {
  const { CertificateSummaryList = [] } = await new ACMClient(settings).send(new ListCertificatesCommand({}));
  return CertificateSummaryList.map(({ CertificateArn = '' }) => CertificateArn);
}

/** Fails unless there is one certificate, proven in the zone, and the name leads to a distribution that answers to it with that. Gives back its ARN. */
export async function hasDomain(settings: ClientSettings, zone: string, distribution: string): Promise<string> {
  const [arn = '', ...more] = await certificates(settings);
  expect([arn, ...more]).toEqual([expect.stringMatching(/^arn:aws:acm:us-east-1:\d{12}:certificate\//)]);
  const { Certificate } = await new ACMClient(settings).send(new DescribeCertificateCommand({ CertificateArn: arn }));
  expect(Certificate).toMatchObject({ DomainName: pageDomain, Status: 'ISSUED' });

  const { Distribution } = await new CloudFrontClient(settings).send(new GetDistributionCommand({ Id: distribution }));
  const { Aliases, ViewerCertificate } = Distribution?.DistributionConfig ?? {};
  expect(Aliases?.Items).toEqual([pageDomain]);
  expect(ViewerCertificate).toMatchObject({
    ACMCertificateArn: arn,
    SSLSupportMethod: 'sni-only',
    MinimumProtocolVersion: 'TLSv1.2_2021',
  });
  expect(ViewerCertificate?.CloudFrontDefaultCertificate).not.toBe(true);

  const [option] = Certificate?.DomainValidationOptions ?? [];
  const target = { HostedZoneId: zoneOfCloudFront, DNSName: Distribution?.DomainName };
  const leading = (Type: 'A' | 'AAAA') => ({
    Name: `${pageDomain}.`,
    Type,
    AliasTarget: { ...target, EvaluateTargetHealth: false },
  });
  const own = (await recordsIn(settings, zone)).filter(({ Type }) => Type !== 'NS' && Type !== 'SOA');
  expect(own.toSorted(byType)).toMatchObject([leading('A'), leading('AAAA'), proofOf(option?.ResourceRecord)]);
  return arn;
}

const proofOf = (record: { readonly Name: string | undefined; readonly Value: string | undefined } | undefined) => ({
  Name: record?.Name,
  Type: 'CNAME',
  ResourceRecords: [{ Value: record?.Value }],
});

/** Fails unless certificate and records are gone, but for the one that proved it, which CloudFormation leaves. */
export async function leftProofAlone(settings: ClientSettings, zone: string): Promise<void> {
  expect(await certificates(settings)).toEqual([]);
  const records = (await recordsIn(settings, zone)).map(({ Name = '', Type }) => [Type, Name] as const);
  expect(records.toSorted(([one], [other]) => `${one}`.localeCompare(`${other}`))).toEqual([
    ['CNAME', expect.stringMatching(/^_[\w-]+\.status\.example\.org\.$/)],
    ['NS', zoneName],
    ['SOA', zoneName],
  ]);
}

const byType = (one: ResourceRecordSet, other: ResourceRecordSet): number =>
  `${one.Type}`.localeCompare(`${other.Type}`);

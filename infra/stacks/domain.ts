import { CfnCertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { CfnRecordSet } from 'aws-cdk-lib/aws-route53';
import type { Construct } from 'constructs';
import type { StackConfig } from './config.ts';

/** Of every distribution of CloudFront (Amazon Route 53 API Reference, AliasTarget). */
const zoneOfCloudFront = 'Z2FDTNDATAQYW2';

export interface Domain {
  readonly certificate: string;
  addRecords(distribution: CfnDistribution): void;
}

/** A name of one's own, whose zone is in Route 53 of the same account: the certificate proves itself by a record there. */
export function addDomain(scope: Construct, { pageDomain, hostedZone }: StackConfig): Domain | undefined {
  if (pageDomain === null) return undefined;
  if (hostedZone === null) {
    throw new Error(
      `pageDomain: ${pageDomain} needs hostedZone, the id of its zone in Route 53, as Z0123456789ABCDEFGHIJ`,
    );
  }
  const certificate = new CfnCertificate(scope, 'Certificate', {
    domainName: pageDomain,
    validationMethod: 'DNS',
    domainValidationOptions: [{ domainName: pageDomain, hostedZoneId: hostedZone }],
  });
  return {
    certificate: certificate.ref,
    addRecords(distribution) {
      for (const type of ['A', 'AAAA'] as const) {
        new CfnRecordSet(scope, `Record${type}`, {
          hostedZoneId: hostedZone,
          name: `${pageDomain}.`,
          type,
          aliasTarget: { dnsName: distribution.attrDomainName, hostedZoneId: zoneOfCloudFront },
        });
      }
    },
  };
}

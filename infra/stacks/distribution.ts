import {
  CfnCachePolicy,
  CfnDistribution,
  CfnOriginAccessControl,
  CfnResponseHeadersPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { publicSources } from '../../status-page/chain/index.ts';
import { responseHeaders } from '../../status-page/site/policy.ts';
import type { StackConfig } from './config.ts';

export interface DistributionParts {
  readonly bucket: CfnBucket;
  /** Of a domain of one's own. */
  readonly certificate: string | undefined;
}

/**
 * CloudFront reads `public/` of the bucket, signed (OAC), and nobody else does. How long an object is kept is said by the object:
 * what changes for seconds, what is named by its hash for ever. So nothing is ever invalidated.
 */
export function addDistribution(scope: Construct, config: StackConfig, { bucket, certificate }: DistributionParts) {
  const access = new CfnOriginAccessControl(scope, 'Access', {
    originAccessControlConfig: {
      name: `${config.name}-status`,
      originAccessControlOriginType: 's3',
      signingBehavior: 'always',
      signingProtocol: 'sigv4',
    },
  });
  const cache = new CfnCachePolicy(scope, 'Cache', {
    cachePolicyConfig: {
      name: `${config.name}-status`,
      minTtl: 0,
      defaultTtl: 30,
      maxTtl: 31_536_000,
      parametersInCacheKeyAndForwardedToOrigin: {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        cookiesConfig: { cookieBehavior: 'none' },
        headersConfig: { headerBehavior: 'none' },
        queryStringsConfig: { queryStringBehavior: 'none' },
      },
    },
  });
  const headers = addHeaders(scope, config);
  return new CfnDistribution(scope, 'Distribution', {
    distributionConfig: {
      enabled: true,
      comment: `status page of ${config.name}`,
      defaultRootObject: 'index.html',
      httpVersion: 'http2and3',
      ipv6Enabled: true,
      priceClass: 'PriceClass_100',
      ...(config.pageDomain === null ? {} : { aliases: [config.pageDomain] }),
      viewerCertificate:
        certificate === undefined
          ? { cloudFrontDefaultCertificate: true }
          : { acmCertificateArn: certificate, sslSupportMethod: 'sni-only', minimumProtocolVersion: 'TLSv1.2_2021' },
      origins: [
        {
          id: 'bucket',
          domainName: bucket.attrRegionalDomainName,
          originPath: '/public',
          originAccessControlId: access.attrId,
          // With OAC there is none of the older identity, and CloudFormation wants to read that here.
          s3OriginConfig: { originAccessIdentity: '' },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: 'bucket',
        viewerProtocolPolicy: 'redirect-to-https',
        allowedMethods: ['GET', 'HEAD'],
        cachedMethods: ['GET', 'HEAD'],
        compress: true,
        cachePolicyId: cache.ref,
        responseHeadersPolicyId: headers.ref,
      },
    },
  });
}

/** The headers are the page's own (status-page/site/policy.ts), in the words of CloudFront. */
function addHeaders(scope: Construct, config: StackConfig): CfnResponseHeadersPolicy {
  const sources = config.sources.length === 0 ? publicSources[config.network] : config.sources;
  const headers = responseHeaders(sources.filter((source) => source.startsWith('https:')));
  const custom = ['permissions-policy', 'cross-origin-opener-policy'] as const;
  const override = true;
  return new CfnResponseHeadersPolicy(scope, 'Headers', {
    responseHeadersPolicyConfig: {
      name: `${config.name}-status`,
      securityHeadersConfig: {
        contentSecurityPolicy: { contentSecurityPolicy: headers['content-security-policy'], override },
        contentTypeOptions: { override },
        frameOptions: { frameOption: headers['x-frame-options'], override },
        referrerPolicy: { referrerPolicy: headers['referrer-policy'], override },
        strictTransportSecurity: { accessControlMaxAgeSec: seconds(headers['strict-transport-security']), override },
      },
      customHeadersConfig: { items: custom.map((header) => ({ header, value: headers[header], override })) },
      corsConfig: {
        accessControlAllowCredentials: false,
        accessControlAllowHeaders: { items: ['*'] },
        accessControlAllowMethods: { items: ['GET', 'HEAD'] },
        accessControlAllowOrigins: { items: [headers['access-control-allow-origin']] },
        originOverride: override,
      },
    },
  });
}

/** RFC 6797 §6.1.1. */
const seconds = (transport: string): number => {
  const [, age] = /^max-age=(\d+)$/.exec(transport) ?? [];
  if (age === undefined)
    throw new Error(`Strict-Transport-Security: ${transport}: CloudFront is told max-age alone here`);
  return Number(age);
};

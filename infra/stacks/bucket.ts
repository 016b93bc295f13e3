import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { CfnBucket, CfnBucketPolicy } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** What the world may read, by CloudFront; and what a poll leaves for the next one. */
export const prefixes = { public: 'public/', state: 'state/' } as const;

/**
 * Private, with versions, because what a page said and when is evidence. What was replaced goes after a month: a poll replaces
 * some objects each minute. It goes with its stack, and AWS deletes no bucket that is not empty.
 */
export function addBucket(scope: Construct): CfnBucket {
  const bucket = new CfnBucket(scope, 'Bucket', {
    bucketEncryption: {
      serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }],
    },
    publicAccessBlockConfiguration: {
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    ownershipControls: { rules: [{ objectOwnership: 'BucketOwnerEnforced' }] },
    versioningConfiguration: { status: 'Enabled' },
    lifecycleConfiguration: {
      rules: [
        {
          id: 'what-was-replaced',
          status: 'Enabled',
          noncurrentVersionExpiration: { noncurrentDays: 30 },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
        { id: 'markers-of-nothing', status: 'Enabled', expiredObjectDeleteMarker: true },
      ],
    },
  });
  bucket.applyRemovalPolicy(RemovalPolicy.DESTROY);
  return bucket;
}

/** TLS alone, and by CloudFront what is public, for this one distribution. */
export function addReadersPolicy(scope: Construct, bucket: CfnBucket, distribution: CfnDistribution): void {
  const everything = [bucket.attrArn, `${bucket.attrArn}/*`];
  new CfnBucketPolicy(scope, 'BucketPolicy', {
    bucket: bucket.ref,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'TlsAlone',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 's3:*',
          Resource: everything,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Sid: 'NoOldTls',
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: 's3:*',
          Resource: everything,
          Condition: { NumericLessThan: { 's3:TlsVersion': '1.2' } },
        },
        {
          Sid: 'ReadersByCloudFront',
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 's3:GetObject',
          Resource: `${bucket.attrArn}/${prefixes.public}*`,
          Condition: { StringEquals: { 'AWS:SourceArn': arnOf(scope, distribution) } },
        },
      ],
    },
  });
}

/** CloudFront has no region: its ARNs have none. */
const arnOf = (scope: Construct, distribution: CfnDistribution): string =>
  Stack.of(scope).formatArn({
    service: 'cloudfront',
    region: '',
    resource: 'distribution',
    resourceName: distribution.ref,
  });

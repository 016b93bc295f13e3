import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EBSClient } from '@aws-sdk/client-ebs';
import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { STSClient } from '@aws-sdk/client-sts';
import { statusRegion } from './plan.ts';

/** The clients of one region. Credentials and endpoints are the SDK's own affair: environment, profile, `AWS_ENDPOINT_URL`. */
export interface Clients {
  readonly ec2: EC2Client;
  readonly ebs: EBSClient;
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly quotas: ServiceQuotasClient;
  readonly cloudFormation: CloudFormationClient;
  readonly s3: S3Client;
  readonly route53: Route53Client;
}

/** Another cloud than that of the environment. */
export interface Place {
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Of a call that is throttled or not answered; eight otherwise. */
  readonly attempts?: number;
}

/** Who is told to slow down waits, longer each time, half a minute in all; then it is said. */
const usualAttempts = 8;

export function clientsOf(region: string, { attempts = usualAttempts, ...place }: Place = {}): Clients {
  const common = { ...place, region, maxAttempts: attempts };
  return {
    ec2: new EC2Client(common),
    ebs: new EBSClient(common),
    sts: new STSClient(common),
    iam: new IAMClient(common),
    quotas: new ServiceQuotasClient(common),
    cloudFormation: new CloudFormationClient(common),
    route53: new Route53Client(common),
    // An emulator has no name for each bucket.
    s3: new S3Client({
      ...common,
      region: statusRegion,
      forcePathStyle: (place.endpoint ?? process.env['AWS_ENDPOINT_URL']) !== undefined,
    }),
  };
}

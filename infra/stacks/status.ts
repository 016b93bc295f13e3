import { CfnOutput, Fn, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { acknowledged } from './acknowledged.ts';
import { addAlarms } from './alarms.ts';
import { addBucket, addReadersPolicy } from './bucket.ts';
import { addBudget } from './budget.ts';
import type { StackConfig } from './config.ts';
import { addDistribution } from './distribution.ts';
import { addDomain } from './domain.ts';
import { addPoller } from './poller.ts';

/** Certificates of CloudFront and budgets are there alone. */
export const statusRegion = 'us-east-1';

export interface StatusStackProps extends StackProps {
  /** The folder of the bundled poller; its handler is `poller.handler`. */
  readonly poller: string;
}

/**
 * The status page: a function that looks and writes static files, a bucket that holds them, and CloudFront before it. Nothing
 * runs between two looks, nothing is asked when a page is read, and it lives on when the host is gone.
 */
export class StatusStack extends Stack {
  constructor(scope: Construct, id: string, config: StackConfig, { poller, ...props }: StatusStackProps) {
    super(scope, id, props);
    Tags.of(this).add('btc-pinata:deployment', config.name);

    const bucket = addBucket(this);
    const domain = addDomain(this, config);
    const distribution = addDistribution(this, config, { bucket, certificate: domain?.certificate });
    domain?.addRecords(distribution);
    addReadersPolicy(this, bucket, distribution);
    const pageUrl =
      config.pageDomain === null
        ? Fn.join('', ['https://', distribution.attrDomainName])
        : `https://${config.pageDomain}`;
    const { poller: lambda, failed } = addPoller(this, config, { bucket, pageUrl, folder: poller });
    addAlarms(this, config, { poller: lambda, failed });
    addBudget(this, config);

    new CfnOutput(this, 'BucketName', { value: bucket.ref });
    new CfnOutput(this, 'DistributionId', { value: distribution.ref });
    new CfnOutput(this, 'StatusUrl', { value: pageUrl });
    new CfnOutput(this, 'PollerName', { value: lambda.ref });
    acknowledged(this, statusReasons);
  }
}

const keys = 'The star stands for keys below one prefix of one bucket, which cannot be named before they are written.';

const statusReasons = {
  'AwsSolutions-S1':
    'There is one writer, whose log is kept, and one reader, CloudFront. Versions say what was written and when.',
  'AwsSolutions-CFR1': 'Nobody is kept from the page by where they are: it is public all over the world.',
  'AwsSolutions-CFR2':
    'A firewall for web applications costs more than all the rest, and there is no application: files alone, read alone.',
  'AwsSolutions-CFR3': 'Logs of access would keep the addresses of readers, whom the page does not want to know.',
  'AwsSolutions-CFR4':
    'Under the name of CloudFront the certificate and its least version of TLS are CloudFront’s own; with a domain it is TLSv1.2_2021.',
  'AwsSolutions-SQS3': 'This queue is the one for what failed. What is in it raises an alarm.',
  'AwsSolutions-SNS2': 'What an alarm says is no secret, and a key of KMS for it would cost a dollar a month.',
  'AwsSolutions-IAM5[Resource::<Bucket.Arn>/public/*]': keys,
  'AwsSolutions-IAM5[Resource::<Bucket.Arn>/state/*]': keys,
} as const;

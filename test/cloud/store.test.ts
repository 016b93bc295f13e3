import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import { S3Store } from '../../status-page/poller/s3-store.ts';
import { storeCases } from '../status/store-cases.ts';
import { required } from '../support/required.ts';
import { type EmulatedCloud, startCloud } from './emulated-cloud.ts';
import { hasCloud, howToGetCloud } from './venv.ts';

/* The poller's store in a bucket of ministack, which sees to the conditions of PutObject by itself. */

const cloudPrograms = required.obtainable('ministack and moto', hasCloud(), howToGetCloud);

describe.skipIf(cloudPrograms.missing)('a bucket of an emulated cloud as a store', () => {
  let cloud: EmulatedCloud;
  let buckets = 0;
  beforeAll(async () => {
    cloud = await startCloud();
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) {
      process.env[name] = cloud.environment[name];
    }
  });
  afterAll(() => cloud.stop());

  storeCases(async () => {
    buckets += 1;
    const bucket = `pinata-store-${buckets}`;
    const client = new S3Client({ ...cloud.client, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    client.destroy();
    const { endpoint, region } = cloud.client;
    const store = new S3Store({ bucket, endpoint, region, patience: 60_000 });
    onTestFinished(() => store.destroy());
    return store;
  });
});

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Refusal } from '../claim/refusal.ts';
import type { Tell } from './world.ts';

/* The bucket of a status page at its end: what it says today is kept here, and then all of it goes, with every version. */

/** Number of files. The releases are elsewhere, and are not copied. */
export async function copied(
  bucket: string,
  folder: string,
  s3: S3Client,
  signal: AbortSignal,
  tell: Tell,
): Promise<number> {
  let files = 0;
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: 'public/', ContinuationToken: token }),
      {
        abortSignal: signal,
      },
    );
    for (const { Key: key = '' } of page.Contents ?? []) {
      if (/^public\/releases?\//.test(key)) continue;
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
      const path = join(folder, inside(key));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, (await Body?.transformToByteArray()) ?? new Uint8Array());
      files += 1;
      tell(`${files} files`);
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return files;
}

/** A key is a name that somebody chose: it stays below the folder. */
function inside(key: string): string {
  const path = normalize(key.slice('public/'.length));
  if (path.startsWith('..') || path.startsWith('/'))
    throw new Refusal(`the bucket has a key ${JSON.stringify(key)}, which is no path`);
  return path;
}

export async function emptied(bucket: string, s3: S3Client, signal: AbortSignal, tell: Tell): Promise<void> {
  let removed = 0;
  for (;;) {
    const { Versions = [], DeleteMarkers = [] } = await s3.send(
      new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1000 }),
      {
        abortSignal: signal,
      },
    );
    const all = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
    if (all.length === 0) return;
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: all, Quiet: true } }),
      {
        abortSignal: signal,
      },
    );
    const [first] = Errors;
    if (first !== undefined)
      throw new Refusal(
        `S3 does not delete ${first.Key} (${first.Code}): \`btc-pinata doctor --policy\` prints what has to be allowed`,
      );
    removed += all.length;
    tell(`${removed} versions deleted`);
  }
}

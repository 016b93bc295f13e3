import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { names } from '../build/artefacts.ts';
import { releaseName } from '../build/checksums.ts';
import type { HostArchive } from '../host-image/archive.ts';
import type { Deployment } from './deployment.ts';
import { outputOf, type ReleaseFolder } from './release-files.ts';
import { archiveName } from './vps.ts';
import type { Tell } from './world.ts';

/** Under this the page hands out what runs on the host; a key has the hash of release.json, so that none is ever written over by another. */
export const releasePrefix = ({ release }: Pick<Deployment, 'release'>): string => `public/release/${release.sha256}`;

/** What a stranger needs to compare, and a VPS to run: release.json, the program, what is inside of it. */
export async function putRelease(
  deployment: Pick<Deployment, 'release'>,
  bucket: string,
  release: ReleaseFolder,
  s3: S3Client,
  signal: AbortSignal,
  tell: Tell,
): Promise<void> {
  const files: readonly (readonly [string, Uint8Array, string])[] = [
    [releaseName, new TextEncoder().encode(release.text), 'application/json'],
    [names.materials, outputOf(release, names.materials), 'application/json'],
    [names.bundle, outputOf(release, names.bundle), 'text/javascript'],
  ];
  for (const [index, [name, bytes, contentType]] of files.entries()) {
    tell(name, index / files.length);
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `${releasePrefix(deployment)}/${name}`,
        Body: bytes,
        ContentType: contentType,
        CacheControl: 'public, max-age=31536000, immutable',
      }),
      { abortSignal: signal },
    );
  }
}

/** What a VPS runs; handed out by the page, and refused by the server unless it has the hash of its user-data. */
export async function putArchive(
  archive: HostArchive,
  bucket: string,
  s3: S3Client,
  signal: AbortSignal,
  tell: Tell,
): Promise<void> {
  tell('the archive of the host');
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: `public/${archiveName(archive)}`,
      Body: archive.bytes,
      ContentType: 'application/gzip',
      CacheControl: 'public, max-age=31536000, immutable',
    }),
    { abortSignal: signal },
  );
}

import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { checkedKey, longestObject, type Put, type Store, type Stored, StoreFailure, type Version } from './store.ts';

export interface S3StoreOptions {
  readonly bucket: string;
  /** Milliseconds for one call, its retries included. */
  readonly patience?: number;
  /** Of something that speaks S3 and is not Amazon's. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
}

/** As many keys as are listed at most: thousand a page. */
const longestList = 20;

/**
 * A bucket. Conditions are S3's own (If-Match and If-None-Match of PutObject), so that they hold among any number of writers.
 * Errors of the network and 5xx are tried again by the SDK; whatever is not there in time is a StoreFailure.
 */
export class S3Store implements Store {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #patience: number;

  constructor({ bucket, patience = 10_000, endpoint, region }: S3StoreOptions) {
    this.#bucket = bucket;
    this.#patience = patience;
    this.#client = new S3Client({
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true },
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    });
  }

  async get(key: string): Promise<Stored | undefined> {
    const abortSignal = AbortSignal.timeout(this.#patience);
    try {
      const answer = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: checkedKey(key) }), {
        abortSignal,
      });
      const { Body: body, ETag: version, ContentLength: length } = answer;
      if (body === undefined || version === undefined)
        throw new StoreFailure(`${key}: an answer without content or ETag`);
      if ((length ?? 0) > longestObject) {
        throw new StoreFailure(`${key} has ${length} bytes; at most ${longestObject} are read`);
      }
      return { bytes: await body.transformToByteArray(), version };
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return undefined;
      throw this.#failure('read', key, error);
    }
  }

  async put(
    key: string,
    bytes: Uint8Array,
    { contentType, cacheControl, ifVersion }: Put,
  ): Promise<Version | 'conflict'> {
    try {
      const { ETag: version } = await this.#client.send(
        new PutObjectCommand({
          Bucket: this.#bucket,
          Key: checkedKey(key),
          Body: bytes,
          ContentType: contentType,
          CacheControl: cacheControl,
          ...(ifVersion === 'absent' ? { IfNoneMatch: '*' } : {}),
          ...(typeof ifVersion === 'object' ? { IfMatch: ifVersion.version } : {}),
        }),
        { abortSignal: AbortSignal.timeout(this.#patience) },
      );
      if (version === undefined) throw new StoreFailure(`${key} was written, and the answer has no ETag`);
      return version;
    } catch (error) {
      if (ifVersion !== 'any' && isConflict(error)) return 'conflict';
      throw this.#failure('write', key, error);
    }
  }

  async list(prefix: string): Promise<readonly string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    try {
      for (let page = 0; page < longestList; page += 1) {
        const { Contents: contents = [], NextContinuationToken: next } = await this.#client.send(
          new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ContinuationToken: token }),
          { abortSignal: AbortSignal.timeout(this.#patience) },
        );
        keys.push(...contents.flatMap(({ Key: key }) => key ?? []));
        if (next === undefined) return keys;
        token = next;
      }
    } catch (error) {
      throw this.#failure('list', prefix, error);
    }
    throw new StoreFailure(`${prefix} has more than ${longestList * 1000} keys below it`);
  }

  destroy(): void {
    this.#client.destroy();
  }

  #failure(did: string, key: string, error: unknown): StoreFailure {
    if (error instanceof StoreFailure) return error;
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return new StoreFailure(`s3://${this.#bucket}/${key}: cannot ${did} it (${why})`);
  }
}

const nameOf = (error: unknown): string | undefined => (error instanceof S3ServiceException ? error.name : undefined);

/**
 * 412, where the condition does not hold; 409, where somebody else writes at this moment; and 404, where If-Match finds nothing
 * (PutObject, "Conditional writes").
 */
const isConflict = (error: unknown): boolean =>
  error instanceof S3ServiceException &&
  [404, 409, 412].includes(error.$metadata.httpStatusCode ?? 0) &&
  error.name !== 'NoSuchBucket';

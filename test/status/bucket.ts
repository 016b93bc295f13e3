import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Answer, callOf } from '../cloud/gateway.ts';
import { noted } from '../cloud/stand-ins.ts';
import { portOf } from './port-of.ts';

/*
 * A bucket of somebody else's S3 (s3rver), over HTTP. It does not know the conditions of PutObject, so they are seen to in front
 * of it, as the service model and "Conditional writes" of the S3 user guide say: 412 PreconditionFailed where one does not
 * hold, and 404 NoSuchKey for If-Match where there is nothing.
 */

interface S3rver {
  readonly run: () => Promise<{ readonly port: number }>;
  readonly close: () => Promise<void>;
}
type S3rverOptions = Readonly<Record<string, unknown>>;

const cloud = createRequire(resolve(import.meta.dirname, '../cloud/package.json'));

export interface Fault {
  /** True where this request is to meet it. */
  readonly meets: (method: string, path: string) => boolean;
  readonly does: '409' | '500' | 'hang up' | 'written, and no answer';
}

export interface Bucket {
  readonly name: string;
  readonly endpoint: string;
  /** Method and path, in order. */
  readonly requests: string[];
  readonly etags: Map<string, string>;
  fault: Fault | undefined;
}

export async function startBucket(name = 'pinata-status-test'): Promise<Bucket> {
  const folder = mkdtempSync(join(tmpdir(), 's3rver-'));
  const Constructor: new (options: S3rverOptions) => S3rver = cloud('s3rver');
  const s3 = new Constructor({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: folder,
    allowMismatchedSignatures: true,
    configureBuckets: [{ name }],
  });
  const { port } = await s3.run();
  const bucket: Bucket = { name, endpoint: '', requests: [], etags: new Map(), fault: undefined };
  const front = createServer((incoming, outgoing) => {
    handle(bucket, port, incoming, outgoing).catch(() => outgoing.destroy());
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  onTestFinished(async () => {
    front.closeAllConnections();
    front.close();
    await s3.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return Object.assign(bucket, { endpoint: `http://127.0.0.1:${portOf(front)}` });
}

/** Conditions are looked at and met one write after the other. */
let last: Promise<unknown> = Promise.resolve();

async function handle(
  bucket: Bucket,
  port: number,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = incoming;
  const [path = ''] = url.split('?');
  bucket.requests.push(`${method} ${path}`);
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(Buffer.from(part));
  const body = Buffer.concat(parts);
  const call = callOf(incoming, body);
  const refuse = (status: number, code: string): void => {
    const answer = errorOf(status, code);
    noted({ call, answer });
    outgoing.writeHead(status, { 'content-type': answer.type }).end(answer.body);
  };
  const fault = bucket.fault?.meets(method, path) === true ? bucket.fault.does : undefined;
  if (fault === 'hang up') return void outgoing.destroy();
  if (fault === '409') return refuse(409, 'ConditionalRequestConflict');
  if (fault === '500') return refuse(500, 'InternalError');
  const act = async (): Promise<void> => {
    if (method === 'PUT') {
      const refused = condition(bucket.etags, incoming, path);
      if (refused !== undefined) return refuse(refused.status, refused.code);
    }
    noted({ call });
    const answer = await forward(port, method, url, incoming.headers, body);
    const { etag } = answer.headers;
    if (method === 'PUT' && answer.status === 200 && etag !== undefined) bucket.etags.set(path, etag);
    if (fault !== undefined) return void outgoing.destroy();
    outgoing.writeHead(answer.status, answer.headers).end(method === 'HEAD' ? undefined : answer.body);
  };
  const turn = method === 'PUT' ? last.then(act, act) : act();
  if (method === 'PUT') last = turn.catch(() => undefined);
  await turn;
}

/** By the ETags that were given out: everything that is written goes by here. */
function condition(etags: ReadonlyMap<string, string>, { headers }: IncomingMessage, path: string) {
  const wants = headers['if-match'];
  const there = etags.get(path);
  if (headers['if-none-match'] === '*' && there !== undefined) return { status: 412, code: 'PreconditionFailed' };
  if (wants === undefined) return undefined;
  if (there === undefined) return { status: 404, code: 'NoSuchKey' };
  return there === wants ? undefined : { status: 412, code: 'PreconditionFailed' };
}

const errorOf = (status: number, code: string): Answer => ({
  status,
  type: 'application/xml',
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`,
});

function forward(port: number, method: string, path: string, headers: IncomingMessage['headers'], body?: Buffer) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: Buffer }>((done, reject) => {
    const asking = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () =>
        done({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

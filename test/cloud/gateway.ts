import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange } from './service-models.ts';

/*
 * One address for a cloud of two emulators. A request is signed for a service (SigV4: Credential=key/day/region/service/...),
 * and goes to whoever has that service whole: moto has EC2 and the EBS direct API to the byte of a snapshot, and zones that refuse
 * what is not theirs; ministack the rest, with Lambda and CloudFront that run.
 */

export interface Call {
  /** The access key that it was signed with. */
  readonly caller: string;
  readonly service: string;
  readonly region: string;
  readonly method: string;
  readonly path: string;
  /** Of the protocols that name it in a header (`X-Amz-Target`) or in the body (`Action=`); '' for the others. */
  readonly action: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Instead of the emulator: a throttled call, a permission that is missing, a service that none of them has. */
export type Intercept = (call: Call) => Answer | undefined;

export interface Gateway {
  readonly url: string;
  readonly calls: readonly Call[];
  /** The same calls, with what was answered by us, whole or in part. */
  readonly exchanges: readonly Exchange[];
  /** What is asked first from now on; undefined: nobody. */
  intercept: Intercept | undefined;
  close(): Promise<void>;
}

const ofMoto: readonly string[] = ['ec2', 'ebs', 'servicequotas', 'budgets', 'acm', 'route53'];

export async function startGateway(ports: { readonly ministack: number; readonly moto: number }): Promise<Gateway> {
  const calls: Call[] = [];
  const exchanges: Exchange[] = [];
  const server = createServer((incoming, outgoing) => {
    body(incoming).then(
      (bytes) => {
        const call = callOf(incoming, bytes);
        calls.push(call);
        const exchange: { call: Call; answer?: Answer; part?: Answer } = { call };
        exchanges.push(exchange);
        const instead = gateway.intercept?.(call);
        if (instead !== undefined) {
          exchange.answer = instead;
          outgoing.writeHead(instead.status, { 'content-type': instead.type }).end(instead.body);
          return;
        }
        const port = ofMoto.includes(call.service) ? ports.moto : ports.ministack;
        // moto's ids are ours there (moto-with-ids.py); those of EBS are in the requests that follow.
        const isPart = call.service === 'route53';
        const said = (answer: Answer): void => {
          exchange.part = answer;
        };
        forward(port, incoming, bytes, outgoing, isPart ? said : undefined);
      },
      () => outgoing.destroy(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const gateway: Gateway = {
    url: `http://127.0.0.1:${port}`,
    calls,
    exchanges,
    intercept: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return gateway;
}

/** `said`: once there is an answer, whole. */
function forward(
  port: number,
  incoming: IncomingMessage,
  bytes: Buffer,
  outgoing: ServerResponse,
  said?: (answer: Answer) => void,
): void {
  const { method, url: path, headers } = incoming;
  // The whole body is here: it has a length, whatever it had on its way.
  const { 'transfer-encoding': _, ...kept } = headers;
  const onward = request(
    { host: '127.0.0.1', port, method, path, headers: { ...kept, 'content-length': bytes.length }, agent: false },
    (answer) => {
      const { statusCode: status = 502, headers } = answer;
      if (said !== undefined) {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          said({ status, type: headers['content-type'] ?? '', body: Buffer.concat(chunks).toString() });
        });
      }
      outgoing.writeHead(status, answer.headers);
      answer.on('error', () => outgoing.destroy()).pipe(outgoing);
    },
  );
  onward.on('error', (error) => {
    if (outgoing.headersSent) outgoing.destroy();
    else
      outgoing.writeHead(502, { 'content-type': 'text/plain' }).end(`the emulator at port ${port}: ${error.message}\n`);
  });
  onward.end(bytes);
}

async function body(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Of a request whose body is there. */
export function callOf({ method = '', url = '', headers }: IncomingMessage, bytes: Buffer): Call {
  const signed = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? decodeURIComponent(url));
  const [, caller = '', region = '', service = ''] = signed ?? [];
  const target = headers['x-amz-target'];
  const named = typeof target === 'string' ? target.split('.').at(-1) : undefined;
  const action = named ?? /(?:^|&)Action=(\w+)/.exec(bytes.subarray(0, 4096).toString('latin1'))?.[1] ?? '';
  return { caller, service, region, method, path: url, action, headers, body: bytes };
}

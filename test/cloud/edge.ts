import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';

/*
 * Where a name of CloudFront leads to: TLS ends here, with a certificate that whoever asks has to be told of, and ministack
 * answers by what the distribution says (access control, root object, headers).
 */

export interface Served {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export class Edge implements AsyncDisposable {
  /** PEM: who trusts it is led here. */
  readonly authority: string;
  /** On loopback. */
  readonly port: number;
  readonly #servers: Server[] = [];
  readonly #key: string;
  readonly #upstream: number;

  private constructor(authority: string, key: string, upstream: number) {
    this.authority = authority;
    this.#key = key;
    this.#upstream = upstream;
    this.port = 0;
  }

  /** `upstream`: ministack's own port. */
  static async start(upstream: number): Promise<Edge> {
    const { certificate, key } = await certified('*.cloudfront.net');
    const edge = new Edge(certificate, key, upstream);
    return Object.assign(edge, { port: await edge.listen('127.0.0.1', 0) });
  }

  /** At one address more; its port. */
  async listen(address: string, port: number): Promise<number> {
    const server = createServer({ cert: this.authority, key: this.#key }, (incoming, outgoing) =>
      this.#answer(incoming, outgoing),
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, address, resolve);
    });
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  /** As a browser would: the name is checked. */
  get(url: string): Promise<Served> {
    const { hostname, host, pathname } = new URL(url);
    return new Promise((resolve, reject) => {
      const where = { host: '127.0.0.1', port: this.port, path: pathname, agent: false };
      const trusted = { servername: hostname, ca: this.authority, headers: { host } };
      request({ ...where, ...trusted }, (answer) => {
        const { statusCode: status = 0, headers } = answer;
        buffer(answer).then((bytes) => resolve({ status, headers, text: bytes.toString('utf8') }), reject);
      })
        .once('error', reject)
        .end();
    });
  }

  #answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, url: path, headers } = incoming;
    const onward = ask(
      {
        ...{ host: '127.0.0.1', port: this.#upstream, method, path, agent: false },
        headers: { ...headers, 'x-forwarded-proto': 'https' },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on('error', () => outgoing.destroy()).pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.destroy());
    incoming.on('error', () => onward.destroy()).pipe(onward);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      this.#servers.map(
        (server) =>
          new Promise<void>((resolve) => {
            server.close(() => resolve());
            server.closeAllConnections();
          }),
      ),
    );
  }
}

/** By openssl: a certificate for a name that vouches for itself, and its key, for two days. */
async function certified(name: string): Promise<{ readonly certificate: string; readonly key: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-edge-'));
  try {
    const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
    const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const whose = ['-subj', '/CN=the edge of an emulated CloudFront', '-addext', `subjectAltName=DNS:${name}`];
    await promisify(execFile)('openssl', ['req', '-x509', ...how, ...whose, '-keyout', key, '-out', certificate]);
    return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { createServer, type Server } from 'node:http';
import { bundle, repository } from '../../infra/build/bundle.ts';
import { runtime } from '../../infra/build/runtime.ts';
import { archiveOf, type HostArchive, hostProgram } from '../../infra/host-image/archive.ts';
import type { Wire } from './wire.ts';

/** The bucket from which a machine pulls its release, at the other end of its wire. */
export class Releases {
  readonly #server: Server;
  readonly #address: string;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.#address = address;
  }

  /** On port 80: a machine goes out to no other. */
  static async serve(bytes: Uint8Array, { here }: Pick<Wire, 'here'>): Promise<Releases> {
    const server = createServer((_, response) => response.end(bytes));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(80, here.ipv4, resolve);
    });
    return new Releases(server, here.ipv4);
  }

  get url(): string {
    return `http://${this.#address}/releases/host.tar.gz`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export interface BuiltArchive extends HostArchive {
  /** btc-pinata.cjs. */
  readonly service: Uint8Array;
}

/** Of this checkout, as a deployment would upload it. */
export async function archiveOfCheckout(): Promise<BuiltArchive> {
  const node = runtime(repository);
  const service = (await bundle(repository)).bytes;
  return { ...archiveOf({ node: node.bytes, service, host: await hostProgram(repository) }), service };
}

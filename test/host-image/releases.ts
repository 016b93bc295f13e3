import { createServer, type Server } from 'node:http';
import { bundle, repository } from '../../infra/build/bundle.ts';
import { runtime } from '../../infra/build/runtime.ts';
import { archiveKey, archiveOf, type HostArchive, hostProgram } from '../../infra/host-image/archive.ts';
import type { HostDefinition } from '../../infra/host-image/definition.ts';
import { version } from '../../service/host/manifest.ts';
import type { Wire } from './wire.ts';

/** The bucket from which a machine pulls its release, at the other end of its wire. */
export class Releases {
  readonly #server: Server;
  readonly #address: string;
  /** By their paths. */
  readonly #archives: Map<string, Uint8Array>;

  private constructor(server: Server, address: string, archives: Map<string, Uint8Array>) {
    this.#server = server;
    this.#address = address;
    this.#archives = archives;
  }

  /** On port 80: a machine goes out to no other. */
  static async serve({ here }: Pick<Wire, 'here'>): Promise<Releases> {
    const archives = new Map<string, Uint8Array>();
    const server = createServer(({ url = '' }, response) => {
      const bytes = archives.get(url);
      if (bytes === undefined) response.writeHead(404);
      response.end(bytes);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(80, here.ipv4, resolve);
    });
    return new Releases(server, here.ipv4, archives);
  }

  /** What the definition of a host says of it. */
  offer(archive: HostArchive): HostDefinition['release'] {
    const path = `/${archiveKey(archive)}`;
    this.#archives.set(path, archive.bytes);
    return { url: `http://${this.#address}${path}`, sha256: archive.sha256 };
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
export const archiveOfCheckout = async (): Promise<BuiltArchive> => archiveWith((await bundle(repository)).bytes);

/** The same under the next version's number: another program, and one that says so. */
export async function archiveOfNextVersion({ service }: BuiltArchive): Promise<BuiltArchive> {
  const text = new TextDecoder().decode(service);
  const next = text.replace(`version: "${version}"`, `version: "${nextVersion}"`);
  if (next === text) throw new Error(`the bundle does not say that it is ${version}`);
  return archiveWith(new TextEncoder().encode(next));
}

export const nextVersion = '999.0.0';

const archiveWith = async (service: Uint8Array): Promise<BuiltArchive> => ({
  ...archiveOf({ node: runtime(repository).bytes, service, host: await hostProgram(repository) }),
  service,
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchText } from './fetch-text.ts';
import type { RogueClient } from './rogue/client.ts';
import { type Identity, RogueAuthority, signerOf } from './rogue/identity.ts';
import type { RogueServer } from './rogue/server.ts';

/* What an attacker has in hand beside a connection. */

/** What the piñata published: `bounty: client` is its own client's certificate, whose key nobody has. */
export type Published =
  | 'bounty: authority'
  | 'bounty: server'
  | 'bounty: client'
  | 'website: authority'
  | 'website: website';

export interface AttackKit {
  /** A certificate of the present generation, from `/certificates.pem`: DER. */
  published(title: Published): Promise<Uint8Array>;
  /** A client that would be let in: what `run --test-credentials DIR` wrote. */
  genuine(): Identity;
  /** An authority that only we believe in. */
  authority(commonName?: string): RogueAuthority;
  /** Opens another connection, to the same port or to that which plays the other role; it is not in the picture. */
  connect(port?: 'server' | 'client'): Promise<RogueClient>;
  /** The call that `as: 'caller'` asked for: we are the server there. It is not in the picture. */
  called(): Promise<RogueServer>;
  /** A line in the picture. */
  note(text: string): void;
  wait(milliseconds: number): Promise<void>;
}

/** The script cannot be played as things are; the message says what it wants. */
export class KitIncomplete extends Error {}

export interface KitSources {
  /** Of the piñata's website. */
  readonly site: URL;
  /** The folder of the test credentials, if there is one. */
  readonly credentials: string | undefined;
  connect(port?: 'server' | 'client'): Promise<RogueClient>;
  called(): Promise<RogueServer>;
  note(text: string): void;
}

export function attackKit({ site, credentials, connect, called, note }: KitSources): AttackKit {
  let certificates: Promise<ReadonlyMap<string, Uint8Array>> | undefined;
  return {
    connect,
    called,
    note,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    authority: (commonName = 'attacker') => new RogueAuthority(commonName, ['btc-pinata.invalid']),
    async published(title) {
      certificates ??= publishedCertificates(site);
      const der = (await certificates).get(title);
      if (der === undefined) throw new KitIncomplete(`${site.host} publishes no certificate "${title}"`);
      return der.slice();
    },
    genuine() {
      if (credentials === undefined)
        throw new KitIncomplete(`wants --test-credentials DIR, to begin as a client that would be let in:
\`npx btc-pinata run --test-credentials DIR\` starts a piñata that has them, and writes them to DIR`);
      return {
        chain: pemCertificates(credential(credentials, 'client.pem')).slice(0, 1),
        signer: signerOf(credential(credentials, 'client-key.pem')),
      };
    },
  };
}

/** A file of the test credentials: PEM. */
function credential(folder: string, name: string): string {
  const file = join(folder, name);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new KitIncomplete(`wants the test credentials, and ${file} cannot be read (${systemCode(error)}):
\`npx btc-pinata run --test-credentials ${folder}\` starts a piñata that writes them there`);
  }
}

const systemCode = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** By owner and role; the newest generation comes first. */
async function publishedCertificates(site: URL): Promise<ReadonlyMap<string, Uint8Array>> {
  const url = new URL('/certificates.pem', site);
  let text: string;
  try {
    text = await fetchText(url, 5000);
  } catch (error) {
    throw new KitIncomplete(`this attack shows a certificate that the piñata publishes, and ${url.href} cannot be read:
${error instanceof Error ? error.message : String(error)}. --http-port says where its website is`);
  }
  const blocks = text.matchAll(/# Generation \d+, (.*?), SHA-256 .*\n(-----BEGIN[^#]*-----END CERTIFICATE-----)/g);
  const newestLast = [...blocks].reverse();
  return new Map(newestLast.flatMap(([, title = '', pem = '']) => pemCertificates(pem).map((der) => [title, der])));
}

const pemCertificates = (text: string): readonly Uint8Array[] =>
  [...text.matchAll(/-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g)].map(
    ([, body = '']) => new Uint8Array(Buffer.from(body, 'base64')),
  );

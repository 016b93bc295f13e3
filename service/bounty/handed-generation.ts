import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { CertifiedKey } from '../tls/index.ts';
import { decodeCertificate, encodePem, generatePrivateKey, type IssuedCertificate, prepareKey } from '../x509/index.ts';
import type { TlsRole } from './endpoints.ts';
import { leafSeedOf, type PublishedGeneration } from './generation.ts';
import { Holding, type Lease } from './holding.ts';

/*
 * A generation on its way to another thread of the process: certificates as bytes, and what the two leaf keys of the bounty are
 * made from, in one buffer that all threads see and that is zeroed once each of them has made its own. Authorities have no key
 * any more by then; that of the website stays where the page is.
 */

type Role = 'authority' | 'server' | 'client' | 'test' | 'siteAuthority' | 'website';

export interface HandedGeneration {
  readonly number: number;
  readonly notAfter: number;
  /** DER. */
  readonly certificates: Readonly<Record<Exclude<Role, 'test'>, Uint8Array>> & {
    readonly test: Uint8Array | undefined;
  };
  /** `leafSeedsLength` bytes. */
  readonly seeds: SharedArrayBuffer;
}

export const handedGeneration = (
  { number, notAfter, bounty, website }: PublishedGeneration,
  seeds: SharedArrayBuffer,
): HandedGeneration => ({
  number,
  notAfter,
  certificates: {
    authority: bounty.authority.der,
    server: bounty.server.der,
    client: bounty.client.der,
    test: bounty.test?.der,
    siteAuthority: website.authority.der,
    website: website.leaf.der,
  },
  seeds,
});

/** The generations of a thread that was handed them: as `Credentials`, by orders of the thread that makes them. */
export class HandedCredentials {
  #current: Holding;
  #next: Holding | undefined;

  constructor(first: HandedGeneration) {
    this.#current = taken(first);
  }

  lease(role: TlsRole): Lease {
    return this.#current.lease(role);
  }

  /** Makes the keys of the next one. Sessions begin in the present one until `adopt`. */
  prepare(next: HandedGeneration): void {
    this.abandon();
    this.#next = taken(next);
  }

  adopt(): void {
    if (this.#next === undefined) throw new TypeError('no generation was prepared');
    this.#current.retire();
    this.#current = this.#next;
    this.#next = undefined;
  }

  abandon(): void {
    this.#next?.retire();
    this.#next = undefined;
  }
}

function taken({ number, notAfter, certificates, seeds }: HandedGeneration): Holding {
  const { authority, server, client, test, siteAuthority, website } = certificates;
  const published: PublishedGeneration = {
    number,
    id: bytesToHex(sha256(authority)),
    notAfter,
    bounty: {
      authority: issued(authority),
      server: issued(server),
      client: issued(client),
      test: test && issued(test),
    },
    website: { authority: issued(siteAuthority), leaf: issued(website) },
  };
  prepareKey(published.bounty.authority.certificate.publicKey); // every attempt on the bait verifies under it
  const certifiedKey = (role: TlsRole): CertifiedKey => ({
    chain: [published.bounty[role].certificate],
    // A copy, which is zeroed: the others make theirs from the same bytes.
    key: generatePrivateKey('P-256', leafSeedOf(role, new Uint8Array(seeds)).slice()),
  });
  return new Holding(published, { server: certifiedKey('server'), client: certifiedKey('client') });
}

function issued(der: Uint8Array): IssuedCertificate {
  const decoded = decodeCertificate(der);
  if (!decoded.ok) throw new Error('a certificate of our own cannot be read');
  return { certificate: decoded.value, der, pem: encodePem(der) };
}

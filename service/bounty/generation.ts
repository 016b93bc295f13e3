import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { CertifiedKey, Trust } from '../tls/index.ts';
import { type IssuedCertificate, issueAuthority, issueLeaf, type PrivateKey, prepareKey } from '../x509/index.ts';
import { bountyDomain, roleKeyPurposes, roleNames, rolePurposes, type TlsRole } from './endpoints.ts';
import { EntropyPool } from './entropy-pool.ts';
import { testClientKey } from './test-credentials.ts';

/*
 * One generation of credentials: an authority for the bounty with a leaf for each role, and an authority for the
 * website with its leaf. The authorities' keys live for the length of one function.
 */

export interface GenerationRequest {
  /** `generationEntropyLength` bytes; zeroed before this returns. */
  readonly entropy: Uint8Array;
  /** 1 is the one made at start. */
  readonly number: number;
  /** Seconds since 1970. */
  readonly now: number;
  readonly lifetimeSeconds: number;
  readonly website: { readonly dnsNames: readonly string[]; readonly ipAddresses: readonly string[] };
  /** Issues one more client leaf, whose key may be handed out: regtest alone, and everything says so. */
  readonly testCredentials: boolean;
  /** Where other threads are to have the bounty's leaves as well: `leafSeedsLength` bytes, to be handed to them and zeroed. */
  readonly leafSeeds?: Uint8Array | undefined;
}

/** What everybody may see of a generation, for ever. */
export interface PublishedGeneration {
  readonly number: number;
  /** SHA-256 of the bounty's authority: what a session, a record and a page name the generation by. */
  readonly id: string;
  readonly notAfter: number;
  readonly bounty: {
    readonly authority: IssuedCertificate;
    readonly server: IssuedCertificate;
    readonly client: IssuedCertificate;
    readonly test: IssuedCertificate | undefined;
  };
  readonly website: { readonly authority: IssuedCertificate; readonly leaf: IssuedCertificate };
}

export type LeafRole = TlsRole | 'website';

export interface Generation {
  readonly published: PublishedGeneration;
  readonly certifiedKeys: Readonly<Record<LeafRole, CertifiedKey>>;
  /** PKCS #8 of the test client's key, where there is one. */
  readonly testClientKeyPem: string | undefined;
}

const keyEntropyLength = 48; // P-256 with extra bits, FIPS 186-5 A.2.1
const serialLength = 16;
const certificatesPerGeneration = 6;
export const generationEntropyLength = certificatesPerGeneration * (keyEntropyLength + serialLength);

/** What the keys of the two leaves of the bounty are made from, the server's first. */
export const leafSeedsLength = 2 * keyEntropyLength;
export const leafSeedOf = (role: TlsRole, seeds: Uint8Array): Uint8Array =>
  role === 'server' ? seeds.subarray(0, keyEntropyLength) : seeds.subarray(keyEntropyLength);

/** A day back, for peers whose clock is behind. */
const backdatedSeconds = 86_400;

export function makeGeneration(request: GenerationRequest): Generation {
  const pool = new EntropyPool(request.entropy, generationEntropyLength);
  const validity = { notBefore: request.now - backdatedSeconds, notAfter: request.now + request.lifetimeSeconds };

  const bounty = makeAuthority(pool, validity, 'bounty', { permittedDnsNames: [bountyDomain] });
  const bountyLeaf = (role: TlsRole, commonName: string, key: Pick<PrivateKey, 'publicKey'>): IssuedCertificate =>
    bounty.issue({
      commonName,
      publicKey: key.publicKey,
      purpose: rolePurposes[role],
      roleKeyPurpose: roleKeyPurposes[role],
      dnsNames: [roleNames[role]],
    });
  const leafKey = (role: TlsRole): PrivateKey =>
    pool.privateKey(request.leafSeeds && leafSeedOf(role, request.leafSeeds));
  const serverKey = leafKey('server');
  const clientKey = leafKey('client');
  const server = bountyLeaf('server', roleNames.server, serverKey);
  const client = bountyLeaf('client', roleNames.client, clientKey);
  const testKey = request.testCredentials ? testClientKey(pool.take(keyEntropyLength)) : undefined;
  const test = testKey && bountyLeaf('client', 'test client, worth nothing', testKey);
  bounty.destroy();
  prepareKey(bounty.authority.certificate.publicKey); // every attempt on the bait verifies under it

  const { dnsNames, ipAddresses } = request.website;
  const website = makeAuthority(pool, validity, 'website', {
    permittedDnsNames: dnsNames,
    permittedIpAddresses: ipAddresses,
  });
  const websiteKey = pool.privateKey();
  const leaf = website.issue({
    commonName: 'btc-pinata website',
    publicKey: websiteKey.publicKey,
    purpose: 'serverAuth',
    dnsNames,
    ipAddresses,
  });
  website.destroy();
  pool.destroy();

  return {
    published: {
      number: request.number,
      id: bytesToHex(sha256(bounty.authority.der)),
      notAfter: validity.notAfter,
      bounty: { authority: bounty.authority, server, client, test },
      website: { authority: website.authority, leaf },
    },
    certifiedKeys: {
      server: { chain: [server.certificate], key: serverKey },
      client: { chain: [client.certificate], key: clientKey },
      website: { chain: [leaf.certificate], key: websiteKey },
    },
    testClientKeyPem: testKey?.pem,
  };
}

/** Whom one of our roles trusts: the opposite role of the same generation, and nobody else (design §4.3). */
export function trustIn(peerRole: TlsRole, generation: PublishedGeneration): Trust {
  return {
    anchor: generation.bounty.authority.certificate,
    purpose: rolePurposes[peerRole],
    roleKeyPurpose: roleKeyPurposes[peerRole],
    dnsName: roleNames[peerRole],
  };
}

type LeafRequest = Omit<
  Parameters<typeof issueLeaf>[0],
  'authority' | 'authorityKey' | 'serial' | 'notBefore' | 'notAfter'
>;

function makeAuthority(
  pool: EntropyPool,
  validity: { readonly notBefore: number; readonly notAfter: number },
  of: 'bounty' | 'website',
  permitted: Pick<Parameters<typeof issueAuthority>[0], 'permittedDnsNames' | 'permittedIpAddresses'>,
) {
  const key = pool.privateKey();
  const serial = pool.take(serialLength);
  // The serial makes the name of each generation's authority its own: with one name for all, a path builder has to guess.
  const commonName = `btc-pinata ${of} authority ${bytesToHex(serial.subarray(0, 4))}`;
  const authority = issueAuthority({ commonName, key, serial, ...validity, ...permitted });
  return {
    authority,
    issue: (leaf: LeafRequest): IssuedCertificate =>
      issueLeaf({
        ...leaf,
        ...validity,
        authority: authority.certificate,
        authorityKey: key,
        serial: pool.take(serialLength),
      }),
    destroy: () => key.destroy(),
  };
}

import { randomBytes } from 'node:crypto';
import type { CertifiedKey, ClientConfig, ServerConfig } from '../../service/tls/index.ts';
import {
  generatePrivateKey,
  type IssuedCertificate,
  issueAuthority,
  issueLeaf,
  type PrivateKey,
} from '../../service/x509/index.ts';

/** A little world of certificates for tests of the engine: one authority, a leaf for each role. */
export type KeyType = 'P-256' | 'P-384' | 'ed25519';

export const NOW = 1_790_000_000;
export const SERVER_NAME = 'server.btc-pinata.invalid';
export const CLIENT_NAME = 'client.btc-pinata.invalid';

const entropyOf = { 'P-256': 48, 'P-384': 72, ed25519: 32 } as const;

export const freshKey = (type: KeyType): PrivateKey =>
  generatePrivateKey(type, new Uint8Array(randomBytes(entropyOf[type])));
const serial = (): Uint8Array => {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
};

export interface World {
  readonly authority: IssuedCertificate;
  readonly authorityKey: PrivateKey;
  readonly server: CertifiedKey;
  readonly client: CertifiedKey;
  leaf(purpose: 'serverAuth' | 'clientAuth', dnsName: string, type?: KeyType): CertifiedKey;
}

export function world(type: KeyType = 'P-256', authorityType: KeyType = 'P-256'): World {
  const authorityKey = freshKey(authorityType);
  const validity = { notBefore: NOW - 86_400, notAfter: NOW + 86_400 };
  const authority = issueAuthority({
    commonName: 'test authority',
    key: authorityKey,
    serial: serial(),
    ...validity,
    permittedDnsNames: ['btc-pinata.invalid'],
  });
  const leaf = (purpose: 'serverAuth' | 'clientAuth', dnsName: string, keyType: KeyType = type): CertifiedKey => {
    const key = freshKey(keyType);
    const issued = issueLeaf({
      commonName: dnsName,
      publicKey: key.publicKey,
      authority: authority.certificate,
      authorityKey,
      serial: serial(),
      ...validity,
      purpose,
      dnsNames: [dnsName],
    });
    return { chain: [issued.certificate], key };
  };
  return {
    authority,
    authorityKey,
    server: leaf('serverAuth', SERVER_NAME),
    client: leaf('clientAuth', CLIENT_NAME),
    leaf,
  };
}

export const serverConfig = (of: World, change: Partial<ServerConfig> = {}): ServerConfig => ({
  certifiedKeys: [of.server],
  alpn: { protocols: ['pinata/1'], absent: 'tolerated' },
  clientAuthentication: {
    trust: { anchor: of.authority.certificate, purpose: 'clientAuth', dnsName: CLIENT_NAME },
  },
  ...change,
});

export const clientConfig = (of: World, change: Partial<ClientConfig> = {}): ClientConfig => ({
  serverName: SERVER_NAME,
  alpn: ['pinata/1'],
  trust: { anchor: of.authority.certificate, purpose: 'serverAuth', dnsName: SERVER_NAME },
  certifiedKey: of.client,
  ...change,
});

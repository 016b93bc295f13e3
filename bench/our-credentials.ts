import { randomBytes } from 'node:crypto';
import {
  type CertifiedKey,
  type ClientConfig,
  type Environment,
  entropyLength,
  type ServerConfig,
} from '../service/tls/index.ts';
import { type Certificate, decodeCertificate, generatePrivateKey, prepareKey } from '../service/x509/index.ts';
import './chosen-provider.ts';
import { type Credentials, clientName, type P256Identity, protocol, serverName } from './credentials.ts';

/* The same credentials as our engine takes them. */

export function certificateFrom(pem: string): Certificate {
  const decoded = decodeCertificate(derFrom(pem));
  if (!decoded.ok) {
    throw new Error(`the benchmark's own certificate was refused: ${decoded.fault.reason}, ${decoded.fault.detail}`);
  }
  return decoded.value;
}

export const derFrom = (pem: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64'));

/** An anchor as the bounty has it: ready to verify again and again. */
function anchorFrom(pem: string): Certificate {
  const anchor = certificateFrom(pem);
  prepareKey(anchor.publicKey);
  return anchor;
}

const certifiedKeyFrom = (identity: P256Identity): CertifiedKey => ({
  chain: [certificateFrom(identity.certificate)],
  key: generatePrivateKey('P-256', new Uint8Array(Buffer.from(identity.entropy, 'base64'))),
});

/** A server that demands a client certificate, as the bounty's do. */
export const serverConfig = ({ p256 }: Credentials): ServerConfig => ({
  certifiedKeys: [certifiedKeyFrom(p256.server)],
  alpn: { protocols: [protocol], absent: 'tolerated' },
  clientAuthentication: {
    trust: { anchor: anchorFrom(p256.authority), purpose: 'clientAuth', dnsName: clientName },
  },
});

/** A client that names the server and holds it to that name, with a certificate of its own or without. */
export const clientConfig = (authority: string, identity?: P256Identity): ClientConfig => ({
  serverName,
  alpn: [protocol],
  trust: { anchor: anchorFrom(authority), purpose: 'serverAuth', dnsName: serverName },
  choices: { groups: ['x25519'] },
  ...(identity === undefined ? {} : { certifiedKey: certifiedKeyFrom(identity) }),
});

export const environment = (): Environment => ({
  now: Math.floor(Date.now() / 1000),
  entropy: new Uint8Array(randomBytes(entropyLength)),
});

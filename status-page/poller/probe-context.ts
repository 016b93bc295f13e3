import { generateKeyPairSync } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { bountyDomain } from '../../service/bounty/endpoints.ts';
import { generatePrivateKey, issueAuthority, issueLeaf } from '../../service/x509/index.ts';

/*
 * OpenSSL looks at the protocols that are offered after it has chosen a certificate: without one it ends a handshake in other
 * words. This one is never shown to anybody, and lives as long as the process.
 */

let made: SecureContext | undefined;

export function probeContext(): SecureContext {
  made ??= makeContext();
  return made;
}

function makeContext(): SecureContext {
  const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length));
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Math.floor(Date.now() / 1000);
  const name = `probe.${bountyDomain}`;
  const validity = { notBefore: now - day, notAfter: now + 365 * day };
  const authorityKey = generatePrivateKey('P-256', random(48));
  const { certificate: authority } = issueAuthority({
    commonName: 'probe',
    key: authorityKey,
    serial: random(16),
    ...validity,
    permittedDnsNames: [name],
  });
  const leaf = issueLeaf({
    commonName: 'probe',
    // An uncompressed point is the end of its SubjectPublicKeyInfo (RFC 5480 §2.2).
    publicKey: {
      algorithm: 'ecdsa',
      curve: 'P-256',
      point: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(-65)),
    },
    authority,
    authorityKey,
    serial: random(16),
    ...validity,
    purpose: 'serverAuth',
    dnsNames: [name],
  });
  authorityKey.destroy();
  return createSecureContext({ key: privateKey.export({ format: 'pem', type: 'pkcs8' }), cert: leaf.pem });
}

const day = 86_400;

import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import forge from 'node-forge';
import { exportPkcs8, generatePrivateKey, issueAuthority, issueLeaf } from '../service/x509/index.ts';
import { type Credentials, clientName, type Identity, type P256Identity, serverName } from './credentials.ts';

const day = 86_400;

/** Makes fresh credentials, and the file through which child processes read them; `dispose` removes it. */
export function makeCredentials(): { credentials: Credentials; path: string; dispose: () => void } {
  const credentials = { p256: makeP256(Math.floor(Date.now() / 1000)), rsa: makeRsa() };
  const directory = mkdtempSync(join(tmpdir(), 'pinata-bench-'));
  const path = join(directory, 'credentials.json');
  writeFileSync(path, JSON.stringify(credentials), { mode: 0o600 });
  return { credentials, path, dispose: () => rmSync(directory, { recursive: true }) };
}

function makeP256(now: number): Credentials['p256'] {
  const validity = { notBefore: now - day, notAfter: now + day };
  const authorityKey = generatePrivateKey('P-256', new Uint8Array(randomBytes(48)));
  const authority = issueAuthority({
    commonName: 'Benchmark Authority',
    key: authorityKey,
    serial: serial(),
    permittedDnsNames: ['pinata.example'],
    ...validity,
  });
  const leaf = (commonName: string, purpose: 'serverAuth' | 'clientAuth'): P256Identity => {
    const entropy = new Uint8Array(randomBytes(48));
    const key = generatePrivateKey('P-256', entropy.slice(), { extractable: true });
    const issued = issueLeaf({
      commonName,
      publicKey: key.publicKey,
      authority: authority.certificate,
      authorityKey,
      serial: serial(),
      purpose,
      dnsNames: [commonName],
      ...validity,
    });
    return { certificate: issued.pem, key: pem(exportPkcs8(key)), entropy: Buffer.from(entropy).toString('base64') };
  };
  return { authority: authority.pem, server: leaf(serverName, 'serverAuth'), client: leaf(clientName, 'clientAuth') };
}

function serial(): Uint8Array {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40; // positive, and no leading zero (RFC 5280 §4.1.2.2)
  return bytes;
}

const pem = (pkcs8: Uint8Array): string =>
  createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString();

function makeRsa(): Credentials['rsa'] {
  const keys = () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const authorityKey = keys();
  const issue = (commonName: string, key: string, extension: object): string => {
    const certificate = forge.pki.createCertificate();
    const privateKey = forge.pki.privateKeyFromPem(key);
    certificate.publicKey = forge.pki.setRsaPublicKey(privateKey.n, privateKey.e);
    certificate.serialNumber = Buffer.from(serial()).toString('hex');
    certificate.validity.notBefore = new Date(Date.now() - day * 1000);
    certificate.validity.notAfter = new Date(Date.now() + day * 1000);
    certificate.setSubject([{ name: 'commonName', value: commonName }]);
    certificate.setIssuer([{ name: 'commonName', value: 'Benchmark RSA Authority' }]);
    certificate.setExtensions([extension, { name: 'subjectAltName', altNames: [{ type: 2, value: commonName }] }]);
    certificate.sign(forge.pki.privateKeyFromPem(authorityKey), forge.md.sha256.create());
    return forge.pki.certificateToPem(certificate);
  };
  const leaf = (commonName: string, usage: object): Identity => {
    const key = keys();
    return { key, certificate: issue(commonName, key, { name: 'extKeyUsage', ...usage }) };
  };
  return {
    authority: issue('Benchmark RSA Authority', authorityKey, { name: 'basicConstraints', cA: true, critical: true }),
    server: leaf(serverName, { serverAuth: true }),
    client: leaf(clientName, { clientAuth: true }),
  };
}

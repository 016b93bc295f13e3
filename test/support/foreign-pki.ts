import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { CertifiedKey, Trust } from '../../service/tls/index.ts';
import { type Certificate, decodeCertificate, exportPkcs8, generatePrivateKey } from '../../service/x509/index.ts';
import { privateKeyEntropyLength } from '../../service/x509/private-key.ts';
import { run } from './peer-process.ts';

/*
 * Certificates that we did not make: authorities and leaves of every key type by the openssl command, in a folder that goes
 * with the test file. Our own keys get theirs from the same authorities.
 */

export const foreignKeyTypes = ['rsa', 'rsa-pss', 'p256', 'p384', 'ed25519'] as const;
export type ForeignKeyType = (typeof foreignKeyTypes)[number];
/** The types we can sign with. */
export type OwnKeyType = 'p256' | 'p384' | 'ed25519';

export interface ForeignCredential {
  readonly certificatePath: string;
  readonly keyPath: string;
  readonly certificate: Certificate;
}

export const serverName = 'server.pinata.test';
export const clientName = 'client.pinata.test';

const keyArguments: Record<ForeignKeyType, readonly string[]> = {
  rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
  'rsa-pss': ['-algorithm', 'RSA-PSS', '-pkeyopt', 'rsa_keygen_bits:2048'],
  p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  p384: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  ed25519: ['-algorithm', 'ED25519'],
};

/** A salt as long as the hash, as RFC 9846 §4.2.3 has it; openssl's own choice is the longest that fits. */
const signatureArguments = (type: ForeignKeyType): readonly string[] =>
  type === 'rsa-pss' ? ['-sigopt', 'rsa_pss_saltlen:digest'] : [];

const ownKeys = { p256: 'P-256', p384: 'P-384', ed25519: 'ed25519' } as const;

const configuration = `
[req]
distinguished_name = name
prompt = no
[name]
CN = \${ENV::NAME}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:${serverName}, DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectAltName = DNS:${clientName}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`;

export class ForeignPki {
  readonly folder = mkdtempSync(join(tmpdir(), 'pinata-pki-'));
  readonly #made = new Map<string, Promise<ForeignCredential>>();

  constructor() {
    writeFileSync(this.#path('openssl.cnf'), configuration);
    afterAll(() => rmSync(this.folder, { recursive: true }));
  }

  /** One self-signed authority for each type of key. */
  authority(type: ForeignKeyType): Promise<ForeignCredential> {
    return this.#once(`authority-${type}`, async (name) => {
      await this.#generateKey(name, type);
      return this.#certify(name, ['-extensions', 'authority', ...signatureArguments(type)]);
    });
  }

  /** A leaf whose key is of this type, signed by the authority of the same type. */
  leaf(role: 'server' | 'client', type: ForeignKeyType): Promise<ForeignCredential> {
    return this.#once(`${role}-${type}`, async (name) => {
      await this.#generateKey(name, type);
      return this.#certify(name, ['-extensions', role, ...(await this.#signedBy(type))]);
    });
  }

  /** A key of ours, with a certificate by the authority of its type. */
  async own(role: 'server' | 'client', type: OwnKeyType): Promise<CertifiedKey> {
    const algorithm = ownKeys[type];
    const entropy = crypto.getRandomValues(new Uint8Array(privateKeyEntropyLength(algorithm)));
    const key = generatePrivateKey(algorithm, entropy, { extractable: true });
    const { certificate } = await this.#once(`own-${role}-${type}-${this.#made.size}`, async (name) => {
      writeFileSync(this.#path(`${name}.key`), privateKeyPem(exportPkcs8(key)));
      return this.#certify(name, ['-extensions', role, ...(await this.#signedBy(type))]);
    });
    return { chain: [certificate], key };
  }

  /** A PEM file of these types' authorities. */
  async authorities(types: readonly ForeignKeyType[]): Promise<string> {
    const made = await Promise.all(types.map((type) => this.authority(type)));
    const path = this.#path(`authorities-${types.join('-')}.pem`);
    writeFileSync(path, made.map(({ certificatePath }) => readFileSync(certificatePath, 'utf8')).join(''));
    return path;
  }

  /** What we demand of a peer whose key is of this type. */
  async trust(role: 'server' | 'client', type: ForeignKeyType): Promise<Trust> {
    const { certificate } = await this.authority(type);
    return role === 'server'
      ? { anchor: certificate, purpose: 'serverAuth', dnsName: serverName }
      : { anchor: certificate, purpose: 'clientAuth', dnsName: clientName };
  }

  #once(name: string, make: (name: string) => Promise<ForeignCredential>): Promise<ForeignCredential> {
    const made = this.#made.get(name) ?? make(name);
    this.#made.set(name, made);
    return made;
  }

  #generateKey(name: string, type: ForeignKeyType): Promise<string> {
    return run('openssl', ['genpkey', ...keyArguments[type], '-out', this.#path(`${name}.key`)]);
  }

  async #signedBy(type: ForeignKeyType): Promise<readonly string[]> {
    const authority = await this.authority(type);
    return ['-CA', authority.certificatePath, '-CAkey', authority.keyPath, ...signatureArguments(type)];
  }

  async #certify(name: string, how: readonly string[]): Promise<ForeignCredential> {
    const [certificatePath, keyPath] = [this.#path(`${name}.pem`), this.#path(`${name}.key`)];
    const files = ['-config', this.#path('openssl.cnf'), '-key', keyPath, '-out', certificatePath];
    await run('openssl', ['req', '-x509', '-new', '-days', '2', ...files, ...how], '', { NAME: name });
    const decoded = decodeCertificate(derOf(readFileSync(certificatePath, 'utf8')));
    if (!decoded.ok) throw new Error(`${certificatePath}: ${decoded.fault.reason}: ${decoded.fault.detail}`);
    return { certificatePath, keyPath, certificate: decoded.value };
  }

  #path(file: string): string {
    return join(this.folder, file);
  }
}

const derOf = (pem: string): Uint8Array =>
  new Uint8Array(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'));

const privateKeyPem = (pkcs8: Uint8Array): string =>
  `-----BEGIN PRIVATE KEY-----\n${Buffer.from(pkcs8).toString('base64')}\n-----END PRIVATE KEY-----\n`;

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  decodePem,
  generatePrivateKey,
  type IssuedCertificate,
  issueAuthority,
  issueLeaf,
  type PrivateKey,
  type PrivateKeyType,
  privateKeyEntropyLength,
  validatePath,
  verifySignature,
} from '../../service/x509/index.ts';
import { endOf9999, startOf2050 } from '../../service/x509/time.ts';
import { required } from '../support/required.ts';
import { role } from './certificate-builder.ts';

const openssl = required.tool('openssl');
const gnutls = required.tool('gnutls-cli'); // certtool comes with it
const certutil = required.tool('certutil');

/** Other people's programs take the time from the machine. */
const now = Math.floor(Date.now() / 1000);
const day = 86_400;

const keyOf = (type: PrivateKeyType, seed: number): PrivateKey =>
  generatePrivateKey(type, new Uint8Array(privateKeyEntropyLength(type)).fill(seed));
const serial = (first: number): Uint8Array => new Uint8Array(16).fill(7).with(0, first);

const dnsName = 'server.pinata.test';

function chainOf(
  type: PrivateKeyType,
  change: { notAfter?: number; roleKeyPurpose?: string; serial?: Uint8Array; commonName?: string } = {},
): { authority: IssuedCertificate; leaf: IssuedCertificate; key: PrivateKey } {
  const key = keyOf(type, 1);
  const validity = { notBefore: now - day, notAfter: change.notAfter ?? now + 30 * day };
  const authority = issueAuthority({
    commonName: change.commonName ?? 'BTC Piñata CA',
    key,
    serial: serial(1),
    ...validity,
    permittedDnsNames: ['pinata.test'],
    permittedIpAddresses: ['127.0.0.0/8', '::1'],
  });
  const leaf = issueLeaf({
    commonName: 'server',
    publicKey: keyOf(type, 2).publicKey,
    authority: authority.certificate,
    authorityKey: key,
    serial: change.serial ?? serial(0xff),
    ...validity,
    purpose: 'serverAuth',
    ...(change.roleKeyPurpose === undefined ? {} : { roleKeyPurpose: change.roleKeyPurpose }),
    dnsNames: [dnsName],
    ipAddresses: ['127.0.0.1', '::1'],
  });
  return { authority, leaf, key };
}

const types = ['P-256', 'ed25519', 'P-384'] as const;

describe.each(types)('a generation of %s', (type) => {
  const { authority, leaf, key } = chainOf(type, { roleKeyPurpose: role });

  it('validates', () => {
    const result = validatePath([leaf.certificate], {
      anchor: authority.certificate,
      now,
      purpose: 'serverAuth',
      roleKeyPurpose: role,
      dnsName,
      ipAddress: '::1',
    });
    expect(result.ok).toBe(true);
  });

  it('has what the contract says', () => {
    expect(authority.certificate.extensions).toMatchObject({
      basicConstraints: { critical: true, cA: true, pathLenConstraint: 0 },
      keyUsage: ['keyCertSign'],
      nameConstraints: {
        permitted: [{ form: 'dNSName', base: 'pinata.test' }, { form: 'iPAddress' }, { form: 'iPAddress' }],
        excluded: [],
      },
      unknownCritical: [],
    });
    expect(leaf.certificate.extensions).toMatchObject({
      basicConstraints: { cA: false },
      keyUsage: ['digitalSignature'],
      extKeyUsage: ['1.3.6.1.5.5.7.3.1', role],
      subjectAltName: { critical: false, names: [{ form: 'dNSName', name: dnsName }, {}, {}] },
      authorityKeyIdentifier: { keyIdentifier: authority.certificate.extensions.subjectKeyIdentifier },
      unknownCritical: [],
    });
    expect(leaf.certificate.extensions.subjectKeyIdentifier).toHaveLength(20);
  });

  it('is self-signed at its top', () => {
    const { signatureAlgorithm, tbsCertificate, signature } = authority.certificate;
    expect(verifySignature(key.publicKey, signatureAlgorithm, tbsCertificate, signature)).toBe(true);
  });

  it('is the same to Node, in DER and in PEM', () => {
    const node = new X509Certificate(leaf.pem);
    expect(new Uint8Array(node.raw)).toEqual(leaf.der);
    expect(node.checkHost(dnsName)).toBe(dnsName);
    expect(node.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(node.verify(new X509Certificate(authority.pem).publicKey)).toBe(true);
    expect(decodePem(leaf.pem + authority.pem)).toEqual([leaf.der, authority.der]);
  });
});

describe('serials (RFC 5280 §4.1.2.2)', () => {
  it.each([
    [[0xff], 17],
    [[0x7f], 16],
    [[0x00, 0x80], 16],
    [[0x00, 0x00, 0x01], 14],
  ])('of bytes that begin with %j have %i octets', (first, length) => {
    const bytes = new Uint8Array(16).fill(7);
    bytes.set(first);
    const { serialNumber } = chainOf('ed25519', { serial: bytes }).leaf.certificate;
    expect(serialNumber).toHaveLength(length);
    expect(BigInt(`0x${Buffer.from(serialNumber).toString('hex')}`)).toBe(
      BigInt(`0x${Buffer.from(bytes).toString('hex')}`),
    );
  });

  it('of nothing but zeros, or of another length, are refused', () => {
    expect(() => chainOf('ed25519', { serial: new Uint8Array(16) })).toThrow(/all zero/);
    expect(() => chainOf('ed25519', { serial: new Uint8Array(15).fill(1) })).toThrow(/16 bytes/);
  });
});

describe('dates (RFC 5280 §4.1.2.5)', () => {
  it.each([startOf2050 - 1, startOf2050, startOf2050 + 1, endOf9999])('notAfter %i comes back', (notAfter) => {
    expect(chainOf('ed25519', { notAfter }).leaf.certificate.notAfter).toBe(notAfter);
  });

  it('notAfter has the form of its year', () => {
    const tags = (der: Uint8Array): string => Buffer.from(der).toString('latin1');
    expect(tags(chainOf('ed25519', { notAfter: startOf2050 - 1 }).leaf.der)).toContain('\x17\r491231235959Z');
    expect(tags(chainOf('ed25519', { notAfter: startOf2050 }).leaf.der)).toContain('\x18\x0f20500101000000Z');
  });
});

describe('requests that make no certificate', () => {
  const bad = (change: Partial<Parameters<typeof issueAuthority>[0]>): (() => unknown) => {
    const request = { commonName: 'CA', key: keyOf('ed25519', 1), serial: serial(1), notBefore: 0, notAfter: day };
    return () => issueAuthority({ ...request, permittedDnsNames: ['pinata.test'], ...change });
  };

  it.each([
    ['a common name of no character', { commonName: '' }, /1 to 64/],
    ['a common name of 65', { commonName: 'x'.repeat(65) }, /1 to 64/],
    ['a NUL in the name', { commonName: 'a\0b' }, /name_malformed/],
    ['a DNS name that is none', { permittedDnsNames: ['*.pinata.test'] }, /extension_malformed/],
    ['an address that is none', { permittedIpAddresses: ['localhost'] }, /no IP address/],
    ['a prefix that is too long', { permittedIpAddresses: ['127.0.0.1/33'] }, /prefix/],
  ])('%s', (_, change, message) => {
    expect(bad(change)).toThrow(message);
  });

  it('none of these: a certificate comes out, with the constraint that excludes every address', () => {
    const { certificate } = bad({})() as IssuedCertificate;
    expect(certificate.extensions.nameConstraints?.excluded).toHaveLength(2);
  });
});

it('whatever the role, its OID comes back', () => {
  const uuid = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
  fc.assert(
    fc.property(uuid, fc.nat(300), (arc, number) => {
      const roleKeyPurpose = `2.25.${arc}.${number}`;
      const { leaf } = chainOf('ed25519', { roleKeyPurpose });
      expect(leaf.certificate.extensions.extKeyUsage).toEqual(['1.3.6.1.5.5.7.3.1', roleKeyPurpose]);
    }),
    { numRuns: 20 },
  );
});

describe('what others say of them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-issue-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (file: string, text: string): string => {
    const path = join(folder, file);
    writeFileSync(path, text);
    return path;
  };
  const run = (command: string, args: readonly string[]): string =>
    execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });

  const files = (type: PrivateKeyType, roleKeyPurpose?: string): { ca: string; leaf: string } => {
    const { authority, leaf } = chainOf(type, roleKeyPurpose === undefined ? {} : { roleKeyPurpose });
    return { ca: write(`${type}-ca.pem`, authority.pem), leaf: write(`${type}-leaf.pem`, leaf.pem) };
  };

  it.skipIf(openssl.missing).each(types)('openssl verifies %s, strictly', (type) => {
    const { ca, leaf } = files(type, role);
    const args = ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', dnsName, '-CAfile', ca, leaf];
    expect(run(openssl.path, args)).toMatch(/: OK/);
    const text = run(openssl.path, ['x509', '-in', leaf, '-noout', '-text']);
    expect(text).toContain(role);
  });

  it.skipIf(gnutls.missing).each(types)('GnuTLS verifies %s', (type) => {
    const certtool = join(gnutls.path, '..', 'certtool');
    const verify = ({ ca, leaf }: { ca: string; leaf: string }, ...more: readonly string[]): string =>
      run(certtool, ['--verify', '--load-ca-certificate', ca, '--infile', leaf, '--verify-hostname', dnsName, ...more]);
    expect(verify(files(type), '--verify-purpose', '1.3.6.1.5.5.7.3.1')).toMatch(/The certificate is trusted/);
    // libtasn1 4.19 reads no arcs above 64 bits, and so no purpose beside that of a role: it verifies all the rest
    expect(verify(files(type, role))).toMatch(/The certificate is trusted/);
  });

  // NSS knows no Ed25519 in certificates
  it.skipIf(certutil.missing).each(['P-256', 'P-384'] as const)('NSS verifies %s', (type) => {
    const { ca, leaf } = files(type, role);
    const database = `sql:${mkdtempSync(join(folder, 'nss-'))}`;
    run(certutil.path, ['-N', '-d', database, '--empty-password']);
    run(certutil.path, ['-A', '-d', database, '-n', 'ca', '-t', 'C,,', '-i', ca]);
    run(certutil.path, ['-A', '-d', database, '-n', 'leaf', '-t', ',,', '-i', leaf]);
    expect(run(certutil.path, ['-V', '-d', database, '-n', 'leaf', '-u', 'V', '-e'])).toMatch(/certificate is valid/);
  });
});

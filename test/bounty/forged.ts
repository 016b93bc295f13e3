import type { Credentials, Lease } from '../../service/bounty/credentials.ts';
import {
  bountyDomain,
  roleKeyPurposes,
  roleNames,
  rolePurposes,
  type TlsRole,
} from '../../service/bounty/endpoints.ts';
import type { CertifiedKey } from '../../service/tls/index.ts';
import {
  generatePrivateKey,
  issueAuthority,
  issueLeaf,
  type PrivateKey,
  privateKeyEntropyLength,
} from '../../service/x509/index.ts';
import { now, random } from './table.ts';

/* A generation whose authority's key the test kept, which the product never does: it can issue what an attacker dreams of. */

export type LeafChanges = Partial<Omit<Parameters<typeof issueLeaf>[0], 'publicKey' | 'authority' | 'authorityKey'>> & {
  /** Without the key purpose of a role. */
  readonly noRole?: boolean;
};

const validity = { notBefore: now - 86_400, notAfter: now + 86_400 };
const newKey = (): PrivateKey => generatePrivateKey('P-256', random(privateKeyEntropyLength('P-256')));

export function forgedGeneration(credentials: Credentials) {
  const authorityKey = newKey();
  const authority = issueAuthority({
    commonName: 'an authority with a heart',
    key: authorityKey,
    serial: random(16),
    ...validity,
    permittedDnsNames: [bountyDomain],
  });
  const leaf = (role: TlsRole, { noRole = false, ...changes }: LeafChanges = {}): CertifiedKey => {
    const key = newKey();
    const issued = issueLeaf({
      commonName: roleNames[role],
      publicKey: key.publicKey,
      authority: authority.certificate,
      authorityKey,
      serial: random(16),
      ...validity,
      purpose: rolePurposes[role],
      ...(noRole ? {} : { roleKeyPurpose: roleKeyPurposes[role] }),
      dnsNames: [roleNames[role]],
      ...changes,
    });
    return { chain: [issued.certificate], key };
  };
  const { current } = credentials;
  const ours = { server: leaf('server'), client: leaf('client') };
  const lease =
    (testLeaf?: CertifiedKey) =>
    (role: TlsRole): Lease => {
      const [certificate] = testLeaf?.chain ?? [];
      const test = certificate && { certificate, der: certificate.der, pem: '' };
      const generation = { ...current, id: 'forged', bounty: { ...current.bounty, authority, test } };
      return { generation, certifiedKey: ours[role], release: () => undefined };
    };
  return { leaf, lease, published: lease()('server').generation };
}

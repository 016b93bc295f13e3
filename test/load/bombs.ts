import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';

/** Chains that nobody trusts: ten certificates, one with a hundred names, one of RSA, each with a valid key for its leaf. */
export async function bombs(): Promise<readonly SecureContext[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bombs-'));
  try {
    const leaf = selfSigned(folder, 'leaf', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], 1);
    const named = selfSigned(folder, 'named', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], 100);
    const rsa = selfSigned(folder, 'rsa', ['-newkey', 'rsa:4096'], 20);
    const repeated = (count: number): string => leaf.certificate.repeat(count);
    return [
      createSecureContext({ cert: repeated(10), key: leaf.key }),
      createSecureContext({ cert: named.certificate + repeated(5), key: named.key }),
      createSecureContext({ cert: rsa.certificate, key: rsa.key }),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function selfSigned(folder: string, name: string, key: readonly string[], names: number) {
  const [certificatePath, keyPath] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const alternatives = Array.from({ length: names }, (_, i) => `DNS:name-${i}.${name}.example`).join(',');
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${alternatives}`];
  const out = ['-out', certificatePath, '-keyout', keyPath, '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, ...out], { stdio: 'ignore' });
  return { certificate: readFileSync(certificatePath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../support/peer-process.ts';

/** Of its own certificate in every database made here. */
export const nickname = 'own';

/**
 * An NSS database in a new folder that trusts these authorities (PEM), with one certificate and its key if there is one. Each lies in a folder
 * of its own: two certificates of one subject do not fit into one database.
 */
export async function nssDatabase(
  place: string,
  authorities: string,
  own?: { readonly certificatePath: string; readonly keyPath: string },
): Promise<string> {
  mkdirSync(place, { recursive: true });
  const db = `sql:${place}`;
  await run('certutil', ['-N', '-d', db, '--empty-password']);
  const blocks = authorities.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n/g) ?? [];
  for (const [index, block] of blocks.entries()) {
    const file = join(place, `authority-${index}.pem`);
    writeFileSync(file, block);
    await run('certutil', ['-A', '-d', db, '-n', `authority-${index}`, '-t', 'CT,C,C', '-a', '-i', file]);
  }
  if (own !== undefined) {
    const p12 = join(place, 'own.p12');
    const from = ['-inkey', own.keyPath, '-in', own.certificatePath, '-name', nickname];
    await run('openssl', ['pkcs12', '-export', ...from, '-passout', 'pass:', '-out', p12]);
    await run('pk12util', ['-i', p12, '-d', db, '-W', '', '-K', '']);
  }
  return db;
}

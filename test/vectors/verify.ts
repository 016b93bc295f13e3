import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const usage = `npm run vectors [-- FOLDER]
Is a copy of the test data the very data these tests were written against? FOLDER is PINATA_VECTORS, or ../shared/vectors, without it.
The hashes are in test/vectors/SHA256SUMS; docs/vectors.md says where each original is.`;

const [named] = process.argv.slice(2);
if (named?.startsWith('-') === true) {
  console.log(usage);
  process.exit(named === '--help' || named === '-h' ? 0 : 2);
}
const folder = resolve(named ?? process.env['PINATA_VECTORS'] ?? join(import.meta.dirname, '../../../shared/vectors'));
const sums = readFileSync(join(import.meta.dirname, 'SHA256SUMS'), 'utf8');

const files = [...sums.matchAll(/^([0-9a-f]{64}) {2}(.+)$/gm)].map(([, expected = '', path = '']) => {
  const file = join(folder, path);
  if (!existsSync(file)) return { path, fault: 'is missing' };
  const actual = createHash('sha256').update(readFileSync(file)).digest('hex');
  return { path, fault: actual === expected ? undefined : `has SHA-256 ${actual}, not ${expected}` };
});

const wrong = files.filter(({ fault }) => fault !== undefined);
for (const { path, fault } of wrong) console.error(`${path} ${fault}`);
console.log(`${folder}: ${files.length - wrong.length} of ${files.length} files are as they should be`);
if (wrong.length > 0) {
  console.error('docs/vectors.md says where the originals are.');
  process.exitCode = 1;
}

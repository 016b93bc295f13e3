import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Generation } from '../bounty/generation.ts';
import { makeFolder } from './folder.ts';
import { UnusableSetting } from './unstartable.ts';

/** `--test-credentials DIR`: what `openssl s_client` needs to be sent a bait that is worth nothing. */
export function writeTestCredentials(
  folder: string,
  { published: { bounty }, testClientKeyPem: key }: Pick<Generation, 'published' | 'testClientKeyPem'>,
): void {
  if (bounty.test === undefined || key === undefined) throw new Error('this generation has no test credentials');
  try {
    makeFolder(folder);
    writeFileSync(join(folder, 'client.pem'), bounty.test.pem);
    writeFileSync(join(folder, 'client-key.pem'), key, { mode: 0o600 });
    writeFileSync(join(folder, 'authority.pem'), bounty.authority.pem);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unusable';
    throw new UnusableSetting(
      '--test-credentials',
      `${JSON.stringify(folder)} cannot be written to (${code})`,
      'a directory that this process may write to, or a new one in a directory that exists',
    );
  }
}

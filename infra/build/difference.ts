import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Difference } from './compare.ts';

/** Why a file differs, as far as can be told: of the published one there is its hash, and maybe the file. */
export function explanation({ name, published, built }: Difference, folder: string, has: string | undefined): string {
  if (built === undefined) return `${name} was not built`;
  const first = `${name} differs: published ${published.sha256} (${published.bytes} bytes), here ${built.sha256} (${built.bytes} bytes)`;
  const theirs = has === undefined ? undefined : join(has, name);
  if (theirs === undefined || !existsSync(theirs)) {
    return `${first}. With the published file in a folder, --published FOLDER says where`;
  }
  const ours = join(folder, name);
  const [a, b] = [readFileSync(theirs), readFileSync(ours)];
  const at = a.findIndex((byte, index) => byte !== b[index]);
  const where = at < 0 ? Math.min(a.length, b.length) : at;
  return `${first}. First differing byte: ${where}${lines(a, b, where)}${diffoscope(theirs, ours)}`;
}

/** The line of a text that the byte is in, on both sides. */
function lines(a: Uint8Array, b: Uint8Array, at: number): string {
  if ([a, b].some((bytes) => bytes.subarray(0, 4096).includes(0))) return '';
  const line = (bytes: Uint8Array): string => {
    const start = bytes.lastIndexOf(0x0a, Math.max(0, at - 1)) + 1;
    const end = bytes.indexOf(0x0a, at);
    return new TextDecoder().decode(bytes.subarray(start, end < 0 ? undefined : end).subarray(0, 160));
  };
  return `\n  published: ${line(a)}\n  here:      ${line(b)}`;
}

function diffoscope(theirs: string, ours: string): string {
  const { error, stdout } = spawnSync('diffoscope', ['--max-report-size', '4096', theirs, ours], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (error !== undefined) return '\n  (diffoscope is not installed: it would say more)';
  return `\n${stdout.trim()}`;
}

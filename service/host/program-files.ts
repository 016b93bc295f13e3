import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/* Which files this program consists of: read from disk at start, and never from anything that is told. */

export type ProgramFiles =
  /** A release is one file, and its name is the SHA-256 of that file, in hex. */
  | { readonly type: 'bundle'; readonly sha256: string }
  | { readonly type: 'sources'; readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[] };

/** Not reached from main.ts: tools run beside the program, dependencies are named by the lockfile. */
const outside = new Set(['tools', 'node_modules']);

/** `program` is the file that Node was started with. */
export function programFiles(program: string): ProgramFiles {
  // By OpenSSL: an executable has more than a hundred megabytes.
  if (!program.endsWith('.ts'))
    return { type: 'bundle', sha256: createHash('sha256').update(readFileSync(program)).digest('hex') };
  const service = dirname(program);
  const root = dirname(service);
  const folders = [service, join(root, 'status-page', 'chain')]; // main.ts reaches no other
  const paths = [...folders.flatMap(sourceFiles), join(service, 'package.json'), join(root, 'package-lock.json')];
  const files = paths.map((path) => ({
    path: relative(root, path).split(sep).join('/'),
    bytes: readFileSync(path),
  }));
  return { type: 'sources', files };
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return outside.has(entry.name) ? [] : sourceFiles(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

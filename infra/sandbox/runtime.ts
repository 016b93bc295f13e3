import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as v from 'valibot';
import { Unstartable } from '../../service/host/unstartable.ts';
import { bundle } from '../build/bundle.ts';
import { releasedService } from '../released-service.ts';

/* What runs inside: Node as it runs here, the libraries it has loaded, and the service in one file. */

export interface Runtime {
  readonly node: string;
  /** As Node has them open: the loader of the system is among them. */
  readonly libraries: readonly string[];
}

const reportSchema = v.object({ sharedObjects: v.array(v.string()) });

export function runtime(): Runtime {
  const { sharedObjects } = v.parse(reportSchema, process.report.getReport());
  const node = process.execPath;
  // What has no path is no file: the kernel's own page (vdso).
  return { node, libraries: sharedObjects.filter((path) => path.startsWith('/') && path !== node) };
}

/** The bundle in `file`; without one, that of this package, or of the sources of this checkout as they are now. */
export async function program(file: string | undefined = releasedService()): Promise<Uint8Array> {
  if (file === undefined) return (await bundle()).bytes;
  try {
    return readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new Unstartable(
      `--program: ${JSON.stringify(file)} cannot be read (${code}); \`btc-pinata build\` makes dist/btc-pinata.cjs, and without --program the sources of this checkout are taken`,
    );
  }
}

/** Where `bwrap` is. Throws an Unstartable that says how to get it. */
export function bubblewrap(path: string = process.env['PATH'] ?? ''): string {
  if (process.platform !== 'linux') {
    throw new Unstartable(`--sandbox: this is ${process.platform}, and what the sandbox is made of is Linux's`);
  }
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, 'bwrap')).find(isExecutable);
  if (found !== undefined) return found;
  throw new Unstartable(
    '--sandbox: there is no bwrap on the PATH; install bubblewrap (`apt-get install bubblewrap`), or use the systemd units (docs/sandbox.md)',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { longestSandboxManifest, readSandboxManifest } from '../attest/index.ts';
import type { Configuration } from './settings.ts';
import { UnusableSetting } from './unstartable.ts';

/** What this process was told that it is confined to. */
export interface Sandbox {
  /** The manifest, to the byte: the page publishes it. */
  readonly text: string;
  /** Hex, for statements. */
  readonly sha256: string;
}

const setting = '--sandbox-manifest';

/** Undefined where there is none. What is no manifest is refused: it would be published. */
export function sandboxOf({ sandboxManifest: path }: Pick<Configuration, 'sandboxManifest'>): Sandbox | undefined {
  if (path === undefined) return undefined;
  const bytes = contentOf(path);
  const text = bytes.toString('latin1');
  const allowed = `a manifest of at most ${longestSandboxManifest} bytes, as \`btc-pinata run --sandbox --print manifest\` prints it`;
  const read = /^[\n -~]*$/.test(text) ? readSandboxManifest(text) : { fault: 'it is not of ASCII alone' };
  if ('fault' in read)
    throw new UnusableSetting(setting, `${JSON.stringify(path)} is no manifest: ${read.fault}`, allowed);
  return { text, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UnusableSetting(
      setting,
      `${JSON.stringify(path)} cannot be read (${code})`,
      'a file that this process may read',
    );
  }
}

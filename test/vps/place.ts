import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { VpsEvent } from '../../infra/vps/events.ts';
import { plugins } from '../../infra/vps/pinned.ts';
import type { RunOptions } from '../../infra/vps/run.ts';
import { builtEngine } from './build-engine.ts';

/** As long as Hetzner's are, which its plugin insists on. */
export const testToken = 'canary-token-9f1c7a'.padEnd(64, '0');
export const passphrase = 'canary passphrase of the state';

/** The plugin itself, where PINATA_PULUMI_PLUGINS names a folder that has it: then it speaks with the stand-in of its cloud. */
export function realPlugin(name: string): string | undefined {
  const folder = process.env['PINATA_PULUMI_PLUGINS'];
  if (folder === undefined) return undefined;
  const program = resolve(folder, `pulumi-resource-${name}`);
  return existsSync(program) ? program : undefined;
}

/** A folder with a state of its own, the engine that was built, and each plugin or the stand-in in its place. */
export function place(): {
  readonly options: RunOptions;
  readonly events: VpsEvent[];
  readonly files: () => Map<string, Buffer>;
  readonly remove: () => void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'pinata-vps-'));
  const home = join(folder, 'home');
  for (const { name, version } of Object.values(plugins)) {
    const below = join(home, 'plugins', `resource-${name}-v${version}`);
    mkdirSync(below, { recursive: true });
    const program = join(below, `pulumi-resource-${name}`);
    const real = realPlugin(name);
    if (real !== undefined) {
      symlinkSync(real, program);
      continue;
    }
    const script = join(import.meta.dirname, 'plugin.ts');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${script}' ${name} ${version}\n`);
    chmodSync(program, 0o755);
  }
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, `${passphrase}\n`, { mode: 0o600 });
  const events: VpsEvent[] = [];
  const options: RunOptions = {
    folder: join(folder, 'state'),
    passphraseFile,
    token: testToken,
    engine: { root: builtEngine(), home },
    onEvent: (event) => events.push(event),
    waiting: { every: 20 },
  };
  const files = () => {
    const below = readdirSync(options.folder, { recursive: true, encoding: 'utf8' });
    const paths = below.filter((path) => statSync(join(options.folder, path)).isFile());
    return new Map(paths.map((path) => [path, readFileSync(join(options.folder, path))]));
  };
  return { options, events, files, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

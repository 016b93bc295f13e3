import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../infra/image/inputs.ts';

/*
 * The engine of Pulumi from its source, for machines that reach the proxy of Go's modules and not Pulumi's own site: the one
 * version that the proxy has all modules of, each checked against engine/go.sum. Ten minutes of one core, once.
 */

export const engineVersion = '3.200.0';

/** As `Engine.root`: `bin/pulumi` is below it. */
export const builtEngine = (): string => join(cacheFolder(), 'pulumi', `built-v${engineVersion}`);

/** Undefined: it is there. Else why it cannot be built here. */
export function buildEngine(say: (line: string) => void): string | undefined {
  const root = builtEngine();
  if (existsSync(join(root, 'bin', 'pulumi'))) return undefined;
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) return 'there is no go here';
  const folder = join(cacheFolder(), 'pulumi', `.building-${process.pid}`);
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const file of ['go.mod', 'go.sum']) cpSync(join(import.meta.dirname, 'engine', file), join(folder, file));
  say(`building the engine of Pulumi ${engineVersion} from its source, with what go.sum pins ...`);
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
  const { status } = spawnSync(
    'nice',
    [
      ...['-n', '15', 'go', 'build', '-mod=mod', '-p=1', '-trimpath', '-ldflags', `-s -w -X ${version}`],
      ...['-o', join(folder, 'bin', 'pulumi'), 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi'],
    ],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, GOTOOLCHAIN: 'local' } },
  );
  if (status !== 0) return 'go could not build it (a module that the proxy does not have, or no way to the proxy)';
  renameSync(folder, root);
  return undefined;
}

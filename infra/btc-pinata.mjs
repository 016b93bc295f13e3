#!/usr/bin/env node
// The launcher. Plain JavaScript on purpose, as is what it imports: any Node >= 18 must be able to read it, so that a
// wrong Node is told so instead of failing on the first type annotation.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { become } from './become.mjs';

const self = realpathSync(fileURLToPath(import.meta.url));
const root = dirname(dirname(self));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// In the package that npm installed (infra/packaged.ts) Node takes the types off our files if it is told how.
const typescript = [
  '--disable-warning=ExperimentalWarning',
  '--import',
  new URL('typescript.mjs', import.meta.url).href,
];
const isPackage = manifest.isPackage === true;
const asPackage = isPackage ? typescript : [];

const runtime = pinnedRuntime();
if (runtime === undefined && !(major > 24 || (major === 24 && minor >= 12))) {
  console.error(`btc-pinata: this is Node ${process.versions.node} (${process.execPath}), and it needs Node 24.12 or later.
  Either run \`npm ci\` in ${root}: it brings the pinned Node for linux-x64 and linux-arm64,
  or install Node 24 from https://nodejs.org/ and run this command with it.`);
  process.exit(1);
} else if ((runtime?.version ?? process.versions.node) !== process.versions.node || !isTold(asPackage)) {
  const node = runtime?.path ?? process.execPath;
  process.exitCode = await become([node, ...asPackage, self, ...process.argv.slice(2)], process.env);
} else {
  // `attack --list | head`: who reads our output may stop reading. Ended as SIGPIPE would.
  process.stdout.on('error', (error) => {
    if (error.code === 'EPIPE') process.exit(128 + constants.signals.SIGPIPE);
    throw error;
  });
  const { main } = await import('./main.ts');
  const end = await main(process.argv.slice(2));
  process.exitCode = typeof end === 'number' ? end : await become(end.argv, end.environment);
}

function isTold(flags) {
  return flags.every((flag) => process.execArgv.includes(flag));
}

/** The Node that package-lock.json pins for this platform, if it is installed and runs here (it does not on musl, say). */
function pinnedRuntime() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const below = join(root, 'node_modules', name);
  // Beside a package is npm's own folder, or anybody's: an archive that was unpacked lies anywhere.
  const isBeside = isPackage && !existsSync(below) && basename(dirname(root)) === 'node_modules';
  const folder = isBeside ? join(dirname(root), name) : below;
  const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(path)) return undefined;
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (version !== manifest.optionalDependencies?.[name]) return undefined;
  if (version === process.versions.node) return { path, version };
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return stdout?.trim() === `v${version}` ? { path, version } : undefined;
}

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { names } from '../build/artefacts.ts';
import { runtime } from '../build/runtime.ts';
import { Refusal } from '../claim/refusal.ts';
import { archiveOf, type HostArchive, hostProgram } from '../host-image/archive.ts';
import { renderUserData } from '../host-image/user-data.ts';
import { fetchEngine } from '../vps/engine.ts';
import type { VpsInputs, VpsProvider } from '../vps/inputs.ts';
import { preview, type RunOptions, up } from '../vps/run.ts';
import type { Deployment } from './deployment.ts';
import { outputOf, type ReleaseFolder } from './release-files.ts';
import { tokenIn } from './token.ts';
import type { HostOutputs, Tell } from './world.ts';

/* A host on a VPS: what it is made of, and Pulumi's engine that makes it (infra/vps). */

export interface Vps {
  readonly root: string;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly runner?: Runner;
}

/** What a test has another of. */
export interface Runner {
  readonly archiveFor: typeof archiveFor;
  readonly fetchEngine: typeof fetchEngine;
  readonly up: typeof up;
  readonly preview: typeof preview;
}
const runner: Runner = { archiveFor, fetchEngine, up, preview };

/** What the server pulls on its first boot, by its SHA-256: Node, the program of the release, the dialler. */
export async function archiveFor(release: ReleaseFolder, root: string): Promise<HostArchive> {
  return archiveOf({
    node: runtime(root).bytes,
    service: outputOf(release, names.bundle),
    host: await hostProgram(root),
  });
}

export const archiveName = ({ sha256 }: Pick<HostArchive, 'sha256'>): string => `releases/host-${sha256}.tar.gz`;

export function inputsOf(deployment: Deployment, archive: Pick<HostArchive, 'sha256'>): VpsInputs {
  const { name, region, chosen, host, status, release } = deployment;
  const provider = vpsProvider(deployment);
  const url = release.url ?? (status === null ? undefined : new URL(archiveName(archive), slashed(status.url)).href);
  if (url === undefined) {
    throw new Refusal('a VPS without a status page wants --release-url: where it gets the archive of its program from');
  }
  const userData = renderUserData({
    name,
    ...(chosen.hostName === null ? {} : { hostNames: [chosen.hostName] }),
    network: chosen.network,
    wallet: 'vault',
    ...(chosen.refundKey === null ? {} : { refundKey: chosen.refundKey }),
    lockHeight: chosen.lockHeight,
    // A rehearsal is to be seen to its end: what opens it is on the host, for its root.
    testCredentials: chosen.network === 'regtest',
    release: { url, sha256: archive.sha256 },
    ...(status === null ? {} : { statusUrl: status.url }),
  });
  const common = { name, region, serverType: chosen.serverType, userData, ports: host.ports };
  if (provider === 'digitalocean') return { provider, ...common };
  return { provider, ...common, ...(chosen.hostName === null ? {} : { reverseName: chosen.hostName }) };
}

export async function vpsDeployed(
  deployment: Deployment,
  release: ReleaseFolder,
  vps: Vps,
  tell: Tell,
  replaceServer: boolean,
): Promise<HostOutputs> {
  tell('the archive of the host');
  const { archiveFor, up } = vps.runner ?? runner;
  const inputs = inputsOf(deployment, await archiveFor(release, vps.root));
  const { address, serverId } = await up(inputs, { ...(await runOptions(deployment, vps, tell)), replaceServer });
  return { address, serverId };
}

/** What the engine would change, in its own words. Where there is no state yet, none is left behind. */
export async function vpsPreview(
  deployment: Deployment,
  release: ReleaseFolder,
  vps: Vps,
  tell: Tell,
): Promise<string> {
  const { archiveFor, preview } = vps.runner ?? runner;
  const inputs = inputsOf(deployment, await archiveFor(release, vps.root));
  const isThere = existsSync(stateIn(vps.folder));
  const folder = isThere ? vps.folder : mkdtempSync(join(tmpdir(), 'btc-pinata-preview-'));
  try {
    const { text } = await preview(inputs, await runOptions(deployment, { ...vps, folder }, tell));
    return text.trim();
  } finally {
    if (!isThere) rmSync(folder, { recursive: true, force: true });
  }
}

export async function runOptions(deployment: Deployment, vps: Vps, tell: Tell): Promise<RunOptions> {
  const provider = vpsProvider(deployment);
  const token = tokenIn(vps.environment, provider);
  const engine = await (vps.runner ?? runner).fetchEngine(provider, {
    signal: vps.signal,
    onProgress: ({ name }, bytes, of) => tell(`fetching ${name}`, of === undefined ? undefined : bytes / of),
  });
  return {
    folder: stateIn(vps.folder),
    passphraseFile: passphraseIn(vps.folder),
    token,
    engine,
    signal: vps.signal,
    onEvent: (event) =>
      tell(event.kind === 'note' ? event.text : `${event.operation} ${event.resource} ${event.state}`),
  };
}

export function vpsProvider({ provider }: Pick<Deployment, 'provider'>): VpsProvider {
  if (provider === 'ec2') throw new Error('EC2 is no VPS');
  return provider;
}

/** Seals what the state of the engine would hold of secrets, of which there are none: so it may lie beside it. */
function passphraseIn(folder: string): string {
  const path = join(folder, 'pulumi-passphrase');
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const descriptor = openSync(path, 'wx', 0o600);
  writeSync(descriptor, randomBytes(24).toString('base64url'));
  fsyncSync(descriptor);
  closeSync(descriptor);
  return path;
}

const stateIn = (folder: string): string => join(folder, 'pulumi');

const slashed = (url: string): string => (url.endsWith('/') ? url : `${url}/`);

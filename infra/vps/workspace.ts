import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LocalWorkspace, PulumiCommand, type PulumiFn, type Stack } from '@pulumi/pulumi/automation/index.js';
import type { Engine } from './engine.ts';
import { tokenVariables, type VpsProvider } from './inputs.ts';
import { removeBrokenSidecars } from './sidecars.ts';

/** What one deployment's engine runs with. */
export interface Place {
  readonly provider: VpsProvider;
  /** The deployment's. */
  readonly name: string;
  /** State, settings and locks of the engine. */
  readonly folder: string;
  /** Seals what the state would hold of secrets; there is none. */
  readonly passphraseFile: string;
  /** Of the cloud. It is in the environment of the engine and of its plugin, and in no file. */
  readonly token: string;
  readonly engine: Engine;
}

const project = 'btc-pinata';

/** The folder is all there is of the state: no account at Pulumi, and nothing is sent there. */
export async function openStack(place: Place, program: PulumiFn): Promise<Stack> {
  const { provider, name, engine, passphraseFile, token } = place;
  const folder = resolve(place.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeBrokenSidecars(folder);
  const pulumiCommand = await PulumiCommand.get({ root: engine.root });
  return await LocalWorkspace.createOrSelectStack(
    { stackName: name, projectName: project, program },
    {
      workDir: folder,
      pulumiHome: engine.home,
      pulumiCommand,
      secretsProvider: 'passphrase',
      projectSettings: { name: project, runtime: 'nodejs', backend: { url: pathToFileURL(folder).href } },
      envVars: {
        PULUMI_CONFIG_PASSPHRASE_FILE: resolve(passphraseFile),
        PULUMI_BACKEND_URL: pathToFileURL(folder).href,
        // A plugin that is not the pinned one is missing, and is not fetched by the engine from wherever it likes.
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        PULUMI_DIY_BACKEND_NO_LEGACY_WARNING: 'true',
        [tokenVariables[provider]]: token,
      },
    },
  );
}

/** Where the engine keeps the locks of this deployment. */
export const lockFolder = ({ folder, name }: Pick<Place, 'folder' | 'name'>): string =>
  join(resolve(folder), '.pulumi', 'locks', 'organization', project, name);

import type { Deployment } from '../../infra/deploy/deployment.ts';
import type { ReleaseFolder } from '../../infra/deploy/release-files.ts';
import type { TeardownWorld } from '../../infra/deploy/teardown-world.ts';
import type { HostOutputs, Tell, World } from '../../infra/deploy/world.ts';
import type { ClientSettings } from './emulated-cloud.ts';

/** What `deploy` has at hand. */
export interface Means {
  readonly release: ReleaseFolder;
  /** As it would be deployed on AWS itself. */
  readonly deployHost: World['deployHost'];
  readonly cloud: ClientSettings;
}

/** What runs where a deployment has its host. */
export interface StoryHost extends AsyncDisposable {
  /** What it is, for whoever follows. */
  readonly words: string;
  /** Of `btc-pinata deploy`. */
  readonly deployWords: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Of the API of a VPS's cloud. */
  readonly endpoint: string | undefined;
  /** Makes it, or finds it: may be called again. */
  deploy(deployment: Deployment, means: Means, tell: Tell): Promise<HostOutputs>;
  /** `removeHost`: as it would be removed from AWS itself. */
  remove(deployment: Deployment, removeHost: TeardownWorld['removeHost'], tell: Tell): Promise<void>;
  /** Writes `testCredentialNames` there. */
  credentials(folder: string): void;
  /** Files of it that have the key of its wallet, or what opens it, and should not. */
  leaks(): readonly string[];
  /** All that it and its cloud were told, and said. */
  outputs(): readonly Buffer[];
}

export const testCredentialNames = ['authority.pem', 'client.pem', 'client-key.pem'] as const;

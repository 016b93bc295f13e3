import { dirname } from 'node:path';
import { awsWorld } from '../../infra/deploy/aws-world.ts';
import { type Clients, clientsOf } from '../../infra/deploy/clients.ts';
import type { Surroundings } from '../../infra/deploy/deploy-command.ts';
import { deployedPorts } from '../../infra/deploy/deployment.ts';
import type { DestroySurroundings } from '../../infra/deploy/destroy-command.ts';
import { examine } from '../../infra/deploy/doctor.ts';
import { type TeardownWorld, teardownWorld } from '../../infra/deploy/teardown-world.ts';
import type { Terminal } from '../../infra/deploy/verb.ts';
import type { World } from '../../infra/deploy/world.ts';
import { placeholderPoller } from '../cloud/cdk-command.ts';
import { vaultOf } from './fake-cloud.ts';

/*
 * `deploy` and `destroy` against an AWS of this machine: all of it is real but the machine, which no emulator runs. In its place
 * somebody answers at 127.0.0.1, and what `verify` and the poller would find out is said by the test.
 */

export const root = dirname(dirname(import.meta.dirname));

export interface Place {
  readonly terminal: Terminal;
  /** With the address of the cloud. */
  readonly environment: NodeJS.ProcessEnv;
  /** Where somebody answers over HTTP. */
  readonly port: number;
  readonly clients: (region: string) => Clients;
  /** Around what the world does. */
  readonly world?: (real: World) => World;
  readonly teardown?: (real: TeardownWorld) => TeardownWorld;
}

export const clientsAt =
  (endpoint: string, attempts?: number) =>
  (region: string): Clients =>
    clientsOf(region, {
      endpoint,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'of a test' },
      ...(attempts === undefined ? {} : { attempts }),
    });

export function aroundDeploy({ terminal, environment, port, clients, world = (real) => real }: Place): Surroundings {
  return {
    terminal,
    environment,
    root,
    examine: (patient, release, doctor) => examine(patient, release, { ...doctor, clients }),
    world: (options) => {
      const real = awsWorld({ ...options, clients, poller: placeholderPoller });
      return world({
        ...real,
        deployHost: async (deployment, tell) => {
          const { serverId } = await real.deployHost(deployment, tell);
          return { serverId, address: '127.0.0.1', ports: { ...deployedPorts, http: port } };
        },
        verify: async (deployment) => vaultOf(deployment),
        pageShows: async () => undefined,
      });
    },
  };
}

export const aroundDestroy = ({
  terminal,
  environment,
  clients,
  teardown = (real) => real,
}: Place): DestroySurroundings => ({
  terminal,
  environment,
  world: (options) => teardown(teardownWorld({ ...options, clients, poller: placeholderPoller })),
});

import { GetConsoleOutputCommand, RebootInstancesCommand } from '@aws-sdk/client-ec2';
import { Refusal } from '../claim/refusal.ts';
import type { VpsProvider } from '../vps/inputs.ts';
import { cloudOf } from '../vps/run.ts';
import { type Clients, clientsOf } from './clients.ts';
import type { Deployment } from './deployment.ts';
import { identityOf } from './doctor-aws.ts';
import { hostLog } from './host-log.ts';
import { statusRegion } from './plan.ts';
import { tokenIn } from './token.ts';
import { vpsProvider } from './vps.ts';

/* What can be done to a host that takes no commands: its cloud turns it off and on, and shows its console. */

export interface HostPower {
  account(): Promise<string>;
  reboot(deployment: Deployment): Promise<void>;
  /** What it printed last, as far as the cloud keeps it; of a VPS what the process says on its page. */
  console(deployment: Deployment): Promise<string>;
}

export interface PowerOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly clients?: (region: string) => Clients;
  /** Of the API of a VPS's cloud; its own if absent. */
  readonly endpoint?: string;
}

export function hostPower({ environment, signal, clients = clientsOf, endpoint }: PowerOptions): HostPower {
  return {
    account: async () => (await identityOf(clients(statusRegion), signal)).account,
    reboot: async (deployment) => {
      const id = serverOf(deployment);
      if (deployment.provider === 'ec2') {
        const { ec2 } = clients(deployment.region);
        await ec2.send(new RebootInstancesCommand({ InstanceIds: [id] }), { abortSignal: signal });
        return;
      }
      const provider = vpsProvider(deployment);
      await cloudOf({ provider, endpoint }, { token: tokenIn(environment, provider) }).reboot(id);
    },
    console: async (deployment) => {
      if (deployment.provider !== 'ec2') return serverLog(deployment, signal);
      const { ec2 } = clients(deployment.region);
      const command = new GetConsoleOutputCommand({ InstanceId: serverOf(deployment), Latest: true });
      const { Output = '' } = await ec2.send(command, { abortSignal: signal });
      return Buffer.from(Output, 'base64').toString('utf8');
    },
  };
}

/** No cloud of a VPS has an interface for the console of a server: the log is what the process itself says on its page. */
async function serverLog(deployment: Deployment, signal: AbortSignal): Promise<string> {
  const provider = vpsProvider(deployment);
  const id = serverOf(deployment);
  const where = `The console of its boot is shown by ${consoles[provider](id)}, under the server ${id}, and by no interface`;
  const log = await hostLog(deployment, signal).catch((error: unknown) => {
    throw error instanceof Refusal ? new Refusal(`${error.message}. ${where}`) : error;
  });
  return `${log}${where}.\n`;
}

/** Where a person sees it. */
const consoles = {
  hetzner: () => 'https://console.hetzner.cloud',
  digitalocean: (id: string) => `https://cloud.digitalocean.com/droplets/${id}/console`,
} as const satisfies Record<VpsProvider, (id: string) => string>;

function serverOf({ name, host, state }: Deployment): string {
  if (host.serverId !== null) return host.serverId;
  throw new Refusal(`${name} has no host (it is ${state.replace(':', ', at ')})`);
}
